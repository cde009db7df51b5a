import assert from 'node:assert/strict';
import fc from 'fast-check';
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
