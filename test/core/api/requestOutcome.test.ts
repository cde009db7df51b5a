import assert from 'node:assert/strict';
import { unansweredOutcome, writeOutcome } from '../../../src/core/api/requestOutcome.ts';
import { NinjaOneError } from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';
import { json, text } from '../../support/apiClientFixture.ts';

describe('the outcome of a write', () => {
  it('is known after a success that the API can have sent (E9)', () => {
    for (const response of [
      json({ id: 1 }),
      json([]),
      text('', { status: 204 }),
      text('', { status: 200 }),
      text('', { status: 204, headers: { 'content-encoding': 'gzip' } }),
      text('"done"'),
      {
        ...json({}, { headers: { 'content-type': 'application/json; charset=utf-16le' } }),
        body: Buffer.from('{"a":"ü"}', 'utf16le'),
      },
      text('{"id":1}\n{"id":2}'),
      text('{"id":', { headers: { 'content-disposition': 'attachment; filename=a.json' } }),
      { ...text('{"id":1,"na'), overflow: 6_000_000 },
    ]) {
      assert.equal(writeOutcome(response), 'known', Buffer.from(response.body).toString());
    }
  });

  it('is unknown after a 207 of which any result is not understood, and after a part of an answer (E9)', () => {
    for (const [value, outcome] of [
      [[{ status: 200 }, { status: '204 No Content' }], 'known'],
      [{ items: [{ statusCode: 200 }] }, 'known'],
      [[{ status: 404 }], 'refused'],
      [[{ id: 1 }], 'unknown'],
      [[{ status: 200 }, { id: 2 }], 'unknown'],
      [{ multistatus: { responses: [{ status: 404 }] } }, 'unknown'],
      [{}, 'unknown'],
      [[], 'unknown'],
    ] as const) {
      assert.equal(writeOutcome(json(value, { status: 207 })), outcome, JSON.stringify(value));
    }
    assert.equal(writeOutcome(text('', { status: 207 })), 'unknown');
    assert.equal(writeOutcome(json([1], { status: 206 })), 'unknown');
    assert.equal(writeOutcome(json({ resultCode: 'FAILURE' }, { status: 206 })), 'unknown');
  });

  it('is unknown after a success whose JSON is cut, also in one of several lines (E9)', () => {
    for (const body of ['{"id":1', '[{"id":1}', '{"id":1}\n{"id":', ' [1,']) {
      assert.equal(writeOutcome(text(body)), 'unknown', body);
    }
  });

  it('is unknown after a success with text that the API does not send, or with a damaged body (E9)', () => {
    for (const response of [
      text('Created {'),
      text('Sign in to the network', { headers: { 'content-type': 'text/html' } }),
      text('<!-- portal --><script>location="/login"</script>'),
      text('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"></html>'),
      text('<head><meta http-equiv="refresh" content="0;url=/login"></head>'),
      text('', { headers: { 'content-encoding': 'gzip' } }),
    ]) {
      assert.equal(writeOutcome(response), 'unknown', Buffer.from(response.body).toString());
    }
  });

  it('is unknown after a redirect and after an error of a server or gateway, and refused after one of the request (E9)', () => {
    const expected = {
      unknown: [300, 302, 304, 399, 408, 421, 425, 499, 500, 599],
      refused: [400, 401, 404, 429, 498],
    };
    for (const [outcome, statuses] of Object.entries(expected)) {
      for (const status of statuses) {
        assert.equal(writeOutcome(json({}, { status })), outcome, String(status));
      }
    }
  });

  it('is refused by a text only with a status that no gateway sends for its own reasons (E9)', () => {
    for (const status of [400, 403, 404, 409, 422]) {
      for (const body of ['no', '["no"]', '']) {
        assert.equal(writeOutcome(text(body, { status })), 'refused', `${status} ${body}`);
      }
      assert.equal(writeOutcome({ ...text('', { status }), body: Uint8Array.of(0xff, 0xfe, 0x80) }), 'unknown');
    }
    for (const status of [401, 429, 402, 451]) {
      for (const body of ['no', '["no"]', '', '"Rate limit exceeded"']) {
        assert.equal(writeOutcome(text(body, { status })), 'unknown', `${status} ${body}`);
      }
    }
  });

  it('is unknown after a network error without a response, and refused if the request did not leave (E9)', () => {
    const error = (code: string): NinjaOneError =>
      new NinjaOneError({ code, intent: 'transient', message: l10n.t('It failed.') });
    for (const code of ['network.timeout', 'network.reset', 'network.redirect', 'network.tooLarge', 'network.x']) {
      assert.equal(unansweredOutcome(error(code)), 'unknown', code);
    }
    for (const code of ['network.forbidden', 'network.dns', 'network.proxy', 'form.noFile', 'canceled']) {
      assert.equal(unansweredOutcome(error(code)), 'refused', code);
    }
    assert.equal(unansweredOutcome(Object.assign(new Error('a defect'), { code: 'network.reset' })), 'refused');
    assert.equal(unansweredOutcome(undefined), 'refused');
  });
});
