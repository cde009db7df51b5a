import assert from 'node:assert/strict';
import { parseInstance } from '../../src/core/connections/instance.ts';

/** The URL parsers of Node 20, 22 and 24 differ here, so the check runs in the Node of each VS Code too. */
describe('an instance in the Node of VS Code', () => {
  for (const label of ['xn--', 'xn--a', 'xn--a-', 'xn--abc', 'xn--zzzzzzzz']) {
    it(`is refused when the label ${label} is not valid punycode (C1)`, () => {
      assert.equal(parseInstance(`https://${label}.example`).ok, false);
    });
  }

  it('is accepted with a valid international name, in its punycode form (C1)', () => {
    const result = parseInstance('https://b\u00fccher.example');
    assert.equal(result.ok && result.instance.host, 'xn--bcher-kva.example');
  });
});
