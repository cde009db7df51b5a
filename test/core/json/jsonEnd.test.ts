import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseJson } from '../../../src/core/base/untrusted.ts';
import { OddEnd, type OddJsonEnd } from '../../../src/core/json/jsonEnd.ts';

describe('the end of JSON', () => {
  it('is inside it wherever a list or an object is cut, in parts of any size (E7)', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.jsonValue(), { minLength: 1 }), fc.dictionary(fc.string(), fc.jsonValue())),
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (value, size, share) => {
          const bytes = Buffer.from(JSON.stringify(value));
          assert.equal(endOf(bytes, size), undefined);
          const cut = bytes.subarray(0, Math.max(1, Math.floor(bytes.byteLength * share)));
          assert.equal(endOf(cut, size), 'inside', cut.toString());
        },
      ),
    );
  });

  it('tells whether the list or the object is JSON, as JSON.parse does (E7)', () => {
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
      assert.equal(endOf(Buffer.from(text), 3), isJson ? undefined : 'invalid', text);
    }
    for (const text of ['[1}', '{"a":1]', '[NaN]\n[1]']) {
      assert.equal(endOf(Buffer.from(text), 1), 'invalid', text);
    }
  });

  it('claims nothing about the grammar of UTF-16 and of a hundred thousand levels (E7)', () => {
    for (const bytes of [
      Buffer.from('[NaN]', 'utf16le'),
      Buffer.from(`${'['.repeat(100_001)}x${']'.repeat(100_001)}`),
    ]) {
      assert.equal(endOf(bytes, 1000), undefined);
    }
  });

  it('is the end of valid JSON after a change of one character only if it is still JSON (E7)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.constantFrom(...'0e-.,:"\\tnx{}[] '),
        (value, share, letter) => {
          const text = JSON.stringify(value);
          const at = 1 + Math.floor((text.length - 2) * share);
          const changed = `${text.slice(0, at)}${letter}${text.slice(at + 1)}`;
          const end = endOf(Buffer.from(changed), 5);
          assert.equal(end === undefined, parseJson(changed) !== undefined, changed);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is not looked for in other text (E7)', () => {
    for (const [text, expected] of [
      ['', undefined],
      ['a [ b', undefined],
      ['{"a":1}\n{"b":2}\n', 'lines'],
      ['{"a":1}\r\n\r\n"b"\r\n-12\nnull', 'lines'],
      ['{"a":1}\n[1]\n{"b":2]\n[3]\n', 'more'],
      ['{"a":1}\n[NaN]', 'more'],
      ['{"a":1}\ntruex', 'more'],
      ['{"a":1}\n1 2', 'more'],
      ['[1]\n12.', 'more'],
      ['{"a":1}\n{"b":\n2}\n', 'lines'],
      ['{"a":1\n{"b":2}\n', 'inside'],
      ['[1]]', 'more'],
      ['[1][2]', 'more'],
      ['[1] x', 'more'],
      ['["a]"] ', undefined],
      ['{"a":1}\n{"b":', 'inside'],
      ['\ufeff [1', 'inside'],
      ['["]\\"', 'inside'],
      ['["]\\\\"]', undefined],
      ['[1]\n"a', 'inside'],
    ] as const) {
      assert.equal(endOf(Buffer.from(text), 3), expected, text);
    }
  });
});

function endOf(bytes: Uint8Array, size: number): OddJsonEnd {
  const end = new OddEnd();
  for (let at = 0; at < bytes.byteLength; at += size) {
    end.take(bytes.subarray(at, at + size));
  }
  return end.found;
}
