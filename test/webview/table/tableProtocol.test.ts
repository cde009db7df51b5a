import assert from 'node:assert/strict';
import { isReadyMessage } from '../../../src/webview/table/tableProtocol.ts';

describe('isReady', () => {
  it('accepts only the ready message of the page (E7)', () => {
    assert.equal(isReadyMessage({ type: 'ready' }), true);
    for (const message of [undefined, null, '', 'ready', 1, [], ['ready'], {}, { type: 'copy' }, { type: ['ready'] }]) {
      assert.equal(isReadyMessage(message), false, JSON.stringify(message));
    }
  });
});
