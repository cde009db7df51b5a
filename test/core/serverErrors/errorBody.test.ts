import assert from 'node:assert/strict';
import { EMPTY_ERROR_BODY, parseErrorBody, type ParsedErrorBody } from '../../../src/core/serverErrors/errorBody.ts';

describe('the body of an error response', () => {
  const parse = (text: string, { status = 400, type = '', secrets = [] as string[] } = {}): ParsedErrorBody => {
    const headers = new Headers(type === '' ? {} : { 'content-type': type });
    return parseErrorBody({ status, headers, text, secrets });
  };

  it('has the error of RFC 6749, or the one of NinjaOne (A16)', () => {
    const expected = { ...EMPTY_ERROR_BODY, status: 400, form: 'json' } as const;
    assert.deepEqual(parse('{"error":"a","error_description":"b","errorCode":"c","message":"d"}'), {
      ...expected,
      error: 'a',
      words: 'b',
    });
    assert.deepEqual(parse('{"errorCode":"a","message":"b","resultCode":"c","incidentId":"d"}'), {
      ...expected,
      error: 'a',
      words: 'b',
      resultCode: 'c',
      incidentId: 'd',
    });
    assert.equal(parse('{"errorMessage":"a","message":"b"}').words, 'a');
  });

  it('has the code and the text of a message that is an object, and numbers as text (A16)', () => {
    assert.equal(parse('{"errorMessage":{"code":"a","message":"b","params":{"c":1}}}').words, 'a b');
    assert.equal(parse('{"errorMessage":{"code":"a"}}').words, 'a');
    assert.equal(parse('{"errorMessage":{"message":7}}').words, '7');
    assert.equal(parse('{"errorMessage":{"code":{"code":"deep"},"message":null}}').words, '');
    assert.equal(parse('{"errorMessage":null,"message":true}').words, '');
  });

  it('is a web page by its type or its first character, whatever its status (A16)', () => {
    const page = { ...EMPTY_ERROR_BODY, status: 400, form: 'html' } as const;
    for (const [text, type] of [
      ['<p>a', ''],
      [' \n<!doctype html>', 'text/plain'],
      ['a', 'text/html; charset=utf-8'],
      ['a', 'APPLICATION/XHTML+XML'],
    ] as const) {
      assert.deepEqual(parse(text, { type }), page, `${text} ${type}`);
    }
    assert.equal(parse('1 < 2').form, 'text');
    assert.equal(parse('null').form, 'text');
  });

  it('quotes a text only if the request failed: half a token response is no JSON (A16)', () => {
    assert.deepEqual(parse('a b '), { ...EMPTY_ERROR_BODY, status: 400, form: 'text', words: 'a b' });
    assert.deepEqual(parse('"a b"'), { ...EMPTY_ERROR_BODY, status: 400, form: 'text', words: 'a b' });
    assert.equal(parse('[{"errorMessage":"a"},{"message":{"code":"b"}},"c",{}]').words, 'a; b; c');
    assert.equal(parse('[{"x":1}]').words, '[{"x":1}]');
    assert.deepEqual(parse('a b', { status: 399 }), { ...EMPTY_ERROR_BODY, status: 399, form: 'text' });
    assert.deepEqual(parse(' '), { ...EMPTY_ERROR_BODY, status: 400, form: 'empty' });
  });

  it('is read quickly and without a piece of a secret, whatever the server makes it of (A16, T47)', () => {
    const secret = 'q'.repeat(300);
    const started = performance.now();
    for (const begin of ['\\', '%', '&#']) {
      const text = JSON.stringify({ message: begin.repeat(1_000_000) });
      const { words } = parse(text, { secrets: [secret] });
      assert.equal(words.length, 2000);
    }
    // Usually it takes 0.2 seconds, without a limit a minute.
    assert.ok(performance.now() - started < 5000, `${performance.now() - started} ms`);
    const { words } = parse(`${'x '.repeat(990)}${secret}${' y'.repeat(9000)}`, { secrets: [secret] });
    assert.doesNotMatch(words, /q/);
    assert.match(words, /^x x x /);
  });

  it('has neither a secret of the request nor more than 2,000 characters (A16)', () => {
    const secrets = ['secret-one'];
    assert.equal(parse('bad secret-one.', { secrets }).words, 'bad ….');
    assert.equal(parse('{"error_description":"bad secret-one."}', { secrets }).words, 'bad ….');
    assert.equal(parse('a'.repeat(3000)).words.length, 2000);
  });
});
