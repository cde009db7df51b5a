import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findBrowser } from './browser.ts';
import { projectRoot, provisionVscode } from './provisionVscode.ts';

/**
 * What tests in VS Code need before they start side by side: the bundle, the browser and the versions of VS Code that
 * the arguments name.
 */
// An interruption also ends npm and tar, and this process then deletes the half that they leave.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {});
}

const versions = process.argv.slice(2).map((name) => (name === 'oldest' ? 'oldest' : 'current'));

async function provision(): Promise<void> {
  for (const version of versions) {
    await provisionVscode({ version, log: console.log });
  }
  await findBrowser();
}

try {
  const bundling = promisify(execFile)(process.execPath, ['esbuild.mjs'], { cwd: projectRoot });
  const [{ stderr }] = await Promise.all([bundling, provision()]);
  console.log(stderr);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
