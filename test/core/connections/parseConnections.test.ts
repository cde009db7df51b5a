import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { formatMessage, type LocalizableMessage } from '../../../src/core/base/messages.ts';
import {
  connectionId,
  isScope,
  orderScopes,
  PLATFORMS,
  SCOPES,
  type Connection,
  type Platform,
} from '../../../src/core/connections/connection.ts';
import {
  clientIdProblem,
  nameProblem,
  parseConnections,
  type Problem,
} from '../../../src/core/connections/parseConnections.ts';
import {
  LOOPBACK_REDIRECT,
  nativeRedirect,
  redirectKindOf,
  redirectUriProblem,
} from '../../../src/core/connections/redirectUri.ts';
import { parseInstance, type Instance } from '../../../src/core/connections/instance.ts';

const SECRET = 's3cret-value-that-must-not-be-shown';

describe('parseConnections', () => {
  describe('with a valid connection', () => {
    it('fills in the defaults: native, monitoring, offline access, no redirect URI (P5)', () => {
      assert.deepEqual(one({ name: 'Acme', instance: 'eu', clientId: 'abc' }), {
        id: connectionId('https://eu.ninjarmm.com', 'abc', 'native'),
        name: 'Acme',
        instance: { origin: 'https://eu.ninjarmm.com', label: 'eu', kind: 'ninjaone', host: 'eu.ninjarmm.com' },
        platform: 'native',
        clientId: 'abc',
        scopes: ['monitoring'],
        offlineAccess: true,
        redirectUri: undefined,
      });
    });

    it('keeps what is written, with the scopes in order and without duplicates (P5)', () => {
      const connection = one({
        name: ' \u5c71\u7530 \u2764\ufe0f Acme ',
        instance: 'https://acme.rmmservice.com/',
        platform: 'web',
        clientId: 'x.y-z_1~',
        scopes: ['control', 'monitoring', 'control'],
        offlineAccess: false,
        redirectUri: 'http://LOCALHOST:9090/a/../b?x=1',
      });
      assert.equal(connection.name, '\u5c71\u7530 \u2764\ufe0f Acme');
      assert.equal(connection.instance.origin, 'https://acme.rmmservice.com');
      assert.deepEqual(connection.scopes, ['monitoring', 'control']);
      assert.equal(connection.offlineAccess, false);
      assert.equal(connection.redirectUri, 'http://LOCALHOST:9090/a/../b?x=1');
    });

    it('never asks for offline access with client credentials (A6)', () => {
      for (const offlineAccess of [true, false, undefined]) {
        const entry = { name: 'Acme', instance: 'eu', clientId: 'abc', platform: 'api-services', offlineAccess };
        assert.equal(one(entry).offlineAccess, false);
      }
    });
  });

  describe('with an invalid connection', () => {
    it('reports each invalid field, and keeps the valid connections (C1)', () => {
      const { connections, problems } = parseConnections([
        { name: 'First', instance: 'eu', clientId: 'a' },
        {
          name: ' \u202e ',
          instance: 'europe',
          platform: 'desktop',
          clientId: 'abc\r\nX-Evil: 1',
          scopes: ['monitor'],
          offlineAccess: 'yes',
          redirectUri: 'https://acme.example/cb#fragment',
        },
        { name: 'Last', instance: 'us', clientId: 'a' },
      ]);
      assert.deepEqual(names(connections), ['First', 'Last']);
      assert.deepEqual(
        problems.map(({ index, connection, field }) => `${index} ${connection} ${field}`),
        ['name', 'instance', 'platform', 'clientId', 'scopes', 'offlineAccess', 'redirectUri'].map((f) => `1 #2 ${f}`),
      );
      for (const { message } of problems) {
        assert.match(formatMessage(message), /Enter|Copy|Remove/);
      }
    });

    it('names a missing field that is required (C1)', () => {
      assert.deepEqual(fieldsOf(parseConnections([{}])), ['name', 'instance', 'clientId']);
      assert.deepEqual(fieldsOf(parseConnections([{ ...GOOD, platform: 'web' }])), ['redirectUri']);
    });

    it('distinguishes null from a missing value (C1)', () => {
      for (const field of ['name', 'instance', 'platform', 'clientId', 'scopes', 'offlineAccess', 'redirectUri']) {
        assert.deepEqual(fieldsOf(parseConnections([{ ...GOOD, [field]: null }])), [field]);
      }
    });

    it('reports an unknown field with the valid names, and still uses the connection (C1)', () => {
      const text = '{"name":"Acme","instance":"eu","clientId":"abc","clientID":"def","__proto__":{"platform":"web"}}';
      const { connections, problems } = parseConnections([JSON.parse(text) as unknown]);
      assert.equal(connections[0]?.platform, 'native');
      assert.deepEqual(
        problems.map(({ connection, field }) => `${connection} ${field}`),
        ['Acme clientID', 'Acme __proto__'],
      );
      assert.match(
        formatMessage(firstOf(problems)),
        /name, instance, platform, clientId, scopes, offlineAccess, and redirectUri/,
      );
    });

    it('reads fields from the entry itself, not from its prototype (C1)', () => {
      const entry: object = Object.assign(Object.create({ platform: 'api-services' }) as object, GOOD);
      assert.equal(one(entry).platform, 'native');
    });

    it('reports entries that are not objects, and a setting that is not a list (C1)', () => {
      const { connections, problems } = parseConnections([null, 'eu', 1, [], GOOD, () => GOOD]);
      assert.deepEqual(names(connections), ['Acme']);
      assert.deepEqual(
        problems.map(({ index, connection, field }) => [index, connection, field]),
        [0, 1, 2, 3, 5].map((index) => [index, `#${index + 1}`, '']),
      );
      for (const value of [null, {}, 'eu', 1, true, { length: 1, 0: GOOD }]) {
        const parsed = parseConnections(value);
        assert.deepEqual(parsed.connections, []);
        assert.deepEqual(
          parsed.problems.map(({ index, connection }) => [index, connection]),
          [[-1, 'ninjaone.connections']],
        );
      }
      assert.deepEqual(parseConnections(undefined), parseConnections([]));
      assert.deepEqual(parseConnections([]).problems, []);
    });

    it('compares names after NFC normalization and by case, and names the first connection in a conflict (C1)', () => {
      const { connections, problems } = parseConnections([
        { name: 'Cafe\u0301', instance: 'eu', clientId: 'a' },
        { name: 'CAF\u00c9', instance: 'eu', clientId: 'b' },
        { name: ' Caf\u00e9', instance: 'eu', clientId: 'c' },
      ]);
      assert.deepEqual(names(connections), ['Cafe\u0301', 'CAF\u00c9']);
      assert.deepEqual(
        problems.map(({ index, field }) => [index, field]),
        [[2, 'name']],
      );
      assert.match(formatMessage(firstOf(problems)), /Connection #1 has the same name/);
    });

    it('reserves no name and no identity for an invalid connection (C1)', () => {
      const { connections } = parseConnections([{ ...GOOD, scopes: [] }, GOOD]);
      assert.deepEqual(names(connections), ['Acme']);
    });
  });

  describe('giving each connection an id', () => {
    it('hashes the origin, client ID and platform, and nothing else (C4)', () => {
      const id = createHash('sha256').update('https://eu.ninjarmm.com\nabc\nnative').digest('hex').slice(0, 32);
      assert.equal(one(GOOD).id, id);
      const renamed = { ...GOOD, name: 'Other', scopes: ['control'], offlineAccess: false, instance: PRESET_EU };
      assert.equal(one(renamed).id, id);
      for (const change of [{ instance: 'us' }, { clientId: 'abd' }, { platform: 'api-services' }]) {
        assert.notEqual(one({ ...GOOD, ...change }).id, id);
      }
    });

    it('refuses a second connection with the same three values, and names the first (C4)', () => {
      const { connections, problems } = parseConnections([
        GOOD,
        { ...GOOD, name: 'Other platform', platform: 'api-services' },
        { ...GOOD, name: 'Twin', instance: `${PRESET_EU}:443/`, scopes: ['control'] },
      ]);
      assert.deepEqual(names(connections), ['Acme', 'Other platform']);
      assert.equal(problems.length, 1);
      assert.deepEqual([problems[0]?.connection, problems[0]?.field], ['Twin', 'clientId']);
      assert.match(formatMessage(firstOf(problems)), /"Acme" has the same instance, client ID, and platform/);
    });
  });

  describe('with a client secret in the settings', () => {
    for (const field of ['clientSecret', 'client_secret', 'secret', 'ClientSecret', 'client-secret', 'appSecret']) {
      it(`offers to move "${field}", and still uses the connection (C3)`, () => {
        const parsed = parseConnections([{ ...GOOD, [field]: SECRET }]);
        const id = parsed.connections[0]?.id;
        assert.ok(id);
        assert.deepEqual(parsed.secrets, [{ index: 0, connection: 'Acme', secret: SECRET, id }]);
        assert.deepEqual(fieldsOf(parsed), [field]);
        assert.match(formatMessage(firstOf(parsed.problems)), /Remove the client secret from your settings/);
      });
    }

    it('offers no move for an invalid or duplicate connection (C3)', () => {
      const parsed = parseConnections([
        GOOD,
        { ...GOOD, name: 'Twin', clientSecret: SECRET },
        { clientSecret: SECRET, clientId: 'x', instance: 'nowhere' },
      ]);
      assert.deepEqual(
        parsed.secrets.map(({ index, connection, id }) => [index, connection, id]),
        [
          [1, 'Twin', undefined],
          [2, '#3', undefined],
        ],
      );
    });

    it('reports a secret that is empty or not a string, and has nothing to move (C3)', () => {
      for (const clientSecret of ['', null, 12345, { value: SECRET }]) {
        const parsed = parseConnections([{ ...GOOD, clientSecret }]);
        assert.deepEqual(parsed.secrets, []);
        assert.deepEqual(fieldsOf(parsed), ['clientSecret']);
      }
    });

    it('never repeats the secret in a problem (C3)', () => {
      const wrong = { name: 1, instance: 2, platform: 3, clientId: 4, scopes: 5, offlineAccess: 6, redirectUri: 7 };
      const parsed = parseConnections([
        { ...GOOD, clientSecret: SECRET, notes: SECRET },
        { ...GOOD, clientSecret: SECRET, instance: `https://me:${SECRET}@eu.ninjarmm.com`, clientId: `${SECRET}\n` },
        { ...GOOD, platform: SECRET, scopes: SECRET, redirectUri: `https://me:${SECRET}@acme.example` },
        { ...wrong, client_secret: SECRET },
      ]);
      assert.ok(parsed.problems.length > 10);
      assert.equal(JSON.stringify(parsed.problems).includes(SECRET), false);
    });
  });

  describe('with a name', () => {
    const good = [
      'A',
      'a'.repeat(64),
      '\u{1f600}'.repeat(64),
      'Acme \u00b7 eu',
      'M\u00fcller & S\u00f6hne',
      ' padded ',
      '\u2764\ufe0f',
    ];
    for (const name of good) {
      it(`accepts ${JSON.stringify(name.slice(0, 20))} (C5)`, () => {
        assert.equal(nameProblem(name), undefined);
      });
    }
    const bad = {
      missing: [undefined, null, 7, '', '   ', '\t', '\u00a0', '\ufe0f', {}],
      'too long': ['a'.repeat(65), '\u{1f600}'.repeat(65), 'a'.repeat(1e6)],
      invisible: [
        'a\nb',
        'a\tb',
        'a\0b',
        'a\u202eb',
        'a\u200bb',
        'a\u2028b',
        '\u3164',
        '\u2800',
        'a\u00adb',
        'a\ud800',
        'a\u2066b',
      ],
    };
    const reasons = { missing: /Enter a name/, 'too long': /too long/, invisible: /invisible/ };
    for (const [kind, texts] of Object.entries(bad)) {
      it(`refuses a name that is ${kind} (C5)`, () => {
        for (const text of texts) {
          assert.match(messageOf(nameProblem(text)), reasons[kind as keyof typeof reasons]);
        }
      });
    }

    it('names the taken name as plain text (C5)', () => {
      assert.match(messageOf(nameProblem('Acme ', ['Other', 'Acme'])), /"Acme" is already in use/);
      assert.equal(nameProblem('acme', ['Acme']), undefined);
      assert.match(messageOf(nameProblem('[x](command:y)', ['[x](command:y)'])), /"\[x\]\u2060\(command:y\)"/);
    });
  });

  describe('with a client ID', () => {
    it('accepts up to 200 characters of visible ASCII (C5)', () => {
      for (const text of ['a', 'x'.repeat(200), '!~"{}', '7b0c5a5e-0000-4000-8000-000000000000']) {
        assert.equal(clientIdProblem(text), undefined);
      }
      for (const text of [
        undefined,
        7,
        '',
        ' a',
        'a b',
        'a\r\nX: y',
        'a\n',
        '\u00e9',
        'a\x7f',
        'a\0',
        'x'.repeat(201),
      ]) {
        assert.ok(messageOf(clientIdProblem(text)));
      }
    });

    it('accepts only VSCHAR of RFC 6749 without blanks (C5)', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 250 }), (text) => {
          const good = text.length >= 1 && text.length <= 200 && Array.from(text).every((c) => c > ' ' && c <= '~');
          assert.equal(clientIdProblem(text) === undefined, good);
        }),
      );
    });
  });

  describe('with scopes', () => {
    it('refuses a value that is not a list, an empty list and unknown scopes (P5)', () => {
      for (const [scopes, reason] of [
        [[], /one or more of these scopes: monitoring, management, and control/],
        ['monitoring', /a list/],
        [['monitoring', 'admin'], /"admin" is not a scope\. Enter monitoring, management, or control/],
        [['Monitoring'], /"Monitoring" is not a scope/],
        [['monitoring management'], /is not a scope/],
        [[null], /a list/],
        [['monitoring', null], /a list/],
        [new Array(2), /a list/],
        [['offline_access'], /"offlineAccess"/],
        [['[a](command:b)'.padEnd(1e6, 'x')], /^"\[a\]\u2060\(command:b\)x{25}…" is not a scope/],
      ] as const) {
        const { problems } = parseConnections([{ ...GOOD, scopes }]);
        assert.equal(problems.length, 1);
        assert.match(formatMessage(firstOf(problems)), reason);
      }
    });

    it('recognizes and orders the three scopes (P5)', () => {
      assert.deepEqual(SCOPES.filter(isScope), SCOPES);
      assert.equal(isScope('offline_access'), false);
      assert.equal(isScope('constructor'), false);
      assert.deepEqual(orderScopes(new Set(['control', 'monitoring'] as const)), ['monitoring', 'control']);
      assert.deepEqual(orderScopes([]), []);
    });
  });

  describe('with a redirect URI', () => {
    const kinds = {
      loopback: [
        'http://localhost:9090/',
        'http://localhost:9090',
        'http://127.0.0.1:1024/callback?x=1',
        'http://[::1]:65535',
        'HTTP://LocalHost:9090/',
      ],
      paste: [
        'http://localhost/',
        'http://localhost',
        'http://127.0.0.1:1023',
        'https://localhost',
        'https://localhost:9090/',
        'https://127.0.0.1:9090',
        'https://acme.example/cb?tenant=1',
        'https://acme.example/a//b@c',
        'https://acme.example/'.padEnd(2000, 'a'),
        'https://vscode.dev/redirect/',
        'https://vscode.dev/redirect?x=1',
        'https://vscode.dev.evil.example/redirect',
      ],
      relay: ['https://vscode.dev/redirect', 'https://insiders.vscode.dev/redirect'],
      editor: ['editor'],
    } as const;

    for (const [kind, texts] of Object.entries(kinds)) {
      for (const text of texts) {
        it(`treats ${text.slice(0, 60)} as ${kind} (P6)`, () => {
          assert.equal(redirectKindOf(text), kind);
          for (const platform of ['web', 'spa'] as const) {
            assert.equal(redirectUriProblem(text, platform), undefined);
            assert.equal(one({ ...GOOD, platform, redirectUri: text }).redirectUri, text);
          }
        });
      }
    }

    const bad: readonly (readonly [text: string, reason: RegExp])[] = [
      ['', /registered in NinjaOne/],
      ['https://acme.example/cb#fragment', /fragment/],
      ['https://acme.example/cb#', /fragment/],
      ['http://localhost:9090/#', /fragment/],
      ['https://user:pw@acme.example/', /user name/],
      ['https://@acme.example/', /user name/],
      ['http://localhost:9090@evil.example/', /user name/],
      ['https://acme.example/ cb', /unaccented letters/],
      ['https://acme.example/cb\r\nX: y', /unaccented letters/],
      ['https://b\u00fccher.example/', /unaccented letters/],
      ['https:\\\\acme.example\\', /unaccented letters/],
      ['http://localhost:9090\\@evil.example', /unaccented letters/],
      ['acme.example', /complete URL/],
      ['/callback', /complete URL/],
      ['https:acme.example', /complete URL/],
      ['https:///acme.example', /complete URL/],
      ['https://', /complete URL/],
      ['http://localhost:65536', /complete URL/],
      ['vscode://ninjaone-community.ninjaone-authentication/callback', /complete URL/],
      ['javascript:alert(1)', /complete URL/],
      ['Editor', /complete URL/],
      ['ftp://acme.example/http://a', /complete URL/],
      ['http://acme.example/', /must start with https.*Only http:\/\/localhost and http:\/\/127\.0\.0\.1 can/],
      ['http://evil.example/http://localhost:9090/', /must start with https/],
      ['http://localhost.evil.example:9090/', /must start with https/],
      ['http://127.1:9090/', /must start with https/],
      ['http://127.0.0.2:9090/', /must start with https/],
      ['http://0x7f000001:9090/', /must start with https/],
      ['http://0.0.0.0:9090/', /must start with https/],
      ['http://localhost:09090/', /must start with https/],
      ['http://localhost:0/', /must start with https/],
      ['https://acme.example/cb?state=1', /code, state, or error/],
      ['http://localhost:9090/?%63ode=1', /code, state, or error/],
      ['https://acme.example/'.padEnd(2001, 'a'), /too long/],
      ['https://acme.example/'.padEnd(1e6, 'a'), /too long/],
    ];

    for (const [text, reason] of bad) {
      it(`refuses ${JSON.stringify(text.slice(0, 60))} (P6)`, () => {
        assert.match(messageOf(redirectUriProblem(text, 'web')), reason);
        assert.equal(redirectKindOf(text), undefined);
        const parsed = parseConnections([{ ...GOOD, platform: 'spa', redirectUri: text }]);
        assert.deepEqual(fieldsOf(parsed), ['redirectUri']);
        assert.deepEqual(parsed.connections, []);
      });
    }

    it('for the platform native is the address of this computer without a path, with any port (P6)', () => {
      assert.equal(nativeRedirect(), 'http://127.0.0.1');
      assert.equal(nativeRedirect(50_000), 'http://127.0.0.1:50000');
    });

    it('suggests one that the extension can listen on (P6)', () => {
      assert.equal(redirectKindOf(LOOPBACK_REDIRECT), 'loopback');
      assert.match(messageOf(redirectUriProblem('acme.example', 'web')), /http:\/\/localhost:9090\/ or https:/);
    });

    it('requires one for web and spa, and refuses one for native and api-services (P5)', () => {
      const required: Record<Platform, boolean> = { native: false, spa: true, web: true, 'api-services': false };
      for (const platform of PLATFORMS) {
        assert.equal(redirectUriProblem(undefined, platform) !== undefined, required[platform]);
        assert.equal(redirectUriProblem('https://acme.example/', platform) === undefined, required[platform]);
        assert.equal(parseConnections([{ ...GOOD, platform }]).connections.length, required[platform] ? 0 : 1);
      }
    });

    it('refuses "editor" for a NinjaOne instance (C5)', () => {
      assert.match(messageOf(redirectUriProblem('editor', 'web', instanceOf('eu'))), /does not accept "editor"/);
      assert.equal(redirectUriProblem('editor', 'web', instanceOf('http://localhost:7777')), undefined);
      assert.equal(redirectUriProblem('editor', 'web', instanceOf('https://rmm.acme.example')), undefined);
      assert.equal(redirectUriProblem('https://vscode.dev/redirect', 'web', instanceOf('eu')), undefined);
    });

    it('has a kind exactly if it has no problem, and listens only on loopback URLs (P6)', () => {
      const part = fc.oneof(
        fc.constantFrom(
          'http://',
          'https://',
          'localhost',
          '127.0.0.1',
          '[::1]',
          ':9090',
          ':80',
          '/',
          '?',
          '#',
          '@',
          '\\',
          '.',
          '0',
        ),
        fc.string({ maxLength: 3 }),
      );
      fc.assert(
        fc.property(fc.array(part, { maxLength: 7 }), fc.constantFrom('web', 'spa'), (parts, platform) => {
          const text = parts.join('');
          const kind = redirectKindOf(text);
          assert.equal(redirectUriProblem(text, platform) === undefined, kind !== undefined);
          if (kind === 'loopback') {
            const url = new URL(text);
            assert.equal(url.protocol, 'http:');
            assert.ok(['localhost', '127.0.0.1', '[::1]'].includes(url.hostname));
            assert.ok(Number(url.port) >= 1024);
            assert.equal(url.username + url.password + url.hash, '');
          }
        }),
        { numRuns: 2000 },
      );
    });
  });

  describe('with values of any type', () => {
    it('does not throw on any JSON (C1)', () => {
      fc.assert(
        fc.property(fc.jsonValue(), (value) => {
          checkShape(value);
          checkShape([value, GOOD]);
        }),
      );
    });

    it('does not throw on any value in any field, and keeps the valid connection beside it (C1)', () => {
      const value = fc.oneof(fc.anything(), fc.constantFrom('eu', 'web', 'native', 'editor', 'Acme', ['control']));
      const fields = [
        'name',
        'instance',
        'platform',
        'clientId',
        'scopes',
        'offlineAccess',
        'redirectUri',
        'secret',
        'x',
      ];
      const entry = fc.dictionary(fc.constantFrom(...fields), value);
      fc.assert(
        fc.property(fc.array(entry, { maxLength: 4 }), (entries) => {
          const { connections } = checkShape([GOOD, ...entries]);
          assert.equal(connections[0]?.name, 'Acme');
        }),
      );
    });

    it('does not throw on getters, proxies, cycles and holes (C1)', () => {
      const cycle: Record<string, unknown> = { ...GOOD, name: 'Cycle', clientId: 'cycle' };
      cycle.self = cycle;
      const thrower = {
        ...GOOD,
        get name(): string {
          throw new Error('never');
        },
      };
      let reads = 0;
      const counter = {
        instance: 'eu',
        clientId: 'counter',
        get name(): string {
          return `Read ${++reads}`;
        },
      };
      const revoked = Proxy.revocable([], {});
      revoked.revoke();
      const entries: unknown[] = [thrower, revoked.proxy, cycle];
      entries[4] = counter;
      entries[5] = GOOD;
      const { connections, problems } = checkShape(entries);
      assert.deepEqual(names(connections), ['Cycle', 'Read 1', 'Acme']);
      assert.deepEqual(
        problems.map(({ index, field }) => `${index}${field}`),
        ['0', '1', '2self', '3'],
      );
      assert.deepEqual(checkShape(revoked.proxy).connections, []);
      assert.equal(checkShape(revoked.proxy).problems.length, 1);
    });
  });

  describe('with very large values', () => {
    it('refuses a name, key, scope or client ID of 1 MB with a short message', () => {
      const long = 'a'.repeat(1e6);
      const parsed = parseConnections([
        { ...GOOD, name: long, clientId: long, scopes: [long], platform: long, [long]: long, instance: long },
      ]);
      assert.deepEqual(parsed.connections, []);
      assert.equal(parsed.problems.length, 6);
      assert.ok(JSON.stringify(parsed.problems).length < 4000);
    });

    it('parses 10,000 conflicting connections in about ten times the time of 1,000', () => {
      const make = (count: number): unknown[] =>
        Array.from({ length: count }, (_, i) => ({ ...GOOD, name: `N${i}`, clientId: `c${i >> 1}` }));
      const parsed = parseConnections(make(10_000));
      assert.equal(parsed.connections.length, 5000);
      assert.equal(parsed.problems.length, 5000);
      // Quadratic growth would take a hundred times as long in every round, while a busy machine is slow only in some.
      const [few, many] = [make(1000), make(10_000)];
      const rounds = Array.from({ length: 10 }, () => [timeOf(few), timeOf(many)] as const);
      const growth = Math.min(...rounds.map(([, long]) => long)) / Math.min(...rounds.map(([short]) => short));
      assert.ok(growth < 50, `10,000 took ${growth} times as long as 1,000`);
    });

    it('reads at most 10,000 connections and reports the limit', () => {
      const { connections, problems } = parseConnections(new Array(4_000_000_000).fill(GOOD, 0, 1));
      assert.deepEqual(names(connections), ['Acme']);
      assert.match(formatMessage(firstOf(problems)), /first 10,000/);
      assert.equal(problems.length, 10_000);
    });

    it('reports at most ten unknown fields of a connection', () => {
      const extra = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`x${i}`, i]));
      const { connections, problems } = parseConnections([{ ...GOOD, ...extra }]);
      assert.deepEqual([connections.length, problems.length], [1, 10]);
    });
  });
});

