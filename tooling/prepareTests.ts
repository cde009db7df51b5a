import { findBrowser } from './browser.ts';
import { provisionVscode } from './provisionVscode.ts';

/**
 * What tests in VS Code need before they start side by side: the browser and the versions of VS Code that the
 * arguments name.
 */
// An interruption also ends npm and tar, and this process then deletes the half that they leave.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {});
}

const versions = process.argv.slice(2).map((name) => (name === 'oldest' ? 'oldest' : 'current'));

try {
  for (const version of versions) {
    await provisionVscode({ version, log: console.log });
  }
  await findBrowser();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
