import { isCanceled } from '../../src/core/base/errors.ts';
import type { ErrorReporter } from '../../src/host/platform/errorReporter.ts';
import { until } from './sessionFixture.ts';
import { CancellationError } from './vscode/events.ts';
import type { FakeVscode } from './vscode/fakeVscode.ts';

/** Errors are shown a moment after they are reported, and nobody waits for that but tests. */
export class ShownErrors {
  readonly #editor: FakeVscode;
  #reported = 0;

  constructor(editor: FakeVscode) {
    this.#editor = editor;
  }

  counting(show: ErrorReporter['show']): ErrorReporter['show'] {
    return (error, ...rest) => {
      this.#reported += error instanceof CancellationError || isCanceled(error) ? 0 : 1;
      show(error, ...rest);
    };
  }

  /** Resolves when every reported error is shown, and answered if the user answers it at once. */
  async settled(): Promise<void> {
    await until(() => this.#editor.window.messages.filter(({ kind }) => kind === 'error').length >= this.#reported);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
