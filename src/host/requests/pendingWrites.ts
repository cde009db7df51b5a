import { isWrite, type ApiRequest } from '../../core/api/apiRequest.ts';
import { neverResent } from '../../core/api/apiErrors.ts';
import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';

/** Sees to it that a request document, or else an operation with its values, has one write on its way at a time (E9). */
export class PendingWrites {
  readonly #pending = new Set<string>();

  /**
   * Runs the task, from the first question to the response. A write whose predecessor is still pending is refused, and no
   * error of a write has a button that repeats it.
   */
  async run<T>(request: ApiRequest, document: string | undefined, task: () => Promise<T>): Promise<T> {
    if (!isWrite(request)) {
      return task();
    }
    const { connection, operation, url } = request;
    const key = document ?? JSON.stringify([connection.id, operation.key, url]);
    if (this.#pending.has(key)) {
      throw alreadyBeingSent(operation.key);
    }
    this.#pending.add(key);
    try {
      return await task();
    } catch (error) {
      throw neverResent(error);
    } finally {
      this.#pending.delete(key);
    }
  }
}

function alreadyBeingSent(key: string): NinjaOneError {
  return new NinjaOneError({
    code: 'request.alreadyBeingSent',
    intent: 'invalidInput',
    message: l10n.t(
      '{0} is already being sent. Nothing was sent a second time. Wait for the response, or cancel the request.',
      key,
    ),
  });
}
