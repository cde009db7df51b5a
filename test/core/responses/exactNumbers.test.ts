import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareNumbers, decimalParts } from '../../../src/core/responses/exactNumbers.ts';

describe('numbers of JSON', () => {
  it('are compared by all of their digits, also beyond what JavaScript can count (E7)', () => {
    const inOrder = [
      ['-1e401'],
      ['-10000000000000000000000002'],
      ['-10000000000000000000000001'],
      ['-9007199254740993', '-9007199254740993.0'],
      ['-9007199254740992.5'],
      ['-0.1000000000000000000001'],
      ['-0.1', '-1e-1', '-0.10'],
      ['-1e-400'],
      ['-1e-401', '-0.1e-400'],
      ['0', '-0', '0.000', '0e5', '0E-7'],
      ['1e-401'],
      ['1e-400', '10e-401'],
      ['0.1', '100e-3', '1E-1'],
      ['0.10000000000000000001'],
      ['1', '1.0', '10e-1', '0.1e1'],
      ['9007199254740992'],
      ['9007199254740993', '9.007199254740993e15'],
      ['9007199254740993.00001'],
      ['9e399', '90e398'],
      ['1e400', '10e399', '0.001e403'],
      ['1.1e400'],
      ['1e401'],
    ];
    for (const [index, texts] of inOrder.entries()) {
      for (const [at, others] of inOrder.entries()) {
        for (const [text, other] of texts.flatMap((one) => others.map((each) => [one, each] as const))) {
          assert.equal(orderOf(text, other), Math.sign(index - at), `${text} ${other}`);
        }
      }
    }
  });

  it('are compared as whole numbers of any length are (E7)', () => {
    const number = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    fc.assert(
      fc.property(number, fc.bigInt({ min: -3n, max: 3n }), (one, distance) => {
        const expected = distance > 0n ? -1 : distance < 0n ? 1 : 0;
        assert.equal(orderOf(String(one), String(one + distance)), expected);
      }),
    );
  });

  for (const [text, power, whole, fraction] of [
    ['1740000000', 0, '1740000000', ''],
    ['1740000000250', -3, '1740000000', '250'],
    ['1740000000250.5', -3, '1740000000', '2505'],
    ['12', -3, '', '012'],
    ['0.5', -3, '', '0005'],
    ['1.5', 3, '1500', ''],
    ['1.25e3', 0, '1250', ''],
    ['125E-1', 0, '12', '5'],
    ['12345678901234567890.123', -3, '12345678901234567', '890123'],
  ] as const) {
    it(`keep their digits when ${text} is multiplied by ten to the power of ${power} (E7)`, () => {
      assert.deepEqual(decimalParts(text, power), [whole, fraction]);
    });
  }
});

/** -1, 0 or 1; without a zero that is negative. */
function orderOf(text: string, other: string): number {
  return Math.sign(compareNumbers(text, other)) + 0;
}
