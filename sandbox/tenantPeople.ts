import { uidOf } from './tenantDevices.ts';

/** Technicians of the service provider, and end users and contacts of each organization. */
export function seedPeople(organizationIds: readonly number[]): PeopleData {
  const technicians = TECHNICIANS.map((firstName, index) => ({
    id: index + 1,
    uid: uidOf('0b1f2c3d', index + 1),
    naturalId: index + 1,
    firstName,
    lastName: 'Technician',
    email: `${firstName.toLowerCase()}@msp.example`,
    userType: 'TECHNICIAN' as const,
    administrator: index === 0,
    enabled: true,
    invitationStatus: 'REGISTERED' as const,
  }));
  const endUsers = organizationIds.flatMap((organizationId) =>
    FIRST_NAMES.map((firstName, index) => ({
      id: 100 * organizationId + 1 + index,
      uid: uidOf('0b1f2c3d', 100 * organizationId + 1 + index),
      naturalId: 100 * organizationId + 1 + index,
      organizationId,
      firstName,
      lastName: 'Employee',
      email: `${firstName.toLowerCase()}@customer${String(organizationId)}.example`,
      userType: 'END_USER' as const,
      administrator: false,
      enabled: index !== 11,
      invitationStatus: index % 4 === 3 ? ('PENDING' as const) : ('REGISTERED' as const),
    })),
  );
  // Ids of contacts and technicians both start at 1, so only the natural id is unique.
  const contacts = organizationIds.flatMap((organizationId, place) =>
    FIRST_NAMES.slice(0, 6).map((firstName, index) => ({
      id: place * 6 + index + 1,
      uid: uidOf('1c2d3e4f', place * 6 + index + 1),
      naturalId: 10_001 + place * 6 + index,
      organizationId,
      firstName,
      lastName: 'Supplier',
      email: `${firstName.toLowerCase()}@supplier${String(organizationId)}.example`,
      phone: '',
      jobTitle: 'Account manager',
    })),
  );
  return { technicians, endUsers, contacts };
}

export interface PeopleData {
  readonly technicians: User[];
  readonly endUsers: User[];
  readonly contacts: Contact[];
}

export interface User {
  readonly id: number;
  readonly uid: string;
  /** Not part of a response: it orders technicians, end users and contacts in the list that has them all. */
  readonly naturalId: number;
  readonly organizationId?: number;
  firstName: string;
  lastName: string;
  email: string;
  readonly userType: 'TECHNICIAN' | 'END_USER';
  readonly administrator: boolean;
  enabled: boolean;
  readonly invitationStatus: 'REGISTERED' | 'PENDING' | 'EXPIRED';
}

export interface Contact {
  readonly id: number;
  readonly uid: string;
  /** As that of a user. */
  readonly naturalId: number;
  organizationId: number;
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
  jobTitle: string;
}

const TECHNICIANS = ['Tess', 'Tom', 'Toni', 'Tariq', 'Tina'];
const FIRST_NAMES = ['Ada', 'Bo', 'Cleo', 'Dev', 'Eli', 'Fay', 'Gus', 'Hana', 'Ivo', 'Jun', 'Kim', 'Lou'];
