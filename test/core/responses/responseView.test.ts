import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { createResponseView, type ResponseView, type ViewOptions } from '../../../src/core/responses/responseView.ts';

describe('viewOf', () => {
  it('formats JSON, even without a content type, without changing a digit (E7)', () => {
    const view = show('{"id":12345678901234567890,"x":1.0,"e":1E400,"s":"\\u00e4\\/ü","l":[],"o":{},"n":[[1]]}');
    assert.equal(view.kind, 'json');
    assert.equal(view.language, 'json');
    assert.equal(
      view.text,
      [
        '{',
        '  "id": 12345678901234567890,',
        '  "x": 1.0,',
        '  "e": 1E400,',
        '  "s": "\\u00e4\\/ü",',
        '  "l": [],',
        '  "o": {},',
        '  "n": [',
        '    [',
        '      1',
        '    ]',
        '  ]',
        '}',
      ].join('\n'),
    );
    assert.deepEqual([view.truncated, view.notices], [false, []]);
  });

  it('formats any JSON like JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const view = show(JSON.stringify(value), { maxItems: 1e9 });
        assert.equal(view.text, JSON.stringify(value, undefined, 2));
        assert.equal(view.items, Array.isArray(value) ? value.length : undefined);
      }),
    );
  });

  it('never treats invalid JSON as JSON', () => {
    const soup = fc.string({
      unit: fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        'a',
        '1',
        '-',
        '.',
        'e',
        '\\',
        'u',
        ' ',
        '\n',
        'true',
        'null',
      ),
    });
    fc.assert(
      fc.property(soup, (source) => {
        const view = show(source);
        if (view.kind === 'json' && view.language === 'json') {
          assert.deepEqual(JSON.parse(view.text), JSON.parse(source));
        } else if (isJson(source)) {
          assert.fail(`${source} is JSON`);
        }
      }),
      { numRuns: 3000 },
    );
  });

  const shapes: readonly (readonly [
    string,
    string | Uint8Array,
    Partial<ViewOptions>,
    Partial<ResponseView>,
    RegExp?,
  ])[] = [
    ['status 204', '', {}, { kind: 'empty', text: '' }, /no body/],
    [
      'status 202 of a write',
      '',
      { isDone: true, isAccepted: true },
      { kind: 'empty', text: '' },
      /^Accepted\. NinjaOne may still be working on it\. The response has no body\.$/,
    ],
    [
      'JSON lines of which the last one is cut',
      '{"a":1}\n{"b":',
      {},
      { kind: 'jsonLines', text: '{"a":1}\n{"b":', isCut: true },
      /The JSON of the last line is incomplete\. Send the request again\.$/,
    ],
    ['a page after a comment', '<!-- a --> <html>', { contentType: 'text/plain' }, { kind: 'html' }, /web page/],
    ['a page after an XML declaration', '<?xml version="1.0"?>\n<html xmlns="x">', {}, { kind: 'html' }, /web page/],
    ['a page without its outer tag', '<head><meta http-equiv="refresh"></head>', {}, { kind: 'html' }, /web page/],
    ['status 204 of a write', '', { isDone: true }, { kind: 'empty', text: '' }, /^Done\. The response has no body\.$/],
    ['a bare string of JSON', '"hello"', {}, { kind: 'json', text: '"hello"' }],
    ['a bare word', 'hello', {}, { kind: 'text', language: 'plaintext', text: 'hello' }],
    ['a number', ' 42 ', {}, { kind: 'json', text: '42' }],
    ['the value null', 'null', {}, { kind: 'json', text: 'null' }],
    ['plain text', 'a line\nand another', { contentType: 'text/plain' }, { kind: 'text', text: 'a line\nand another' }],
    ['JSON as text/html', '{"a":1}', { contentType: 'text/html' }, { kind: 'json' }],
    ['a web page', ' <!DOCTYPE html><html></html>', {}, { kind: 'html', language: 'html' }, /web page instead/],
    ['a fragment of a web page', '<center>x</center>', { contentType: 'text/html' }, { kind: 'html' }, /web page/],
    ['XML', '<?xml version="1.0"?><a/>', {}, { kind: 'text', language: 'xml' }],
    [
      'invalid JSON with a JSON content type',
      '{"a":1,}',
      { contentType: 'application/json' },
      { kind: 'text', text: '{"a":1,}' },
      /not valid JSON from character 8 on/,
    ],
    [
      'truncated JSON',
      '{"a":[1,2',
      {},
      { kind: 'json', language: 'plaintext', text: '{\n  "a": [\n    1,\n    2' },
      /JSON is incomplete/,
    ],
    [
      'JSON lines',
      '{"a":1}\n{"b":2}\n\n[3]\n',
      {},
      { kind: 'jsonLines', language: 'jsonl', text: '{"a":1}\n{"b":2}\n[3]', items: 3, shownItems: 3 },
    ],
    ['two values on one line', '{"a":1} {"b":2}', {}, { kind: 'text' }],
    [
      'binary data by its content type',
      'abc',
      { contentType: 'application/octet-stream' },
      { kind: 'binary', text: '' },
      /binary data \(application\/octet-stream\)/,
    ],
    [
      'binary data by its bytes',
      Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0xff, 0xfe, 1]),
      {},
      { kind: 'binary', text: '' },
      /binary/,
    ],
    ['a picture', Uint8Array.from([0x89, 0x50]), { contentType: 'image/png' }, { kind: 'binary' }, /image\/png\)/],
    [
      'invalid UTF-8 in JSON',
      Buffer.from('["a long enough text \xff b"]', 'latin1'),
      {},
      { kind: 'json', text: '[\n  "a long enough text \ufffd b"\n]' },
      /not valid text/,
    ],
    [
      'declared Latin-1',
      Buffer.from('"\xfc"', 'latin1'),
      { contentType: 'text/plain; charset=iso-8859-1' },
      { kind: 'json', text: '"ü"' },
    ],
    ['an unknown charset', '"ü"', { contentType: 'text/plain; charset=nonsense' }, { kind: 'json', text: '"ü"' }],
    ['a byte order mark', '\ufeff[1]', {}, { kind: 'json', items: 1 }],
  ];
  for (const [name, body, options, expected, words] of shapes) {
    it(`shows ${name} (E7)`, () => {
      const view = show(body, options);
      for (const [field, value] of Object.entries(expected)) {
        assert.deepEqual(view[field as keyof ResponseView], value, field);
      }
      assert.match(view.notices.map(formatMessage).join(' '), words ?? /^$/);
    });
  }

  it('shows the first items of a list longer than maxItems as valid JSON, with the total and a notice (E7)', () => {
    const view = show(
      JSON.stringify({ cursor: { name: 'x' }, results: Array.from({ length: 50 }, (_, id) => ({ id })), more: 1 }),
      {
        items: 'results',
        maxItems: 2,
      },
    );
    assert.deepEqual(JSON.parse(view.text), { cursor: { name: 'x' }, results: [{ id: 0 }, { id: 1 }] });
    assert.deepEqual([view.items, view.shownItems, view.truncated], [50, 2, true]);
    assert.deepEqual(view.notices.map(formatMessage), [
      'Only the first 2 of 50 items are shown. To get the complete response, save it.',
    ]);
    const exact = show('[1,2]', { maxItems: 2 });
    assert.deepEqual([exact.items, exact.truncated, exact.notices], [2, false, []]);
  });

  it('does not offer to save a response with secrets (E4)', () => {
    const list = show('[{"id":1},{"id":2},{"id":3}]', { maxItems: 2, mask: true });
    assert.match(list.notices.map(formatMessage).join(), /first 2 of 3 items.*The rest is not stored/);
    const part = show('{"a":"x","b":"y', { mask: true, size: 9_000_000 });
    assert.match(part.notices.map(formatMessage).join(), /Only the first part is shown\. The rest is not stored/);
  });

  it('shows the total of a list whose length is known from its pages (E8)', () => {
    const view = show('[{"id":1},{"id":2},{"i', { size: 9_000_000, total: 700 });
    assert.deepEqual([view.items, view.shownItems], [700, 2]);
    assert.deepEqual(view.notices.map(formatMessage), [
      'Only the first 2 of 700 items are shown. To get the complete response, save it.',
    ]);
  });

  it('truncates long text at the end of an item (E7)', () => {
    const source = JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id, name: 'x'.repeat(20) })));
    const view = show(source, { maxItems: 1e9, maxCharacters: 500 });
    const shown = JSON.parse(view.text) as { name: string }[];
    assert.ok(shown.length > 3 && shown.length < 20);
    assert.ok(shown.every(({ name }) => name.length === 20));
    assert.deepEqual([view.items, view.shownItems], [100, shown.length]);
    const object = show(
      JSON.stringify(Object.fromEntries(Array.from({ length: 100 }, (_, id) => [`k${id}`, 'x'.repeat(20)]))),
      { maxCharacters: 500 },
    );
    assert.ok(Object.keys(JSON.parse(object.text) as object).length < 30);
    assert.match(
      formatMessage(object.notices[0]!),
      /Only the first part is shown\. To get the complete response, save it/,
    );
    assert.equal(show('x'.repeat(100), { maxCharacters: 10 }).text, 'x'.repeat(10));
  });

  it('shows the complete items in the first part of a large body, wherever it ends (E7)', () => {
    const whole = Buffer.from(
      JSON.stringify({
        a: [1],
        results: [
          { name: 'Größe', n: [1, { x: 10 }] },
          { name: '\u{1f600}', n: 1234 },
        ],
      }),
    );
    const first = { name: 'Größe', n: [1, { x: 10 }] };
    for (let length = 1; length < whole.length; length++) {
      const view = show(whole.subarray(0, length), { items: 'results', size: whole.length });
      if (view.kind === 'json' && view.language === 'json') {
        const { results = [] } = JSON.parse(view.text) as { results?: unknown[] };
        assert.ok(results.length === view.shownItems || view.shownItems === undefined);
        assert.ok(results.length === 0 || JSON.stringify(results[0]) === JSON.stringify(first), view.text);
        assert.equal(view.truncated, true);
      } else {
        assert.ok(length < 12, `${length} ${view.kind}`);
      }
    }
  });

  it('omits a number that may have been truncated (E7)', () => {
    const view = show('[100,200', { size: 1000 });
    assert.deepEqual(JSON.parse(view.text), [100]);
    assert.match(
      formatMessage(view.notices[0]!),
      /^Only the first item is shown\. To get the complete response, save it/,
    );
    const list = show('[1,2,3]', { maxItems: 1 });
    assert.match(
      formatMessage(list.notices[0]!),
      /^Only the first of 3 items is shown\. To get the complete response, save it/,
    );
  });

  it('handles 100,000 levels of nesting without a stack overflow or a long delay (E7, T40)', () => {
    for (const source of [
      '['.repeat(100_000) + ']'.repeat(100_000),
      '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000),
      '['.repeat(100_000),
    ]) {
      const started = performance.now();
      const view = show(source);
      assert.ok(performance.now() - started < 2000);
      assert.equal(view.kind, 'json');
      assert.equal(view.language, 'plaintext');
      assert.ok(view.text.length < 2_000_000);
      assert.match(
        view.notices.map(formatMessage).join(' '),
        /shown as plain text because it has 100,000 levels|JSON is incomplete/,
      );
    }
  });

  it('masks secrets and lists each with its line, so that it can be revealed (E4)', () => {
    const view = show('{"url":"https://x/?sig=1","expires":12,"ok":true,"list":["a",null]}', { mask: true });
    assert.doesNotMatch(view.text, /sig|12|"a"/);
    const lines = view.text.split('\n');
    assert.deepEqual(
      view.masked.map(({ line, path, value }) => [lines[line]?.trim().replace(/: .*/, ''), path, value]),
      [
        ['"url"', 'url', '"https://x/?sig=1"'],
        ['"expires"', 'expires', '12'],
        ['"••••••••",', 'list[0]', '"a"'],
      ],
    );
    for (const source of [
      's3cret text',
      '<html>s3cret</html>',
      '{"a":"s3cret"}\n{"a":"s3cret"}',
      '"s3cret"',
      '["s3cret',
    ]) {
      const hidden = show(source, { mask: true });
      assert.doesNotMatch(hidden.text, /s3cret/, source);
    }
  });

  it('does not throw on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (body, partial) => {
        show(body, partial ? { size: body.length + 1 } : {});
      }),
    );
  });
});

function show(body: string | Uint8Array, options: Partial<ViewOptions> = {}): ResponseView {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return createResponseView(bytes, {
    contentType: undefined,
    size: bytes.byteLength,
    items: undefined,
    maxItems: 1000,
    ...options,
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
