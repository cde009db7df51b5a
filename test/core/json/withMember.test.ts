import assert from 'node:assert/strict';
import { withMember } from '../../../src/core/json/jsonReader.ts';

describe('withMember', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['{}', '{"a":7}'],
    [' { } ', ' {"a":7 } '],
    ['{"b":[{"a":1}]}', '{"b":[{"a":1}],"a":7}'],
    ['{"a":[1,{"a":2}],"b":"a"}', '{"a":7,"b":"a"}'],
    ['{"\\u0061" : null , "b":1}', '{"\\u0061" : 7 , "b":1}'],
    ['{"b":"a","c":{"a":{}}}', '{"b":"a","c":{"a":{}},"a":7}'],
    ['{"b":12345678901234567890,"c":"\\/\\u00e9","d":{"x":1,"x":2}}', undefined],
    ['{"a":1,"a":2}', '{"a":7,"a":7}'],
  ];
  for (const [source, expected] of cases) {
    it(`sets a member of ${source} and changes no other character (E8)`, () => {
      assert.equal(withMember(source, 'a', '7'), expected ?? `${source.slice(0, -1)},"a":7}`);
    });
  }

  it('does not change a text that is not an object (E8)', () => {
    for (const source of ['[]', '1', '"{}"', '', '{"a"', '{"b":', 'x']) {
      assert.equal(withMember(source, 'a', '7'), undefined, source);
    }
  });
});
