import assert from 'node:assert/strict';
import fc from 'fast-check';
import { childrenOf, childTexts, compactJson, JsonReader, withMember } from '../../../src/core/json/jsonReader.ts';
import { JsonScanner } from '../../../src/core/json/jsonScanner.ts';

describe('the reader of JSON text', () => {
  it('accepts exactly what JSON.parse accepts, and says where the rest begins (E7)', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        ' ',
        '\n',
        '"a"',
        '"\\u00e9"',
        '"\\x"',
        '"\\u12g4"',
        '"\\u12"',
        '"\\uABCD"',
        '"\u0001"',
        '"',
        '\\',
        'é',
      ],
      ...['true', 'nul', '0', '-', '1.5', '01', '1e', '1e400', '-0', 'NaN', '"a":1', '{"a":[1]}', '\u00a0', '+1'],
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 8 }), (tokens) => {
        const text = tokens.join('');
        assert.equal(endOf(text) === 'complete', isJson(text), text);
      }),
      { numRuns: 5000 },
    );
  });

  it('reads every prefix of valid JSON as incomplete or complete (E7)', () => {
    const text = ' {"a\\u00e9": [1.5e-7, true, null, "\\"", {}, []], "b": -0} ';
    const whole = text.trimEnd().length;
    for (let length = 0; length <= text.length; length++) {
      assert.equal(endOf(text.slice(0, length)), length < whole ? 'truncated' : 'complete', String(length));
    }
    for (const rest of ['1 2', '{} "', '[]]', '1 ?', '1"']) {
      assert.equal(endOf(rest), 'more', rest);
    }
    for (const start of [
      '[-',
      '[0',
      '[0.',
      '[12.',
      '[1.5e',
      '[1E',
      '[1e+',
      '[1e-',
      '[10',
      '[n',
      '[tru',
      '"\\',
      '"\\u00',
    ]) {
      assert.equal(endOf(start), 'truncated', start);
    }
    assert.deepEqual(['"\\x', '"a\n', '[1 2]', '{"a" 1}', '{1:2}', '[}', 'tru e'].map(endOf), Array(7).fill('invalid'));
  });

  it('reads text that cannot become JSON as invalid (E7)', () => {
    for (const text of [
      ...['{"a" "b":1}', '{"a":1 "b":2}', '{"a":}', '{"a":1,}', '[1,]', '[,1]', '{,}', '[1:2]', '[}', '{]', '{"a"}'],
      ...['[trux', '[nullx', '[x1', '[1x', '[01', '[.5', '[+1', '[1e5x', '[1.5.', '[--', '[\u00a01', '"\\x', '"\\u12g'],
    ]) {
      assert.equal(endOf(text), 'invalid', text);
    }
  });

  it('accepts the blanks and the characters after a backslash that JSON.parse accepts (E7)', () => {
    for (let code = 0; code < 256; code++) {
      const character = String.fromCharCode(code);
      for (const text of [`[1,${character}2]`, `"\\${character}"`, `"\\u12${character}4"`, `"${character}"`]) {
        assert.equal(endOf(text) === 'complete', isJson(text), JSON.stringify(text));
      }
    }
  });

  it('stays at its end (E7)', () => {
    const reader = new JsonReader('[] 1');
    while (reader.next()) {
      // Reads all of it.
    }
    assert.deepEqual([reader.next(), reader.ending, reader.start], [false, 'more', 3]);
  });

  it('says of each string whether it is valid (E7)', () => {
    const scanner = new JsonScanner('"\\x" "a"');
    const valid: boolean[] = [];
    while (scanner.next()) {
      valid.push(scanner.isValidString);
    }
    assert.deepEqual(valid, [false, true]);
  });

  it('reads the same tokens however the text is divided (E7)', () => {
    const text = '{"k\\u0041\\\\":[12345678901234567890,"x\\"y",{"z":null}],"😀":""}';
    const expected = tokensOf([text]);
    for (let at = 1; at < text.length; at++) {
      const parts = [text.slice(0, at), text.slice(at)];
      assert.equal(tokensOf(parts).join(''), expected.join(''), String(at));
    }
  });

  it('finds members and elements as they were written, duplicates too (E7)', () => {
    const text = ' { "a" : 1.10, "\\u0061":[ {"b":[]} ], "c":{"d":1} } ';
    const children = childrenOf(text) ?? [];
    assert.deepEqual(
      children.map(({ name, start, end }) => [name, text.slice(start, end)]),
      [
        ['a', '1.10'],
        ['a', '[ {"b":[]} ]'],
        ['c', '{"d":1}'],
      ],
    );
    assert.deepEqual(
      childrenOf('[1,"x",[2]]')?.map(({ name, start }) => [name, start]),
      [
        [undefined, 1],
        [undefined, 3],
        [undefined, 7],
      ],
    );
    assert.deepEqual(
      [childrenOf('1'), childrenOf('{}'), childrenOf('[1'), childrenOf('')],
      [[], [], undefined, undefined],
    );
  });

  it('gives the text of members and elements without blanks (E7)', () => {
    assert.deepEqual(childTexts(' {"a" : [1.10, "b c"], "\\u0061": null} '), [
      { name: 'a', text: '[1.10,"b c"]' },
      { name: 'a', text: 'null' },
    ]);
    assert.deepEqual(childTexts('[ { } ]'), [{ name: undefined, text: '{}' }]);
    assert.deepEqual(childTexts('{"a":1'), []);
  });

  it('removes blanks and nothing else (E6)', () => {
    assert.equal(
      compactJson(' { "a" : [ 1.10 , 1e400,\n -0 ], "a": "\\u00e9 \\/" } '),
      '{"a":[1.10,1e400,-0],"a":"\\u00e9 \\/"}',
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.equal(compactJson(JSON.stringify(JSON.parse(text), undefined, 3)), JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('reads 200,000 levels without recursion (E7)', () => {
    const deep = `${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}`;
    assert.equal(endOf(deep), 'complete');
    assert.equal(compactJson(deep), deep);
  });
});

describe('setting a member of an object in its text', () => {
  for (const [text, expected] of [
    ['{}', '{"c":7}'],
    [' {\n} ', ' {"c":7\n} '],
    ['{"a":12345678901234567890}', '{"a":12345678901234567890,"c":7}'],
    ['{ "c" : 1.10, "x": "\\ud800" }', '{ "c" : 7, "x": "\\ud800" }'],
    ['{"\\u0063":[1,{"c":2}],"d":{"c":3}}', '{"\\u0063":7,"d":{"c":3}}'],
    ['{"c":1,"b":-0,"c":{}}', '{"c":7,"b":-0,"c":7}'],
    ['{"b":[{"c":1}]}', '{"b":[{"c":1}],"c":7}'],
    ['{"b":"c","d":{"x":1,"x":"\\/","c":{}}}', '{"b":"c","d":{"x":1,"x":"\\/","c":{}},"c":7}'],
    ['[]', undefined],
    ['1', undefined],
    ['"{}"', undefined],
    ['{"c":1', undefined],
    ['{"b":', undefined],
    ['{"c"', undefined],
    ['{"c":1}x', undefined],
    ['', undefined],
  ] as const) {
    it(`${expected === undefined ? 'is refused for' : 'changes nothing else in'} ${JSON.stringify(text)} (E8)`, () => {
      assert.equal(withMember(text, 'c', '7'), expected);
    });
  }

  it('gives the object that assigning the property gives (E8)', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.jsonValue(), (object, name, value) => {
        fc.pre(name !== '__proto__' && !Object.hasOwn(object, '__proto__'));
        const text = withMember(JSON.stringify(object, undefined, 1), name, JSON.stringify(value));
        assert.deepEqual(JSON.parse(text ?? ''), JSON.parse(JSON.stringify({ ...object, [name]: value })));
      }),
    );
  });
});

function endOf(text: string): JsonReader['ending'] {
  const reader = new JsonReader(text);
  while (reader.next()) {
    assert.ok(reader.end > reader.start);
  }
  return reader.ending;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function tokensOf(parts: readonly string[]): string[] {
  const scanner = new JsonScanner();
  const tokens: string[] = [];
  for (const part of parts) {
    scanner.continueWith(part);
    while (scanner.next()) {
      tokens.push(part.slice(scanner.start, scanner.end));
    }
    tokens.push(part.slice(scanner.start, scanner.end));
  }
  return tokens;
}
