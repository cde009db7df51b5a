import type { Connection } from '../../src/core/connections/connection.ts';

export const ORIGIN = 'https://eu.ninjarmm.com';

export function connectionOf(fields: Partial<Connection> = {}): Connection {
  return {
    id: 'id-1',
    name: 'Acme',
    instance: { origin: ORIGIN, label: 'eu', kind: 'ninjaone', host: 'eu.ninjarmm.com' },
    platform: 'native',
    clientId: 'client-1',
    scopes: ['monitoring', 'management'],
    offlineAccess: true,
    redirectUri: undefined,
    ...fields,
  };
}
