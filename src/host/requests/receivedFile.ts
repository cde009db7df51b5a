import { isNinjaOneError, type NinjaOneError } from '../../core/base/errors.ts';
import type { TempFile } from '../../core/files/tempFiles.ts';
import type { BodySink } from '../../core/http/spillBuffer.ts';
import type { ReceivedJson } from '../../core/responses/receivedJson.ts';
import { formatSize } from '../platform/format.ts';

/**
 * The file of a response that is too large for memory. Without a file, and if it cannot be written, the rest of the
 * response is dropped, because its first part is worth showing (E7).
 */
export class ReceivedFile {
  readonly #file: TempFile | undefined;
  readonly #json: ReceivedJson;
  #lost: NinjaOneError | undefined;

  /** `json` sees all of the response, also without a file. */
  constructor(file: TempFile | undefined, json: ReceivedJson) {
    this.#file = file;
    this.#json = json;
  }

  /** Undefined if there is none. */
  get file(): TempFile | undefined {
    return this.#lost ? undefined : this.#file;
  }

  /** Why it could not be written. */
  get lost(): NinjaOneError | undefined {
    return this.#lost;
  }

  /** Writes the file, and reports how many bytes were received. */
  sink(report: (message: string) => void): BodySink {
    let size = 0;
    return {
      start: async () => {
        size = 0;
        this.#lost = undefined;
        this.#json.start();
        await this.#orLose(async () => this.#file?.start());
      },
      write: async (part) => {
        size += part.byteLength;
        report(formatSize(size));
        this.#json.take(part);
        await this.#orLose(async () => this.file?.write(part));
      },
    };
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  async discard(): Promise<void> {
    await this.#file?.discard();
  }

  async #orLose(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (!isNinjaOneError(error)) {
        throw error;
      }
      this.#lost = error;
      await this.discard();
    }
  }
}
