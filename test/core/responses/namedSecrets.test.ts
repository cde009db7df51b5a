import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { ApiResponse } from '../../../src/core/api/apiResponse.ts';
import type { MarkedOperation } from '../../../src/core/api/passwordRule.ts';
import { TempFiles } from '../../../src/core/files/tempFiles.ts';
import { displayResponse } from '../../../src/core/responses/displayedResponse.ts';
import { revealedText } from '../../../src/core/responses/masking.ts';
import { passwordsInResponse } from '../../../src/core/api/passwordValues.ts';
import { maskNamedSecrets } from '../../../src/core/responses/namedSecrets.ts';
import { findSecretName } from '../../../src/core/responses/secretFinder.ts';
import { effort } from '../../../tooling/effort.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';
import { GET_DEVICE } from '../../support/operationFixtures.ts';
import { ReceivedJson } from '../../../src/core/responses/receivedJson.ts';
import { createResponseView, type ResponseView } from '../../../src/core/responses/responseView.ts';

describe('members of a response that are named like passwords', () => {
  it('are masked in every response, whole or the first part of it, and nothing else is (E4)', () => {
    const source =
      '[{"id":12345678901234567890,"apiToken":"CANARY1","password":"CANARY2","rate":1.10,"passwordExpires":true,' +
      '"nested":{"clientSecret":"CANARY3","doorPin":4711},"secret":"","compass":"N"}]';
    const view = shown(source);
    assert.doesNotMatch(view.text, /CANARY|4711/);
    for (const part of ['12345678901234567890', '1.10', '"passwordExpires": true', '"secret": ""', '"compass": "N"']) {
      assert.ok(view.text.includes(part), part);
    }
    assert.deepEqual(
      view.masked.map(({ path, line, value }) => `${path} ${line} ${value}`),
      ['apiToken 3 "CANARY1"', 'password 4 "CANARY2"', 'nested.clientSecret 8 "CANARY3"', 'nested.doorPin 9 4711'],
    );
    assert.ok(view.masked.every(({ line }) => view.text.split('\n')[line]?.includes('••••')));
    const cut = shown(`${source.slice(0, -1)},{"apiToken":"CANARY5","password":"CANARY`);
    assert.doesNotMatch(cut.text, /CANARY/);
  });

  it('are masked in pairs of a name and a value, and in JSON lines (E4)', () => {
    const pairs = shown('[{"name":"vpnPassword","value":"CANARY1"},{"name":"rack","value":"r1"}]');
    assert.deepEqual(JSON.parse(pairs.text), [
      { name: 'vpnPassword', value: '••••••••' },
      { name: 'rack', value: 'r1' },
    ]);
    const lines = shown('{"id":1,"token":"CANARY1"}\n{"id":2}\n{"id":3,"token":"CANARY2"}');
    assert.equal(lines.text, '{"id":1,"token":"••••••••"}\n{"id":2}\n{"id":3,"token":"••••••••"}');
    assert.equal(lines.masked.map(({ line }) => line).join(), '0,2');
  });

  it('do not hide the ids, names and types of what is in them, which other requests need (E4)', () => {
    const source = '{"credentials":{"credentials":[{"id":7,"name":"Domain","type":"CREDENTIAL","login":"CANARY"}]}}';
    const { text, masked } = shown(source);
    assert.deepEqual(JSON.parse(text), {
      credentials: { credentials: [{ id: 7, name: 'Domain', type: 'CREDENTIAL', login: '••••••••' }] },
    });
    assert.equal(masked.length, 1);
  });

  it('come back with every digit when all are revealed (E4)', () => {
    const name = fc.constantFrom('a', 'password', 'pin', 'name', 'value', 'credentials', 'key\\u0073', 'tok\\u0065n');
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('1.10', '12345678901234567890', '"x\\n\\"y"', '"password"', '""', 'true', 'null', '-0'),
        fc.array(tie('tree'), { maxLength: 3 }).map((items) => `[${items.join()}]`),
        fc
          .array(fc.tuple(name, tie('tree')), { maxLength: 4 })
          .map((members) => `{${members.map(([key, value]) => `"${key}":${value}`).join()}}`),
      ),
    }));
    fc.assert(
      fc.property(tree, (source) => {
        const plain = view(source);
        const masked = maskNamedSecrets(plain, { traits: {} });
        assert.equal(revealedText(masked, new Set(masked.masked.keys())), plain.text);
      }),
    );
  });

  it('are found in a response of any size exactly where they are masked, also in one that is cut (E4)', async () => {
    await fc.assert(
      fc.asyncProperty(
        jsonText(),
        fc.constantFrom([], ['door'], ['a.value', 'name']),
        fc.integer({ min: 1, max: 9 }),
        async (text, passwords, size) => {
          const operation = { traits: { passwords } };
          const isMasked = passwordsInResponse(text, operation).length > 0;
          assert.equal((await found(text, { size, operation })) !== undefined, isMasked, text);
          const bytes = Buffer.from(text, 'utf16le');
          const wide = await findSecretName(parts(bytes, size), 'utf-16le', operation);
          assert.equal(wide !== undefined, isMasked, text);
          const start = text.slice(0, text.length / 2);
          if (passwordsInResponse(start, operation).length > 0) {
            assert.notEqual(await found(start, { size, operation }), undefined, start);
          }
        },
      ),
      { numRuns: effort({ short: 500, long: 20_000 }) },
    );
  });

  it('are named wherever they are in a response of any size (E4)', async () => {
    const filler = JSON.stringify({ text: 'a password: "x", not a member'.repeat(200) });
    for (const [end, expected] of [
      ['{"a":1}', undefined],
      ['{"tok\\u0065n":"x"}', 'token'],
      ['{"a":[{"pin":[1,2]}]}', 'a.pin'],
      ['{"password":null,"token":true,"pin":""}', undefined],
      ['{ "name" : "vpnPassword" , "value": "x"}', 'vpnPassword'],
      ['{"name":"vpnPassword","value":{"name":"x"}}', 'name'],
      ['{"key":{"name":"vpnPassword","value":{"name":"x"}},"value":true}', undefined],
      ['{"name":"Change the password"}', undefined],
      ['{"title":"vpnPassword","value":"x"}', undefined],
    ] as const) {
      const text = `\ufeff[${filler},\r\n${end}]`;
      for (let size = 1; size < 12; size++) {
        assert.equal(await found(text, { size }), expected, `${end} ${size}`);
      }
    }
  });

  it('are not the name of a pair, by which a mark of the operation finds it (E4)', async () => {
    const operation = { traits: { passwords: ['name'] } };
    for (const [text, expected] of [
      ['[{"name":"x"}]', 'name'],
      ['[{"name":["x"],"value":null}]', undefined],
      ['[{"name":["x"],"value":{"name":"y"}}]', 'name'],
    ] as const) {
      assert.equal(await found(text, { operation }), expected, text);
    }
  });

  it('are found in every line of JSON lines, and in text that is no JSON (E4)', async () => {
    for (const [text, expected] of [
      ['{"a":1}\n{"b":2}\r\n{"token":"x"}\n', 'token'],
      ['{"a":1}\n{"b":"cut\n{"token":"x"}\n', 'b.token'],
      ['{"credentials":{"id":1}}\n{"login":"x"}\n', undefined],
      ['{"a":NaN}]} {"token":"x"}', 'token'],
      ['{"a":"line\nbreak","token":"x"}', 'token'],
      [`${'['.repeat(100_001)}{"token":1}`, 'token'],
      ['{"token":"x', 'token'],
      ['{"token":', undefined],
    ] as const) {
      assert.equal(await found(text), expected, text.slice(-60));
    }
  });

  it('are not read again to be saved, if all bytes were seen when they came (E4, E7)', async () => {
    const operation = GET_DEVICE;
    for (const [charset, encoding, isRead] of [
      ['utf-8', 'utf8', false],
      ['utf-16le', 'utf16le', true],
    ] as const) {
      const body = Buffer.from('[{"id":1},{"id":2,"apiToken":"x"}]', encoding);
      const received = new ReceivedJson(operation);
      received.take(body.subarray(0, 20));
      received.take(body.subarray(20));
      // The file is not there, so whoever reads it fails.
      const file = new TempFiles(join(tmpdir(), 'ninjaone-no-such-folder')).file();
      const { findSecret } = await displayResponse(
        largeResponse(body, `application/json; charset=${charset}`),
        { maxItems: 10, mask: false, file, received },
        new TempFiles(tmpdir()),
      );
      await (isRead
        ? assert.rejects(findSecret, { code: 'ENOENT' })
        : findSecret().then((name) => {
            assert.equal(name, 'apiToken');
          }));
    }
  });
});

