import { readFile } from 'node:fs/promises';
import { asRecord, parseJson } from '../base/untrusted.ts';
import { writeAtomically } from '../files/atomicWrite.ts';

export interface IssuedState {
  readonly kind: 'current' | 'spent';
  /** The latest generation that the server has issued. */
  readonly generation: number;
  /** Short hashes of refresh tokens that the server has replaced. No window may send them again. */
  readonly spent: readonly string[];
  /**
   * Records that may not have reached the other windows, the earliest first, each for windows with the token that it
   * replaces; `sealRecord`. Kept while `spent`, and until `unseal` after that.
   */
  readonly sealed: readonly string[];
  /** Display name of the session. */
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
}

/** The content of the file of a session. */
export interface StateFile {
  readonly id: string;
  /** Identifies the secret storage that has the record. */
  readonly secretStoreId: unknown;
  readonly state: IssuedState;
}

/** The content, or `undefined` if there is none or it is damaged. Never rejects. */
export async function readStateFile(path: string): Promise<StateFile | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const { id, secretStoreId, kind, generation, spent, sealed, label, writtenAt } = asRecord(parseJson(text)) ?? {};
  // A damaged generation would make every window wait for a record that never comes.
  if (
    typeof id !== 'string' ||
    typeof generation !== 'number' ||
    generation > MAX_GENERATION ||
    typeof writtenAt !== 'number'
  ) {
    return undefined;
  }
  return {
    id,
    secretStoreId,
    state: {
      kind: kind === 'spent' ? 'spent' : 'current',
      generation,
      spent: strings(spent),
      sealed: strings(sealed),
      label: typeof label === 'string' ? label : '',
      writtenAt,
    },
  };
}

/** Rejects if the disk cannot be written. */
export async function writeStateFile(path: string, { id, secretStoreId, state }: StateFile): Promise<void> {
  await writeAtomically(path, JSON.stringify({ id, secretStoreId, ...state }));
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

const MAX_GENERATION = 1e9;
