import assert from 'node:assert/strict';
import { isReady } from '../../../src/webview/table/tableProtocol.ts';

describe('messages of a page', () => {
  it('E7: only that it is ready is heard', () => {
    assert.equal(isReady({ type: 'ready' }), true);
    for (const message of [undefined, null, '', 'ready', 1, [], ['ready'], {}, { type: 'copy' }, { type: ['ready'] }]) {
      assert.equal(isReady(message), false, JSON.stringify(message));
    }
  });
});
