import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';

/** Bytes that may be loaded at activation. */
const BUDGET = 80_000;

describe('the bundle', () => {
  it(`loads at most ${BUDGET} bytes at activation, and the network code only when it is needed (P2)`, () => {
    const sizes = new Map(
      readdirSync('dist')
        .filter((name) => name.endsWith('.cjs'))
        .map((name) => [name, statSync(`dist/${name}`).size]),
    );
    const activation = sizes.get('extension.cjs');
    assert.ok(activation !== undefined, 'npm run build makes dist/extension.cjs');
    assert.ok(activation <= BUDGET, `dist/extension.cjs has ${activation} bytes`);
    // What the parts share is loaded with them.
    assert.doesNotMatch(readFileSync('dist/extension.cjs', 'utf8'), /shared-/);
    assert.ok(sizes.has('transport.cjs') && sizes.has('oauthClient.cjs') && sizes.has('connectionWizard.cjs'));
  });

  it('leaves the global dispatcher of the host unchanged when the network code is loaded', () => {
    assert.equal(dispatchersAfter("require('./dist/transport.cjs')"), 'undefined undefined');
  });

  it('detects that an import of undici replaces the global dispatcher', () => {
    assert.equal(dispatchersAfter("require('undici')"), 'Agent Agent');
  });
});

/** Class names of undici's two global dispatchers after the statement, in a separate process. */
function dispatchersAfter(statement: string): string {
  const script = `${statement}; const at = (n) => globalThis[Symbol.for('undici.globalDispatcher.' + n)]?.constructor.name;
    console.log(at(1) + ' ' + at(2));`;
  return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim();
}
