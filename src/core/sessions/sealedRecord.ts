import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { parseRecord, serializeSession, type StoredSession } from './session.ts';

/**
 * Encrypts a record for the windows that have the refresh token that its tokens replace. The key is made from that token,
 * which is only in the secret storage, or in a record that is sealed itself, so the file system alone does not reveal the
 * record (P9).
 */
export function sealRecord(session: StoredSession, replaced: string): string {
  const [salt, nonce] = [randomBytes(SALT), randomBytes(NONCE)];
  const cipher = createCipheriv(ALGORITHM, keyFrom(replaced, salt), nonce).setAAD(Buffer.from(session.id));
  const text = Buffer.concat([cipher.update(serializeSession(session), 'utf8'), cipher.final()]);
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), text]).toString('base64');
}

/** The record that replaces this one, or `undefined` if it was sealed for another refresh token or is damaged. */
export function openSealedRecord(sealed: string, former: StoredSession): StoredSession | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  if (former.refreshToken === undefined || bytes.length < TEXT) {
    return undefined;
  }
  const key = keyFrom(former.refreshToken, bytes.subarray(0, SALT));
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(SALT, SALT + NONCE))
    .setAAD(Buffer.from(former.id))
    .setAuthTag(bytes.subarray(SALT + NONCE, TEXT));
  let text: string;
  try {
    text = decipher.update(bytes.subarray(TEXT), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
  const record = parseRecord(text);
  return record.kind === 'session' && record.session.id === former.id ? record.session : undefined;
}

function keyFrom(refreshToken: string, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', refreshToken, salt, 'ninjaone session record', 32));
}

const ALGORITHM = 'aes-256-gcm';
/** Lengths in bytes. `TEXT` is where the encrypted text begins, after salt, nonce and authentication tag. */
const SALT = 16;
const NONCE = 12;
const TEXT = SALT + NONCE + 16;
