import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { SingleSending } from '../../../src/core/http/singleSending.ts';

describe('SingleSending', () => {
  const create = (method: string): void => {
    channel('undici:request:create').publish({ request: { method } });
  };
  const methods = async (...list: string[]): Promise<readonly [result: string | undefined, isStopped: boolean]> => {
    const sending = new SingleSending();
    let isStopped = false;
    try {
      const result = await sending.run(
        async () => {
          list.forEach(create);
          await Promise.resolve();
          if (isStopped) {
            throw new Error('stopped');
          }
          return 'a response';
        },
        () => (isStopped = true),
      );
      return [result, isStopped];
    } finally {
      sending.dispose();
    }
  };

  it('lets a request pass once, also behind the tunnel of a proxy (P4, A7)', async () => {
    assert.deepEqual(await methods('POST'), ['a response', false]);
    assert.deepEqual(await methods('CONNECT', 'POST'), ['a response', false]);
    // The proxy wanted its password first.
    assert.deepEqual(await methods('CONNECT', 'CONNECT', 'POST'), ['a response', false]);
  });

  it('stops a request that is sent again, also behind the tunnel of a proxy (A7, E9)', async () => {
    assert.deepEqual(await methods('POST', 'POST'), [undefined, true]);
    assert.deepEqual(await methods('CONNECT', 'POST', 'CONNECT', 'POST'), [undefined, true]);
  });
});
