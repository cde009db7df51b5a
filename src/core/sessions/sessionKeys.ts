/** The keys of session records in the secret storage. */
export function sessionKey(id: string): string {
  return SESSION + id;
}

/** The ID in a key, or nothing if it is the key of another secret. */
export function sessionIds(key: string): string[] {
  return key.startsWith(SESSION) ? [key.slice(SESSION.length)] : [];
}

const SESSION = 'session:';
