import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseJson } from '../../../src/core/base/untrusted.ts';
import { oddJsonEnd } from '../../../src/core/json/jsonEnd.ts';

describe('the end of JSON', () => {
  it('is inside it wherever a list or an object is cut, in parts of any size (E7)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.array(fc.jsonValue(), { minLength: 1 }), fc.dictionary(fc.string(), fc.jsonValue())),
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        async (value, size, share) => {
          const bytes = Buffer.from(JSON.stringify(value));
          assert.equal(await oddJsonEnd(partsOf(bytes, size)), undefined);
          const cut = bytes.subarray(0, Math.max(1, Math.floor(bytes.byteLength * share)));
          assert.equal(await oddJsonEnd(partsOf(cut, size)), 'inside', cut.toString());
        },
      ),
    );
  });

  it('tells whether the list or the object is JSON, as JSON.parse does (E7)', async () => {
    const texts = [
      ...[
        'NaN',
        '-',
        '01',
        '1.',
        '.5',
        '1e',
        '1e+',
        '-0.50E-07',
        '1e5',
        '0',
        '-0',
        'tru',
        'truex',
        'nullnull',
        'Infinity',
      ],
      ...[
        '"\\u00aF"',
        '"\\u00ag"',
        '"\\x"',
        '"\\/\\b"',
        '"a\tb"',
        '"é"',
        '',
        '1,',
        ',1',
        '1 2',
        '1}',
        '"a":1',
        '{"a"}',
      ],
      ...[
        '{a:1}',
        '{"a":1,}',
        '{"a":}',
        '{"a":1,"b":2}',
        '{"a" : [ ] , "b":{}}',
        "'a'",
        '1/**/',
        '[,]',
        '[1],2',
        '{,}',
      ],
    ].map((text) => `[0, {"b":[${text}]}]`);
    for (const text of texts) {
      const isJson = parseJson(text) !== undefined;
      assert.equal(await oddJsonEnd(partsOf(Buffer.from(text), 3)), isJson ? undefined : 'invalid', text);
    }
    for (const text of ['[1}', '{"a":1]', '[NaN]\n[1]']) {
      assert.equal(await oddJsonEnd(partsOf(Buffer.from(text), 1)), 'invalid', text);
    }
  });

  it('claims nothing about the grammar of UTF-16 and of a hundred thousand levels (E7)', async () => {
    for (const bytes of [
      Buffer.from('[NaN]', 'utf16le'),
      Buffer.from(`${'['.repeat(100_001)}x${']'.repeat(100_001)}`),
    ]) {
      assert.equal(await oddJsonEnd(partsOf(bytes, 1000)), undefined);
    }
  });

  it('is the end of valid JSON after a change of one character only if it is still JSON (E7)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.constantFrom(...'0e-.,:"\\tnx{}[] '),
        async (value, share, letter) => {
          const text = JSON.stringify(value);
          const at = 1 + Math.floor((text.length - 2) * share);
          const changed = `${text.slice(0, at)}${letter}${text.slice(at + 1)}`;
          const end = await oddJsonEnd(partsOf(Buffer.from(changed), 5));
          assert.equal(end === undefined, parseJson(changed) !== undefined, changed);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is not looked for in other text (E7)', async () => {
    for (const [text, expected] of [
      ['', undefined],
      ['a [ b', undefined],
      ['{"a":1}\n{"b":2}\n', 'more'],
      ['[1][2]', 'more'],
      ['[1] x', 'more'],
      ['["a]"] ', undefined],
      ['{"a":1}\n{"b":', 'inside'],
      ['\ufeff [1', 'inside'],
      ['["]\\"', 'inside'],
      ['["]\\\\"]', undefined],
      ['[1]\n"a', 'inside'],
    ] as const) {
      assert.equal(await oddJsonEnd(partsOf(Buffer.from(text), 3)), expected, text);
    }
  });
});

// eslint-disable-next-line @typescript-eslint/require-await
async function* partsOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) {
    yield bytes.subarray(at, at + size);
  }
}
