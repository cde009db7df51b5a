import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatJson, type FormatJsonOptions } from '../../../src/core/json/formatJson.ts';
import { JsonScanner } from '../../../src/core/json/jsonScanner.ts';
import { cellsOf, listRows } from '../../support/tables.ts';

const WHOLE: FormatJsonOptions = {
  items: undefined,
  maxItems: Infinity,
  maxCharacters: Infinity,
  partial: false,
  mask: false,
};

/** JSON with digits, escapes, duplicate names and blanks that `JSON.parse` does not keep. */
const { json: JSON_TEXT } = fc.letrec<{ json: string; scalar: string; list: string; object: string }>((tie) => ({
  json: fc.oneof({ maxDepth: 4 }, tie('scalar'), tie('list'), tie('object')),
  scalar: fc.oneof(
    fc.stringMatching(/^-?(?:0|[1-9]\d{0,24})(?:\.\d{1,24})?(?:[eE][+-]?\d{1,4})?$/),
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    fc.constantFrom('"\\ud800"', '"\\/\\u00e9"', '""', 'true', 'false', 'null', '-0', '1.10', '1e400'),
  ),
  list: fc.array(tie('json'), { maxLength: 4 }).map((values) => `[${values.join(' ,\n')} ]`),
  object: fc
    .array(fc.tuple(fc.constantFrom('"a"', '"\\u0061"', '"b"', '""', '"__proto__"'), tie('json')), { maxLength: 4 })
    .map((members) => `{ ${members.map((member) => member.join(' : ')).join(',')}}`),
}));

describe('the layout of a response document', () => {
  it('keeps every digit, escape and duplicate name (E7)', () => {
    fc.assert(
      fc.property(JSON_TEXT, (source) => {
        const { text, end } = formatJson(source, WHOLE);
        assert.equal(end, 'complete');
        assert.deepEqual(tokensOf(text), tokensOf(source));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps all of a long list (E7)', () => {
    const source = JSON.stringify(Array.from({ length: 20_000 }, (_, id) => ({ id })));
    assert.equal(formatJson(source, WHOLE).text, JSON.stringify(JSON.parse(source), undefined, 2));
  });

  it('has what the table shows, however it is written (E7)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(JSON_TEXT, { maxLength: 3 }), async (values) => {
        const source = `[{"id":1},${values.map((value) => `{"v":${value}}`).join(',')}${values.length > 0 ? ',' : ''}{}]`;
        const formatted = await listRows(formatJson(source, WHOLE).text);
        const original = await listRows(source);
        assert.deepEqual(await cellsOf(formatted), await cellsOf(original));
        assert.deepEqual(formatted.columns, original.columns);
      }),
    );
  });

  it('of a first part is valid JSON that the whole begins with (E7)', () => {
    fc.assert(
      fc.property(fc.array(JSON_TEXT, { minLength: 2, maxLength: 5 }), fc.nat(300), (values, length) => {
        const source = `[${values.join(',')}]`;
        const { text, truncated } = formatJson(source.slice(0, length), { ...WHOLE, partial: true });
        if (truncated) {
          assert.equal(formatJson(text, WHOLE).end, 'complete');
          const shown = tokensOf(text.slice(0, -1));
          assert.deepEqual(shown, tokensOf(source).slice(0, shown.length));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('stops to read a first part where it is cut (E7)', () => {
    const source = `[1,2,${'3,'.repeat(1000)}`;
    const { text, at, truncated } = formatJson(source, { ...WHOLE, partial: true, maxItems: 2 });
    assert.deepEqual([text, truncated], ['[\n  1,\n  2\n]', true]);
    assert.ok(at < 10);
  });
});

function tokensOf(text: string): string[] {
  const scanner = new JsonScanner(text);
  const tokens: string[] = [];
  while (scanner.next()) {
    tokens.push(text.slice(scanner.start, scanner.end));
  }
  return tokens;
}
