import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redactingLogger, Redactor } from '../../../src/core/base/log.ts';

const SECRET = 'p/q+r=s"t\\u ü-secret ÿ?>ÿþ~~?';

describe('Redactor', () => {
  it('removes a live secret in every encoding', () => {
    const redactor = new Redactor();
    redactor.add(SECRET);
    assert.notEqual(
      Buffer.from(SECRET).toString('base64url'),
      Buffer.from(SECRET).toString('base64').replace(/=+$/, ''),
    );
    const texts = [
      SECRET,
      encodeURIComponent(SECRET),
      encodeURIComponent(SECRET).replaceAll('%20', '+'),
      `x=y&key=${encodeURIComponent(SECRET)}&y=z`,
      JSON.stringify({ value: SECRET }),
      Buffer.from(SECRET).toString('base64'),
      Buffer.from(SECRET).toString('base64url'),
    ];
    for (const text of texts) {
      const redacted = redactor.redact(`before ${text} after`);
      assert.match(redacted, /before .*\[redacted\].* after/s);
      assert.doesNotMatch(redacted, /secret|cC9xK3I9/, text);
    }
  });

  it('forgets a disposed secret unless another owner registered it too', () => {
    const redactor = new Redactor();
    const first = redactor.add('a-live-secret');
    const second = redactor.add('a-live-secret');
    first.dispose();
    first.dispose();
    assert.equal(redactor.redact('a-live-secret'), '[redacted]');
    second.dispose();
    assert.equal(redactor.redact('a-live-secret'), 'a-live-secret');
  });

  it('leaves words alone that are too short to be secrets', () => {
    const redactor = new Redactor();
    redactor.add('');
    redactor.add('test');
    assert.equal(redactor.redact('a test of words'), 'a test of words');
  });

  it('removes text that looks like a secret, even if it is not registered', () => {
    const redactor = new Redactor();
    const looks = [
      'authorization: Bearer abc.DEF-123_456~/+=',
      'Basic dXNlcjpwYXNzd29yZA==',
      'https://x/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj',
      'grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_secret=gX1fBat3bV',
      '{"access_token":"2YotnFZFEjr1zCsicMWpAA","refresh_token" : "tGzv3JOkF0XG5Qx2TlKWIA"}',
      'tok 123e4567-e89b-12d3-a456-426614174000.QWxhZGRpbjpvcGVuIHNlc2FtZQ here',
    ];
    for (const text of looks) {
      const redacted = redactor.redact(text);
      assert.doesNotMatch(redacted, /abc\.DEF|dXNl|Splx|af0if|tGzv|gX1f|2Yot|QWxh/, text);
      assert.equal(redactor.redact(redacted), redacted);
    }
  });

  it('leaves no secret in any surrounding text, and changes nothing the second time (T47)', () => {
    const secret = fc.string({ minLength: 8, maxLength: 40 }).filter((text) => !'[redacted]'.includes(text));
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        const redactor = new Redactor();
        redactor.add(value);
        const redacted = redactor.redact(`${before}${value}${after}`);
        // The value can reappear by chance only if it contains the mask itself.
        assert.ok(value.includes('[redacted]') || !redacted.includes(value));
        assert.equal(redactor.redact(redacted), redacted);
      }),
    );
  });

  it('keeps JSON valid (T47)', () => {
    const redactor = new Redactor();
    redactor.add(SECRET);
    const texts = fc.oneof(
      fc.string(),
      fc.constantFrom(
        SECRET,
        `code=${SECRET}`,
        'Bearer abcdefgh"',
        'code=a"b',
        'token=\\',
        'state=x\ny',
        'a "quoted" word',
      ),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.array(texts)), (report) => {
        JSON.parse(redactor.redact(JSON.stringify(report)));
      }),
    );
  });
});

describe('redactingLogger', () => {
  it('redacts at every level', () => {
    const redactor = new Redactor();
    redactor.add('a-live-secret');
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const logger = redactingLogger({ trace: write, debug: write, info: write, warn: write, error: write }, redactor);
    for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) {
      logger[level](`${level}: a-live-secret`);
    }
    assert.deepEqual(
      lines,
      ['trace', 'debug', 'info', 'warn', 'error'].map((level) => `${level}: [redacted]`),
    );
  });
});