/** JSON texts with many names that count, or nearly. */
function jsonText(): fc.Arbitrary<string> {
  const name = fc.constantFrom(
    ...['a', 'door', 'name', 'na\\u006de', 'value', 'values', 'VALUE', 'Key', 'field', 'id', 'login', 'credentials'],
    ...['password', 'p\\u0061ssword', 'pin', 'secret', 'x.value', ''],
  );
  const space = fc.constantFrom('', ' ', '\r\n', '\t');
  const spaced = <T>(inner: fc.Arbitrary<T>): fc.Arbitrary<string> =>
    fc.tuple(space, inner, space).map((all) => all.join(''));
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom('1.10', '-1', '"x"', '"password"', '"wifi \\u0070in"', '""', 'true', 'null', '"\\\\"', '"💥"'),
      fc.constantFrom('"a\\"b"', '"{\\"password\\":1}"', '1e5'),
      fc.array(spaced(tie('tree')), { maxLength: 4 }).map((items) => `[${items.join()}]`),
      fc
        .array(fc.tuple(spaced(name.map((text) => `"${text}"`)), spaced(tie('tree'))), { maxLength: 5 })
        .map((members) => `{${members.map((member) => member.join(':')).join()}}`),
    ),
  }));
  return tree;
}

function found(
  text: string,
  { size = 5, operation = { traits: {} } }: { readonly size?: number; readonly operation?: MarkedOperation } = {},
): Promise<string | undefined> {
  return findSecretName(parts(Buffer.from(text), size), 'utf-8', operation);
}

/** The response has only the first bytes in memory. */
function largeResponse(body: Buffer, contentType: string): ApiResponse {
  const request = {
    connection: connectionOf(),
    operation: GET_DEVICE,
    url: 'https://x.test/v2/device/1',
    body: undefined,
  };
  return {
    request,
    status: 200,
    headers: { 'content-type': contentType },
    body: body.subarray(0, 12),
    size: body.byteLength,
    ms: 1,
    failure: undefined,
    outcome: 'known',
  };
}

function view(source: string): ResponseView {
  const body = Buffer.from(source);
  return createResponseView(body, { contentType: undefined, size: body.length, items: undefined, maxItems: 1000 });
}

function shown(source: string): ResponseView {
  return maskNamedSecrets(view(source), { traits: {} });
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* parts(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}
