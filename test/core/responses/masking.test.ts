import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { plainValue, revealedText } from '../../../src/core/responses/masking.ts';
import { createResponseView, type ResponseView } from '../../../src/core/responses/responseView.ts';

describe('masked values', () => {
  it('are revealed one at a time, while the others stay hidden (E4)', () => {
    const source = '{"results":[{"fields":{"password":"hunter2","pin":1234}},{"fields":{"password":"s3cret"}}]}';
    const view = masked(source);
    assert.deepEqual(
      view.masked.map(({ path }) => path),
      ['results[0].fields.password', 'results[0].fields.pin', 'results[1].fields.password'],
    );
    const text = revealedText(view, new Set([1]));
    assert.deepEqual(JSON.parse(text), {
      results: [{ fields: { password: '••••••••', pin: 1234 } }, { fields: { password: '••••••••' } }],
    });
    assert.doesNotMatch(text, /hunter2|s3cret/);
    assert.equal(revealedText(view, new Set()), view.text);
  });

  it('are the same as in the unmasked response once all are revealed (E4)', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const source = JSON.stringify(value);
        const view = masked(source);
        assert.equal(revealedText(view, all(view)), JSON.stringify(value, undefined, 2));
        assert.ok(view.masked.every(({ line, value: json }) => line < view.text.split('\n').length && json !== ''));
      }),
    );
  });

  it('are whole lines in JSON lines, plain text and web pages (E4)', () => {
    const lines = masked('{"a":"s3cret"}\n{"a":"hunter2"}');
    assert.doesNotMatch(lines.text, /s3cret|hunter2/);
    assert.equal(revealedText(lines, new Set([1])), '"••••••••"\n{"a":"hunter2"}');
    const texts = masked('"a\\"b"\n"c"');
    assert.equal(revealedText(texts, all(texts)), '"a\\"b"\n"c"');
    for (const source of ['s3cret\n"text"', '<html>s3cret</html>']) {
      const view = masked(source);
      assert.equal(revealedText(view, all(view)), source);
      assert.equal(plainValue(view.masked[0]!), source);
    }
  });

  it('are copied as the text of a string or the JSON of a number (E4)', () => {
    const view = masked('["a\\n\\"b\\"", 12.50]');
    assert.deepEqual(view.masked.map(plainValue), ['a\n"b"', '12.50']);
  });

  it('are those of the shown items only, if the rest of the response is cut off (E4, E7)', () => {
    const view = masked('[{"a":"s3cret"},{"a":"hunter2","b":', 1000);
    assert.deepEqual(
      view.masked.map(({ value }) => value),
      ['"s3cret"'],
    );
    assert.deepEqual(JSON.parse(revealedText(view, all(view))), [{ a: 's3cret' }]);
  });

  it('have short paths in a very deep response (E4, E7)', () => {
    const depth = 20_000;
    const view = masked(`${'['.repeat(depth)}1${',1'.repeat(depth)}${']'.repeat(depth)}`);
    assert.equal(view.masked.length, depth + 1);
    assert.ok(view.masked.every(({ path }) => path.startsWith('…') && path.length < 100));
  });
});

/** `size` is that of the response, if the source is only its first part. */
function masked(source: string, size?: number): ResponseView {
  const body = Buffer.from(source);
  return createResponseView(body, {
    contentType: undefined,
    size: size ?? body.byteLength,
    items: undefined,
    maxItems: 1e9,
    mask: true,
  });
}

function all({ masked: values }: ResponseView): ReadonlySet<number> {
  return new Set(values.keys());
}
