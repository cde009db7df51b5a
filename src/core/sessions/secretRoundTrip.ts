import { randomBytes } from 'node:crypto';
import { withDeadline, type SecretPort } from './secretStorage.ts';

/** Result of writing, reading and deleting one random value. */
export type RoundTrip = 'works' | 'forgets' | 'fails';

export interface RoundTripOptions {
  readonly secrets: SecretPort;
  /** Milliseconds after which a storage that does not respond counts as failed; 5 s. */
  readonly timeout?: number;
}

/**
 * Whether the secret storage keeps a value: `forgets` if it returns another one, `fails` if a call is refused or does not
 * respond. Never rejects. The key belongs to no session, and the value is deleted in every case.
 */
export async function secretRoundTrip({ secrets, timeout }: RoundTripOptions): Promise<RoundTrip> {
  const storage = withDeadline(secrets, timeout);
  const key = `diagnosis:${randomBytes(8).toString('hex')}`;
  const value = randomBytes(16).toString('hex');
  try {
    await storage.store(key, value);
    const isKept = (await storage.get(key)) === value;
    await storage.delete(key);
    return isKept && (await storage.get(key)) === undefined ? 'works' : 'forgets';
  } catch {
    await Promise.resolve(storage.delete(key)).catch(() => {});
    return 'fails';
  }
}
