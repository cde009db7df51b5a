import { appendFileSync } from 'node:fs';
import Mocha, { type MochaOptions, type Runner } from 'mocha';
import { observeRun } from './tallyObserver.ts';

/**
 * Mocha's usual output, and what happened in the file that the launcher names, so that a run is counted by what its
 * tests did and not by what it printed.
 */
export default class TallyReporter extends Mocha.reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const file = process.env.TEST_TALLY_FILE;
    if (file === undefined) {
      throw new Error('TEST_TALLY_FILE names no file.');
    }
    observeRun(runner, (event) => appendFileSync(file, `${JSON.stringify(event)}\n`));
  }
}
