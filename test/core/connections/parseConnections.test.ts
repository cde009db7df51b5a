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
import { redirectKindOf, redirectUriProblem } from '../../../src/core/connections/redirectUri.ts';
import { parseInstance, type Instance } from '../../../src/core/connections/instance.ts';

const SECRET = 's3cret-value-that-must-not-be-shown';

describe('connection', () => {
  describe('§1: a good connection', () => {
    it('has defaults: native, monitoring, offline access, no redirect URI', () => {
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

    it('keeps what is written, scopes in their order and once', () => {
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

    it('A6: client credentials never ask for offline access', () => {
      for (const offlineAccess of [true, false, undefined]) {
        const entry = { name: 'Acme', instance: 'eu', clientId: 'abc', platform: 'api-services', offlineAccess };
        assert.equal(one(entry).offlineAccess, false);
      }
    });
  });

  describe('C1: problems', () => {
    it('a connection with every field wrong lists each of them, and the good ones stay', () => {
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
        assert.match(formatMessage(message), /Write|Copy|Remove/);
      }
    });

    it('a required field that is missing is named', () => {
      assert.deepEqual(fieldsOf(parseConnections([{}])), ['name', 'instance', 'clientId']);
      assert.deepEqual(fieldsOf(parseConnections([{ ...GOOD, platform: 'web' }])), ['redirectUri']);
    });

    it('null is not the same as absent', () => {
      for (const field of ['name', 'instance', 'platform', 'clientId', 'scopes', 'offlineAccess', 'redirectUri']) {
        assert.deepEqual(fieldsOf(parseConnections([{ ...GOOD, [field]: null }])), [field]);
      }
    });

    it('an unknown field is listed with the valid ones, and the connection still works', () => {
      const text = '{"name":"Acme","instance":"eu","clientId":"abc","clientID":"def","__proto__":{"platform":"web"}}';
      const { connections, problems } = parseConnections([JSON.parse(text) as unknown]);
      assert.equal(connections[0]?.platform, 'native');
      assert.deepEqual(
        problems.map(({ connection, field }) => `${connection} ${field}`),
        ['Acme clientID', 'Acme __proto__'],
      );
      assert.match(
        formatMessage(firstOf(problems)),
        /name, instance, platform, clientId, scopes, offlineAccess, redirectUri/,
      );
    });

    it('fields are read from the entry itself, not from its prototype', () => {
      const entry: object = Object.assign(Object.create({ platform: 'api-services' }) as object, GOOD);
      assert.equal(one(entry).platform, 'native');
    });

    it('entries that are no objects, and a setting that is no list, are problems of their own', () => {
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

    it('names are unique after NFC, told apart by case, and the clash is named', () => {
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

    it('a wrong connection takes neither name nor identity from a good one', () => {
      const { connections } = parseConnections([{ ...GOOD, scopes: [] }, GOOD]);
      assert.deepEqual(names(connections), ['Acme']);
    });
  });

  describe('C4: records are bound to origin + client id + platform', () => {
    it('the id is a hash of the three and of nothing else', () => {
      const id = createHash('sha256').update('https://eu.ninjarmm.com\nabc\nnative').digest('hex').slice(0, 32);
      assert.equal(one(GOOD).id, id);
      const renamed = { ...GOOD, name: 'Other', scopes: ['control'], offlineAccess: false, instance: PRESET_EU };
      assert.equal(one(renamed).id, id);
      for (const change of [{ instance: 'us' }, { clientId: 'abd' }, { platform: 'api-services' }]) {
        assert.notEqual(one({ ...GOOD, ...change }).id, id);
      }
    });

    it('the second connection that agrees in all three is reported, naming the first', () => {
      const { connections, problems } = parseConnections([
        GOOD,
        { ...GOOD, name: 'Other platform', platform: 'api-services' },
        { ...GOOD, name: 'Twin', instance: `${PRESET_EU}:443/`, scopes: ['control'] },
      ]);
      assert.deepEqual(names(connections), ['Acme', 'Other platform']);
      assert.equal(problems.length, 1);
      assert.deepEqual([problems[0]?.connection, problems[0]?.field], ['Twin', 'clientId']);
      assert.match(formatMessage(firstOf(problems)), /"Acme" has the same instance, client ID and platform/);
    });
  });

  describe('C3: a secret in settings', () => {
    for (const field of ['clientSecret', 'client_secret', 'secret', 'ClientSecret', 'client-secret', 'appSecret']) {
      it(`"${field}" is offered to be moved, and the connection still works`, () => {
        const parsed = parseConnections([{ ...GOOD, [field]: SECRET }]);
        const id = parsed.connections[0]?.id;
        assert.ok(id);
        assert.deepEqual(parsed.secrets, [{ index: 0, connection: 'Acme', secret: SECRET, id }]);
        assert.deepEqual(fieldsOf(parsed), [field]);
        assert.match(formatMessage(firstOf(parsed.problems)), /must not stand in settings/);
      });
    }

    it('has no id when the connection is wrong or a twin', () => {
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

    it('is a problem also when it is empty or no text, with nothing to move', () => {
      for (const clientSecret of ['', null, 12345, { value: SECRET }]) {
        const parsed = parseConnections([{ ...GOOD, clientSecret }]);
        assert.deepEqual(parsed.secrets, []);
        assert.deepEqual(fieldsOf(parsed), ['clientSecret']);
      }
    });

    it('is never repeated in a problem', () => {
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

  describe('C5: name', () => {
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
      it(`accepts ${JSON.stringify(name.slice(0, 20))}`, () => {
        assert.equal(nameProblem(name), undefined);
      });
    }
    const bad = {
      missing: [undefined, null, 7, '', '   ', '\t', '\u00a0', '\ufe0f', {}],
      long: ['a'.repeat(65), '\u{1f600}'.repeat(65), 'a'.repeat(1e6)],
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
    const reasons = { missing: /Write a name/, long: /too long/, invisible: /invisible/ };
    for (const [kind, texts] of Object.entries(bad)) {
      it(`refuses what is ${kind}`, () => {
        for (const text of texts) {
          assert.match(said(nameProblem(text)), reasons[kind as keyof typeof reasons]);
        }
      });
    }

    it('names the clash, without Markdown', () => {
      assert.match(said(nameProblem('Acme ', ['Other', 'Acme'])), /"Acme" is taken/);
      assert.equal(nameProblem('acme', ['Acme']), undefined);
      assert.match(said(nameProblem('[x](command:y)', ['[x](command:y)'])), /"\(x\)\(command:y\)"/);
    });
  });

  describe('C5: client ID', () => {
    it('is visible ASCII, at most 200 characters', () => {
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
        assert.ok(said(clientIdProblem(text)));
      }
    });

    it('RFC 6749 A.1: nothing but VSCHAR without blanks passes', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 250 }), (text) => {
          const good = text.length >= 1 && text.length <= 200 && Array.from(text).every((c) => c > ' ' && c <= '~');
          assert.equal(clientIdProblem(text) === undefined, good);
        }),
      );
    });
  });

  describe('§1: scopes', () => {
    it('refuses what is no list, empty, or has another word in it', () => {
      for (const [scopes, reason] of [
        [[], /at least one of monitoring, management, control/],
        ['monitoring', /a list/],
        [['monitoring', 'admin'], /"admin" is not a scope\. Write monitoring, management, control/],
        [['Monitoring'], /"Monitoring" is not a scope/],
        [['monitoring management'], /is not a scope/],
        [[null], /a list/],
        [['monitoring', null], /a list/],
        [new Array(2), /a list/],
        [['offline_access'], /"offlineAccess"/],
        [['[a](command:b)'.padEnd(1e6, 'x')], /^"\(a\)\(command:b\)x{25}…" is not a scope/],
      ] as const) {
        const { problems } = parseConnections([{ ...GOOD, scopes }]);
        assert.equal(problems.length, 1);
        assert.match(formatMessage(firstOf(problems)), reason);
      }
    });

    it('isScope and orderScopes', () => {
      assert.deepEqual(SCOPES.filter(isScope), SCOPES);
      assert.equal(isScope('offline_access'), false);
      assert.equal(isScope('constructor'), false);
      assert.deepEqual(orderScopes(new Set(['control', 'monitoring'] as const)), ['monitoring', 'control']);
      assert.deepEqual(orderScopes([]), []);
    });
  });

  describe('§1: redirectUri', () => {
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
        'https://vscode.dev/redirect/',
        'https://vscode.dev/redirect?x=1',
        'https://vscode.dev.evil.example/redirect',
      ],
      relay: ['https://vscode.dev/redirect', 'https://insiders.vscode.dev/redirect'],
      editor: ['editor'],
    } as const;

    for (const [kind, texts] of Object.entries(kinds)) {
      for (const text of texts) {
        it(`${text} → ${kind}`, () => {
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
      ['https://acme.example/ cb', /ASCII/],
      ['https://acme.example/cb\r\nX: y', /ASCII/],
      ['https://b\u00fccher.example/', /ASCII/],
      ['https:\\\\acme.example\\', /ASCII/],
      ['http://localhost:9090\\@evil.example', /ASCII/],
      ['acme.example', /complete URL/],
      ['/callback', /complete URL/],
      ['https:acme.example', /complete URL/],
      ['https:///acme.example', /complete URL/],
      ['https://', /complete URL/],
      ['http://localhost:65536', /complete URL/],
      ['vscode://ninjaone-community.ninjaone-authentication/callback', /complete URL/],
      ['javascript:alert(1)', /complete URL/],
      ['Editor', /complete URL/],
      ['http://acme.example/', /Write https/],
      ['http://localhost.evil.example:9090/', /Write https/],
      ['http://127.1:9090/', /Write https/],
      ['http://127.0.0.2:9090/', /Write https/],
      ['http://0x7f000001:9090/', /Write https/],
      ['http://0.0.0.0:9090/', /Write https/],
      ['http://localhost:09090/', /Write https/],
      ['http://localhost:0/', /Write https/],
      ['https://acme.example/cb?state=1', /code, state, error/],
      ['http://localhost:9090/?%63ode=1', /code, state, error/],
      [`https://acme.example/${'a'.repeat(2000)}`, /too long/],
      ['https://acme.example/'.padEnd(1e6, 'a'), /too long/],
    ];

    for (const [text, reason] of bad) {
      it(`refuses ${JSON.stringify(text.slice(0, 60))}`, () => {
        assert.match(said(redirectUriProblem(text, 'web')), reason);
        assert.equal(redirectKindOf(text), undefined);
        const parsed = parseConnections([{ ...GOOD, platform: 'spa', redirectUri: text }]);
        assert.deepEqual(fieldsOf(parsed), ['redirectUri']);
        assert.deepEqual(parsed.connections, []);
      });
    }

    it('is required for web and spa, refused for native and api-services', () => {
      const required: Record<Platform, boolean> = { native: false, spa: true, web: true, 'api-services': false };
      for (const platform of PLATFORMS) {
        assert.equal(redirectUriProblem(undefined, platform) !== undefined, required[platform]);
        assert.equal(redirectUriProblem('https://acme.example/', platform) === undefined, required[platform]);
        assert.equal(parseConnections([{ ...GOOD, platform }]).connections.length, required[platform] ? 0 : 1);
      }
    });

    it('C5: "editor" is not for NinjaOne, when the instance is given', () => {
      assert.match(said(redirectUriProblem('editor', 'web', instanceOf('eu'))), /does not accept "editor"/);
      assert.equal(redirectUriProblem('editor', 'web', instanceOf('http://localhost:7777')), undefined);
      assert.equal(redirectUriProblem('editor', 'web', instanceOf('https://rmm.acme.example')), undefined);
      assert.equal(redirectUriProblem('https://vscode.dev/redirect', 'web', instanceOf('eu')), undefined);
    });

    it('kind and problem always agree, and a loopback URL is one to listen on', () => {
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

  describe('C1: never throws', () => {
    it('on any JSON', () => {
      fc.assert(
        fc.property(fc.jsonValue(), (value) => {
          checkShape(value);
          checkShape([value, GOOD]);
        }),
      );
    });

    it('on connections with any value in any field, and the good one next to it stays', () => {
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

    it('on getters, proxies, cycles and holes', () => {
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

  describe('bad input: size', () => {
    it('a 1 MB name, key, scope and client ID are refused with short messages', () => {
      const long = 'a'.repeat(1e6);
      const parsed = parseConnections([
        { ...GOOD, name: long, clientId: long, scopes: [long], platform: long, [long]: long, instance: long },
      ]);
      assert.deepEqual(parsed.connections, []);
      assert.equal(parsed.problems.length, 6);
      assert.ok(JSON.stringify(parsed.problems).length < 4000);
    });

    it('10,000 connections that clash with each other cost about ten times as much as 1,000', () => {
      const make = (count: number): unknown[] =>
        Array.from({ length: count }, (_, i) => ({ ...GOOD, name: `N${i}`, clientId: `c${i >> 1}` }));
      const parsed = parseConnections(make(10_000));
      assert.equal(parsed.connections.length, 5000);
      assert.equal(parsed.problems.length, 5000);
      // What grows with the square takes a hundred times as long, however often it is tried; a busy machine is slow once.
      const [few, many] = [make(1000), make(10_000)];
      const rounds = Array.from({ length: 10 }, () => [timeOf(few), timeOf(many)] as const);
      const growth = Math.min(...rounds.map(([, long]) => long)) / Math.min(...rounds.map(([short]) => short));
      assert.ok(growth < 50, `10,000 took ${growth} times as long as 1,000`);
    });

    it('more than 10,000 are cut, and that is said', () => {
      const { connections, problems } = parseConnections(new Array(4_000_000_000).fill(GOOD, 0, 1));
      assert.deepEqual(names(connections), ['Acme']);
      assert.match(formatMessage(firstOf(problems)), /first 10,000/);
      assert.equal(problems.length, 10_000);
    });

    it('many unknown fields are listed up to ten', () => {
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

function said(problem: LocalizableMessage | undefined): string {
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

/** What holds for every answer, whatever was asked. */
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
