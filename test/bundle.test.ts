import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import path from 'node:path';

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
    assert.doesNotMatch(readFileSync('dist/extension.cjs', 'utf8'), /shared\.cjs/);
    assert.ok(sizes.has('transport.cjs') && sizes.has('oauthClient.cjs') && sizes.has('connectionWizard.cjs'));
  });

  it('sends a request with the HTTP parser that is a file of its own (P2)', () => {
    const script = `
      const { createServer } = require('node:http');
      const { createTransport } = require('./dist/transport.cjs');
      const server = createServer((request, response) => request.pipe(response)).listen(0, '127.0.0.1', async () => {
        const logger = { debug() {}, info() {}, warn() {}, error() {} };
        const { send, close } = createTransport({ fetch, logger, proxySupport: () => 'off' });
        const url = 'http://127.0.0.1:' + server.address().port;
        const { body } = await send({ url, method: 'POST', body: 'echo', timeout: 20000, maxBytes: 100 });
        console.log(Buffer.from(body).toString());
        await close();
        server.close();
      });`;
    assert.equal(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim(), 'echo');
  });

  it('has source maps that lead from a place in the shared code to its source', () => {
    const code = readFileSync('dist/shared.cjs', 'utf8').split('\n');
    const map = new SourceMap(JSON.parse(readFileSync('dist/shared.cjs.map', 'utf8')) as SourceMapPayload);
    for (const text of ['unsupported_response_type', 'session.renewedElsewhere']) {
      const line = code.findIndex((each) => each.includes(text));
      const column = code[line]?.indexOf(text) ?? -1;
      assert.ok(column > 1000, 'it is behind many names of other parts');
      const entry = map.findEntry(line, column);
      assert.ok('originalSource' in entry, text);
      const source = readFileSync(path.resolve('dist', entry.originalSource), 'utf8').split('\n');
      assert.match(source[entry.originalLine] ?? '', new RegExp(text));
    }
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
