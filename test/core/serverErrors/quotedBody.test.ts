import assert from 'node:assert/strict';
import { toServerError } from '../../../src/core/serverErrors/classifyError.ts';
import { quotesBody } from '../../../src/core/serverErrors/quotedBody.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';

describe('an ID for the support of NinjaOne', () => {
  const body = String.raw`{"name":"x","pin":4711,"door":7,"list":["\u0053ummer2025!","a!b@c"],"text":"one two-three"}`;

  it('is left out if it repeats a value of the body, or a word of one (E13, P9)', () => {
    for (const id of ['Summer2025!', 'inc-SUMMER2025', '4711', 'a-4711-b', 'a!b@c', 'three', '7']) {
      assert.equal(quotesBody(id, body), true, id);
    }
    assert.equal(quotesBody('a-hunter2', '{"broken": "hunter2'), true);
  });

  it('is kept if it has nothing of the body but a member name, or a short value by chance (A16)', () => {
    for (const id of ['INC-1234', 'request-77', 'door', 'f7a0', 'name']) {
      assert.equal(quotesBody(id, body), false, id);
    }
    assert.equal(quotesBody('INC-1', ''), false);
  });

  it('comes from the response and its header (E13, P9)', () => {
    const supportOf = (id: string): object => {
      const headers = new Headers({ 'content-type': 'application/json', 'x-nj-request-id': `request-${id}` });
      const text = JSON.stringify({ incidentId: `INC-${id}`, message: 'no' });
      return toServerError({ status: 400, headers, text, requestBody: body }, 'api', connectionOf()).support;
    };
    assert.deepEqual(supportOf('4711'), { status: 400, requestId: undefined, incidentId: undefined });
    assert.deepEqual(supportOf('1234'), { status: 400, requestId: 'request-1234', incidentId: 'INC-1234' });
  });
});
