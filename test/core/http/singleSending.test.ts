import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { SingleSending } from '../../../src/core/http/singleSending.ts';

describe('SingleSending', () => {
  const url = new URL('https://eu.ninjarmm.com/ws/oauth/token?a=1');
  const create = (method: string): void => {
    const path = method === 'CONNECT' ? 'eu.ninjarmm.com:443' : method === 'REPORT' ? '/report' : '/ws/oauth/token?a=1';
    const sent = method === 'REPORT' ? 'POST' : method;
    channel('undici:request:create').publish({ request: { method: sent, origin: url.origin, path } });
  };
  const methods = async (...list: string[]): Promise<readonly [result: string | undefined, isStopped: boolean]> => {
    const sending = new SingleSending();
    let isStopped = false;
    try {
      const result = await sending.run(
        { url, method: 'POST' },
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

  it('passes on the failure of a request that was sent once, and does not look at others (A7)', async () => {
    const sending = new SingleSending();
    const stop = (): never => assert.fail('It was sent once.');
    try {
      const failed = sending.run({ url, method: 'POST' }, () => Promise.reject(new Error('reset')), stop);
      await assert.rejects(failed, /reset/);
      const once = sending.run(
        { url, method: 'POST' },
        () => {
          create('POST');
          return Promise.reject(new Error('reset'));
        },
        stop,
      );
      await assert.rejects(once, /reset/);
      // Nobody runs them through this.
      create('POST');
      create('POST');
    } finally {
      sending.dispose();
    }
  });

  it('is not confused by requests of an extension that has replaced fetch (P4, A7)', async () => {
    assert.deepEqual(await methods('REPORT', 'POST'), ['a response', false]);
    assert.deepEqual(await methods('POST', 'REPORT'), ['a response', false]);
    assert.deepEqual(await methods('POST', 'REPORT', 'POST'), [undefined, true]);
  });

  it('stops a request that is sent again, also behind the tunnel of a proxy (A7, E9)', async () => {
    assert.deepEqual(await methods('POST', 'POST'), [undefined, true]);
    assert.deepEqual(await methods('CONNECT', 'POST', 'CONNECT', 'POST'), [undefined, true]);
  });
});
