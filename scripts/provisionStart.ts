import { findBrowser } from '../tooling/browser.ts';
import { provisionVscode } from '../tooling/provisionVscode.ts';

/**
 * Fetches what `npm start` needs, as a command of its own: an interruption is sent to its whole process group, which
 * ends npm and tar in the middle of their work, while this process lives on to delete the half that they leave.
 */
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interruption.abort());
}

try {
  await provisionVscode({ log: console.log });
  if (process.argv.includes('--browser')) {
    await findBrowser();
  }
} catch (error) {
  if (!interruption.signal.aborted) {
    console.error(error instanceof Error ? error.message : error);
  }
  process.exitCode = 1;
}
