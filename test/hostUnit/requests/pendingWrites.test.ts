import assert from 'node:assert/strict';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { networkError } from '../../../src/core/http/networkErrors.ts';
import { PendingWrites } from '../../../src/host/requests/pendingWrites.ts';
import { requestOf } from '../../support/apiClientFixture.ts';
import { connectionOf, ORIGIN } from '../../support/connectionFixtures.ts';
import { GET_DEVICE, operationOf, PATCH_DEVICE } from '../../support/operationFixtures.ts';

const DOCUMENT = 'ninjaone-request:/a.json';

describe('pending writes', () => {
  const write = requestOf(PATCH_DEVICE, { body: '{}' });
  let writes: PendingWrites;
  let sent: ApiRequest[];
  let finish: () => void;
  beforeEach(() => {
    writes = new PendingWrites();
    sent = [];
  });

  const start = (request: ApiRequest, document?: string): Promise<void> =>
    writes.run(request, document, () => {
      sent.push(request);
      return new Promise((resolve) => (finish = resolve));
    });

  it('are one for each document, whatever the document says meanwhile (E9)', async () => {
    void start(write, DOCUMENT);
    const changed = requestOf(PATCH_DEVICE, { query: '?a=1', body: '{"a":1}' });
    await assert.rejects(start(changed, DOCUMENT), {
      code: 'request.alreadyBeingSent',
      intent: 'invalidInput',
      action: undefined,
    });
    void start(write, 'ninjaone-request:/b.json');
    assert.deepEqual(sent, [write, write]);
  });

  it('are one for each operation, address and connection when there is no document (E9)', async () => {
    void start(write);
    await assert.rejects(start(write), { code: 'request.alreadyBeingSent' });
    const others = [
      requestOf(operationOf('PUT /v2/device/{id}')),
      { ...write, url: `${ORIGIN}/v2/device/2` },
      { ...write, connection: connectionOf({ id: 'id-2' }) },
    ];
    others.forEach((request) => void start(request));
    assert.deepEqual(sent, [write, ...others]);
  });

  it('do not hold up reads of the same document (E9)', () => {
    const read = requestOf(GET_DEVICE);
    void start(read, DOCUMENT);
    void start(read, DOCUMENT);
    void start(write, DOCUMENT);
    void start(read, DOCUMENT);
    assert.deepEqual(sent, [read, read, write, read]);
  });

  it('are over when they are answered or have failed, and their errors offer no retry (E9)', async () => {
    const first = start(write, DOCUMENT);
    finish();
    await first;
    const offline = (): Promise<never> => Promise.reject(networkError('offline', new URL(ORIGIN)));
    await assert.rejects(writes.run(write, DOCUMENT, offline), { code: 'network.offline', action: 'showLog' });
    await assert.rejects(writes.run(requestOf(GET_DEVICE), DOCUMENT, offline), { action: 'retry' });
    void start(write, DOCUMENT);
    assert.equal(sent.length, 2);
  });
});
