import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { revealedText } from '../../../src/core/responses/masking.ts';
import { findSecretName, maskNamedSecrets } from '../../../src/core/responses/namedSecrets.ts';
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

  it('are named wherever they are in a response of any size (E4)', async () => {
    const filler = JSON.stringify({ text: 'a password: "x", not a member'.repeat(20) });
    for (const [end, expected] of [
      ['{"a":1}', undefined],
      ['{"tok\\u0065n":"x"}', 'token'],
      ['{ "name" : "vpnPassword" , "value": "x"}', 'vpnPassword'],
      ['{"title":"vpnPassword"}', undefined],
    ] as const) {
      const bytes = Buffer.from(`[${filler},${end}]`);
      for (let size = 1; size < 12; size++) {
        assert.equal(await findSecretName(parts(bytes, size), 'utf-8'), expected, `${end} ${size}`);
      }
      const wide = Buffer.from(`[${filler},${end}]`, 'utf16le');
      assert.equal(await findSecretName(parts(wide, 7), 'utf-16le'), expected);
    }
  });
});

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
