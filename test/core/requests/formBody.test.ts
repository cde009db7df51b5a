import assert from 'node:assert/strict';
import { partHead, type FormPart } from '../../../src/core/api/formParts.ts';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { withFiles } from '../../../src/core/requests/insertFiles.ts';
import { readRequestText } from '../../../src/core/requests/requestText.ts';
import { buildRequest } from '../../../src/core/requests/buildRequest.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';
import { operationOf } from '../../support/operationFixtures.ts';

const FILE = { type: 'string', format: 'binary' };
const FORM = operationOf('POST /v2/form', {
  body: {
    contentType: 'multipart/form-data',
    required: false,
    schema: {
      type: 'object',
      properties: {
        comment: { $ref: '#/schemas/Comment' },
        count: { type: 'integer' },
        file: FILE,
        files: { type: 'array', items: FILE },
        tags: { type: 'array', items: { type: 'string' } },
      },
    },
    partTypes: { file: 'text/csv' },
  },
});

function read(body: string) {
  const text = readRequestText(`{"operation":"POST /v2/form","body":${body}}`);
  assert.ok(text.ok);
  return buildRequest(text.draft, { operation: FORM, connection: connectionOf() });
}

function partsOf(body: string): readonly FormPart[] {
  const result = read(body);
  assert.ok(result.ok, JSON.stringify(result));
  return result.request.form ?? [];
}

describe('the form in a request document', () => {
  it('is sent as one part per member: an object as JSON, a list as one part per item (E15)', () => {
    assert.deepEqual(
      partsOf(`{ "comment": { "id": 12345678901234567890, "text": "a\\u0041" }, "count": 1.50, "tags": ["a", "b"],
        "file": { "$file": "a.txt" }, "files": [{ "$file": "b.png" }, { "$file": "sub\\\\c" }], "more": null }`),
      [
        {
          name: 'comment',
          text: '{"id":12345678901234567890,"text":"a\\u0041"}',
          contentType: 'application/json',
        },
        { name: 'count', text: '1.50' },
        { name: 'tags', text: 'a' },
        { name: 'tags', text: 'b' },
        { name: 'file', file: 'a.txt', contentType: 'text/csv' },
        { name: 'files', file: 'b.png', contentType: 'image/png' },
        { name: 'files', file: 'sub\\c', contentType: 'application/octet-stream' },
      ],
    );
  });

  it('may have parts that the API description does not have, and files among them (E2, E15)', () => {
    assert.deepEqual(partsOf('{ "new": true, "attachment": { "$file": "a.pdf" } }'), [
      { name: 'new', text: 'true' },
      { name: 'attachment', file: 'a.pdf', contentType: 'application/pdf' },
    ]);
  });

  for (const [what, body, place, words] of [
    ['has no parts', '{}', 'body', /The form is empty\. Enter at least one part, such as \{ "comment": \{\} \}/],
    ['has only empty parts', '{ "files": [], "file": null }', 'body', /The form is empty/],
    ['is no object', '"text"', 'body', /Enter an object for "body"/],
    ['has a file without a path', '{ "file": { "$file": " " } }', 'file/$file', /Choose a file for file/],
    ['has the text of a path for a file', '{ "files": ["a.txt"] }', 'files', /Choose a file for files.*"\$file"/],
    ['says more about a file', '{ "file": { "$file": "a", "type": "x" } }', 'file/$file', /Choose a file/],
    ['has a file for another part', '{ "comment": { "$file": "a" } }', 'comment/$file', /comment is not a file/],
    ['has two files for a part that takes one', '{ "file": [{ "$file": "a" }, { "$file": "b" }] }', 'file', /only one/],
    ['has a text for a part that is JSON', '{ "comment": "hello" }', 'comment', /Enter an object for "comment"/],
    ['has a path with a line break', '{ "file": { "$file": "a\\r\\nX: y" } }', 'file/$file', /cannot be sent/],
    ['has a part whose name is empty', '{ "": 1 }', '', /cannot be sent/],
    ['has a file whose part has a hostile name', '{ "a\\nb": { "$file": "a" } }', 'a\nb/$file', /cannot be sent/],
    ['has half a character', '{ "count": "\\ud800" }', 'count', /cannot be sent/],
  ] as const) {
    it(`is refused when it ${what} (E15)`, () => {
      const result = read(body);
      assert.ok(!result.ok);
      const [{ location, message }] = result.problems;
      assert.deepEqual(location, place === 'body' ? ['body'] : ['body', ...place.split('/')]);
      assert.match(formatMessage(message), words);
    });
  }

  it('cannot add a header through the name of a part or a file (E11, E15)', () => {
    const head = partHead({ name: 'a"\r\nX: 1', file: 'sub\\b".csv', contentType: 'text/csv' });
    assert.equal(
      head,
      'Content-Disposition: form-data; name="a%22%0D%0AX: 1"; filename="b%22.csv"\r\nContent-Type: text/csv\r\n\r\n',
    );
  });

  it('gets the chosen files and keeps everything else, also every digit (E15)', () => {
    const text =
      '{"operation":"POST /v2/form","body":{"count":12345678901234567890,"files":[{"$file":"a"},{"$file":""}]}}';
    const several = withFiles(text, { name: 'files', isList: true }, ['b', 'sub/"c"']);
    assert.match(several, /12345678901234567890/);
    assert.deepEqual(
      (JSON.parse(several) as { body: { files: unknown } }).body.files,
      ['a', 'b', 'sub/"c"'].map((path) => ({ $file: path })),
    );
    const one = withFiles('{"operation":"x"}', { name: 'file', isList: false }, ['b']);
    assert.deepEqual(JSON.parse(one), { operation: 'x', body: { file: { $file: 'b' } } });
    assert.deepEqual(JSON.parse(withFiles(one, { name: 'file', isList: false }, ['c'])), {
      operation: 'x',
      body: { file: { $file: 'c' } },
    });
  });
});
