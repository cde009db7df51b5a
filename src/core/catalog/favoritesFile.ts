import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { getOwn, parseJson } from '../base/untrusted.ts';
import { compactFile } from '../files/compactFile.ts';

/**
 * The keys of the user's favorite operations, in a file to which every window appends its changes. VS Code's own storage is
 * one record for all keys of an extension, so a window with an old copy would undo the change of another one.
 */
export class FavoritesFile {
  readonly #path: string;
  /** For a moment in which the file cannot be read. */
  #known: readonly string[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** In the order in which they were added. The file is not trusted; invalid lines are skipped. Never rejects. */
  async read(): Promise<readonly string[]> {
    const text = await this.#text();
    this.#known = text === undefined ? this.#known : keysIn(text);
    return this.#known;
  }

  /** Resolves to all keys, also those that other windows have added. Rejects with `favorites.notWritten`. */
  async change(key: string, isFavorite: boolean): Promise<readonly string[]> {
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      await appendFile(this.#path, lineOf(key, isFavorite), { mode: 0o600 });
      const text = (await this.#text()) ?? textOf(this.#known) + lineOf(key, isFavorite);
      this.#known = keysIn(text);
      if (text.length > MAX_CHARACTERS) {
        await compactFile(this.#path, (whole) => textOf(keysIn(whole)));
      }
      return this.#known;
    } catch (error) {
      throw notWritten(this.#path, error);
    }
  }

  /** Rejects if the file cannot be deleted. */
  async clear(): Promise<void> {
    await rm(this.#path, { force: true });
    this.#known = [];
  }

  /** Undefined if there is a file that cannot be read. */
  #text(): Promise<string | undefined> {
    return readFile(this.#path, 'utf8').catch((error: unknown) =>
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? '' : undefined,
    );
  }
}

function textOf(keys: readonly string[]): string {
  return keys.map((key) => lineOf(key, true)).join('');
}

const MAX_CHARACTERS = 100_000;

function lineOf(key: string, isFavorite: boolean): string {
  return `${JSON.stringify({ key, isFavorite })}\n`;
}

function keysIn(text: string): readonly string[] {
  const keys = new Set<string>();
  for (const line of text.split('\n')) {
    const value = parseJson(line);
    const key = getOwn(value, 'key');
    if (typeof key === 'string') {
      keys.delete(key);
      if (getOwn(value, 'isFavorite') === true) {
        keys.add(key);
      }
    }
  }
  return [...keys];
}

function notWritten(path: string, error: unknown): NinjaOneError {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  return new NinjaOneError({
    code: 'favorites.notWritten',
    intent: 'storage',
    message: l10n.t(
      'The favorites were not changed because {0} could not be written ({1}). Check the disk and the permissions of its folder.',
      plainText(path, 200),
      plainText(code, 40),
    ),
    cause: error,
  });
}
