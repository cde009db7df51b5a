import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asRecord, parseJson } from '../../core/base/untrusted.ts';
import { writeAtomically } from '../../core/files/atomicWrite.ts';
import { parseLayout, USUAL_LAYOUT, type ColumnLayout } from '../../core/responses/columnLayout.ts';

/**
 * How the user has arranged the columns of each operation, in a file of all windows. If two windows write at the same
 * time, one of the two arrangements is lost.
 */
export class TableLayouts {
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Never rejects. The file is not trusted. */
  async read(operation: string): Promise<ColumnLayout> {
    return parseLayout((await this.#all())[operation]) ?? USUAL_LAYOUT;
  }

  /** Without a layout, the usual one is back. Never rejects: nobody is told that a width could not be stored. */
  async write(operation: string, layout: ColumnLayout | undefined): Promise<void> {
    this.#writing = this.#writing
      .then(async () => {
        const others = Object.entries(await this.#all()).filter(([key]) => key !== operation);
        const entries = [...others, ...(layout ? [[operation, layout] as const] : [])].slice(-MAX_OPERATIONS);
        await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
        await writeAtomically(this.#path, [JSON.stringify(Object.fromEntries(entries))]);
      })
      .catch(() => {});
    await this.#writing;
  }

  /** Rejects if the file cannot be deleted. */
  async forget(): Promise<void> {
    await this.#writing;
    await rm(this.#path, { force: true });
  }

  async #all(): Promise<Readonly<Record<string, unknown>>> {
    return asRecord(parseJson(await readFile(this.#path, 'utf8').catch(() => ''))) ?? {};
  }
}

const MAX_OPERATIONS = 100;
