import assert from 'node:assert/strict';
import { readCallback } from '../../../src/core/oauth/callbackQuery.ts';

describe('the query of a callback', () => {
  it('may have 65,536 characters, and not one more (A2)', () => {
    const start = 'state=s&code=';
    assert.equal(readCallback(start.padEnd(65_536, 'c'))?.key, 's');
    assert.equal(readCallback(start.padEnd(65_537, 'c')), undefined);
  });

  it('gives the description of an error (A3)', () => {
    const outcome = (query: string): unknown => readCallback(query)?.outcome;
    assert.deepEqual(outcome('state=s&error=odd&error_description=a+b'), { error: 'odd', description: 'a b' });
    assert.deepEqual(outcome('state=s&error=odd'), { error: 'odd', description: undefined });
  });

  it('gives every issuer (A2)', () => {
    assert.deepEqual(readCallback('state=s&code=c&iss=a&iss=b')?.issuers, ['a', 'b']);
    assert.deepEqual(readCallback('state=s&code=c')?.issuers, []);
  });

  it('finds the nonce in a state that was encoded up to six times (A2)', () => {
    const encoded = (times: number): string => {
      let text = 'vscode://x/callback?nonce=n-1';
      for (let time = 0; time < times; time++) {
        text = encodeURIComponent(text);
      }
      return text;
    };
    for (const times of [1, 2, 6]) {
      assert.equal(readCallback(`code=c&state=${encoded(times)}`)?.key, 'n-1', `${times} times`);
    }
    assert.equal(readCallback(`code=c&state=${encoded(7)}`)?.key, encoded(6));
  });
});