const PRESET_EU = 'https://eu.ninjarmm.com';
const GOOD = { name: 'Acme', instance: 'eu', clientId: 'abc' };

function one(entry: object): Connection {
  const { connections, problems } = parseConnections([entry]);
  assert.deepEqual(problems, []);
  const [connection] = connections;
  assert.ok(connection);
  return connection;
}

function names(connections: readonly Connection[]): string[] {
  return connections.map(({ name }) => name);
}

function fieldsOf({ problems }: ReturnType<typeof parseConnections>): string[] {
  return problems.map(({ field }) => field);
}

function firstOf(problems: readonly Problem[]): LocalizableMessage {
  assert.ok(problems[0]);
  return problems[0].message;
}

function messageOf(problem: LocalizableMessage | undefined): string {
  assert.ok(problem, 'no problem was found');
  return formatMessage(problem);
}

function instanceOf(text: string): Instance {
  const result = parseInstance(text);
  assert.ok(result.ok);
  return result.instance;
}

function timeOf(entries: unknown[]): number {
  const start = performance.now();
  parseConnections(entries);
  return performance.now() - start;
}

/** Checks what must hold for any setting. */
function checkShape(value: unknown): ReturnType<typeof parseConnections> {
  const parsed = parseConnections(value);
  const { connections, problems } = parsed;
  assert.equal(new Set(connections.map(({ id }) => id)).size, connections.length);
  assert.equal(new Set(names(connections)).size, connections.length);
  for (const connection of connections) {
    assert.match(connection.id, /^[0-9a-f]{32}$/);
    assert.ok(connection.scopes.length > 0 && connection.scopes.every((scope) => SCOPES.includes(scope)));
    assert.equal(connection.redirectUri !== undefined, connection.platform === 'web' || connection.platform === 'spa');
  }
  for (const { connection, field, message } of problems) {
    const text = formatMessage(message);
    assert.ok(connection.length <= 128 && field.length <= 80 && text.length < 400, text);
    assert.doesNotMatch(text, /\{\d\}|undefined|\[object/);
  }
  return parsed;
}
