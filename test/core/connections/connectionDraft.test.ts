import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatMessage, type LocalizableMessage } from '../../../src/core/base/messages.ts';
import { PLATFORMS, type Connection } from '../../../src/core/connections/connection.ts';
import { parseConnections } from '../../../src/core/connections/parseConnections.ts';
import {
  toConnectionDraft,
  EMPTY_DRAFT,
  connectionEntry,
  parseConsoleAddress,
  pastedClientIdProblem,
  provisionalConnection,
  secretProblem,
  suggestedName,
  twinProblem,
  withConnectionEntry,
  type ConnectionDraft,
} from '../../../src/core/connections/connectionDraft.ts';
import { PRESETS } from '../../../src/core/connections/instance.ts';

describe('connection draft', () => {
  describe('from the address of a console', () => {
    for (const [text, origin] of [
      ['https://acme.rmmservice.com/#/dashboard', 'https://acme.rmmservice.com'],
      ['  https://acme.rmmservice.com/#/customerDashboard/5/overview?x=@y\n', 'https://acme.rmmservice.com'],
      ['https://acme.rmmservice.com?next=/', 'https://acme.rmmservice.com'],
      ['https://eu.ninjarmm.com:443/#/home', 'https://eu.ninjarmm.com'],
      ['HTTPS://Rmm.Acme.Example/a/b', 'https://rmm.acme.example'],
      ['http://127.0.0.1:8080/#/x', 'http://127.0.0.1:8080'],
      [' eu ', 'https://eu.ninjarmm.com'],
      ['eu.ninjarmm.com', 'https://eu.ninjarmm.com'],
      ['acme.rmmservice.com/#/dashboard', 'https://acme.rmmservice.com'],
      ['https://eu.ninjarmm.com/v2/devices?df=class%3DWINDOWS_SERVER', 'https://eu.ninjarmm.com'],
    ] as const) {
      it(`takes the origin of ${JSON.stringify(text)} (C5)`, () => {
        const result = parseConsoleAddress(text);
        assert.equal(result.ok && result.instance.origin, origin);
      });
    }

    for (const text of [
      '',
      'eu/#/dashboard',
      'germany',
      '10.0.0.1/#/dashboard',
      'http://acme.rmmservice.com/#/dashboard',
      'https://user:password@acme.rmmservice.com/#/dashboard',
      'https://acme.rmmservice.com\\@evil.example/#/',
      'https://acme.rmmservice.com:8443/#/dashboard',
      'https://10.0.0.1/#/dashboard',
      'https://[::1]/#/dashboard',
      'https://acme\u200b.example/#/',
      'https:///path',
      'javascript:alert(1)//',
    ]) {
      it(`refuses ${JSON.stringify(text)} (C5)`, () => {
        assert.equal(parseConsoleAddress(text).ok, false);
      });
    }

    it('never has another origin than the browser would open (C5)', () => {
      const pieces = fc.constantFrom(
        'https://',
        'a.example',
        'evil.example',
        '/',
        '\\',
        '@',
        ':443',
        '#',
        '?',
        '.',
        ' ',
      );
      fc.assert(
        fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 8 }), (parts) => {
          const text = `https://acme.example${parts.join('')}`;
          const result = parseConsoleAddress(text);
          assert.ok(!result.ok || result.instance.origin === new URL(text.trim()).origin);
        }),
        { numRuns: 2000 },
      );
    });
  });

  describe('as an entry of the settings', () => {
    it('omits default values, but always has the platform (P5)', () => {
      assert.deepEqual(connectionEntry(draft()), { name: 'Acme', instance: 'eu', platform: 'native', clientId: 'abc' });
    });

    it('contains the values that are not the default (P5)', () => {
      const entry = connectionEntry(
        draft({
          instance: 'https://acme.rmmservice.com/#/dashboard',
          platform: 'web',
          scopes: ['monitoring', 'control'],
          offlineAccess: false,
          redirectUri: 'http://localhost:9090/',
        }),
      );
      assert.deepEqual(entry, {
        name: 'Acme',
        instance: 'https://acme.rmmservice.com',
        platform: 'web',
        clientId: 'abc',
        scopes: ['monitoring', 'control'],
        offlineAccess: false,
        redirectUri: 'http://localhost:9090/',
      });
    });

    it('uses the name of a preset instead of its address (P5)', () => {
      for (const [preset, origin] of Object.entries(PRESETS)) {
        assert.equal(connectionEntry(draft({ instance: `${origin}/#/x` })).instance, preset);
      }
    });

    it('has no redirect URI on a platform without one, although the draft keeps it (P5)', () => {
      for (const platform of ['native', 'api-services'] as const) {
        assert.equal(
          'redirectUri' in connectionEntry(draft({ platform, redirectUri: 'http://localhost:9090/' })),
          false,
        );
      }
    });

    it('has no offlineAccess on the platform api-services (A6)', () => {
      assert.equal(
        'offlineAccess' in connectionEntry(draft({ platform: 'api-services', offlineAccess: false })),
        false,
      );
    });

    it('is parsed to the same connection on every platform (C5)', () => {
      for (const platform of PLATFORMS) {
        const redirectUri = platform === 'web' || platform === 'spa' ? 'https://vscode.dev/redirect' : '';
        const drafted = draft({
          platform,
          redirectUri,
          scopes: ['management'],
          offlineAccess: platform === 'api-services',
        });
        const connection = parsed(connectionEntry(drafted));
        assert.deepEqual(toConnectionDraft(connection), drafted);
        assert.deepEqual(provisionalConnection(drafted), connection);
      }
    });

    it('asks for offline access if the platform changes from api-services to native (A6)', () => {
      const service = parsed(connectionEntry(draft({ platform: 'api-services' })));
      const native = parsed(connectionEntry({ ...toConnectionDraft(service), platform: 'native' }));
      assert.equal(native.offlineAccess, true);
    });

    it('gives no connection without an instance (P5)', () => {
      assert.equal(provisionalConnection(EMPTY_DRAFT), undefined);
      assert.equal(provisionalConnection(draft({ instance: 'https://' })), undefined);
    });
  });

  describe('when it is written to the list of connections', () => {
    const others = [
      null,
      'text',
      { name: 'Acme', instance: 'nowhere' },
      { name: 'Beta', instance: 'us', clientId: 'b' },
    ];

    it('is appended, and leaves all other entries unchanged (C1, C5)', () => {
      assert.deepEqual(withConnectionEntry(others, draft()), [...others, connectionEntry(draft())]);
    });

    it('replaces the valid entry among invalid ones with the same name (C1, C5)', () => {
      const entries = [...others, { name: ' Acme ', instance: 'eu', clientId: 'abc' }, { name: 'Last' }];
      const edited = connectionOf(entries, 'Acme');
      assert.deepEqual(withConnectionEntry(entries, draft({ name: 'Acme 2', clientId: 'def' }), edited), [
        ...others,
        { name: 'Acme 2', instance: 'eu', platform: 'native', clientId: 'def' },
        { name: 'Last' },
      ]);
    });

    it('replaces the edited entry, not one with the same name or client app (C1, C5)', () => {
      const first = { name: 'First', instance: 'us', clientId: '1' };
      const sameName = { name: 'Acme', instance: 'us', clientId: '1' };
      const sameApp = { name: 'First', instance: 'eu', clientId: 'abc' };
      const entries = [first, sameName, sameApp, { name: 'Acme', instance: 'eu', clientId: 'abc' }];
      assert.deepEqual(withConnectionEntry(entries, draft({ name: 'B' }), connectionOf(entries, 'Acme')), [
        first,
        sameName,
        sameApp,
        connectionEntry(draft({ name: 'B' })),
      ]);
    });

    it('drops the former value of a field that has its default again (C1, C5)', () => {
      const entry = {
        name: 'Acme',
        instance: 'eu',
        platform: 'spa',
        clientId: 'abc',
        scopes: ['control'],
        offlineAccess: false,
        redirectUri: 'https://vscode.dev/redirect',
      };
      assert.deepEqual(withConnectionEntry([entry], draft(), parsed(entry)), [connectionEntry(draft())]);
    });

    it('keeps unknown fields of the replaced entry, so that a secret there is moved and not lost (C3)', () => {
      const entry = { name: 'Acme', instance: 'eu', clientId: 'abc', clientSecret: 'x', note: 1 };
      const [written] = withConnectionEntry([entry], draft({ name: 'B' }), parsed(entry));
      assert.deepEqual(written, { ...connectionEntry(draft({ name: 'B' })), clientSecret: 'x', note: 1 });
    });

    it('is appended if the edited entry no longer exists (C1, C5)', () => {
      const edited = parsed({ name: 'Acme', instance: 'eu', clientId: 'abc' });
      assert.deepEqual(withConnectionEntry(others, draft(), edited), [...others, connectionEntry(draft())]);
    });

    it('does not modify its arguments (C1, C5)', () => {
      const entries = Object.freeze([Object.freeze({ name: 'Acme', instance: 'eu', clientId: 'abc' })]);
      withConnectionEntry(entries, draft({ name: 'B' }), connectionOf(entries, 'Acme'));
      assert.deepEqual(entries, [{ name: 'Acme', instance: 'eu', clientId: 'abc' }]);
    });
  });

  describe('suggesting a name', () => {
    for (const [instance, name] of [
      ['eu', 'NinjaOne EU'],
      ['https://app.ninjarmm.com/#/x', 'NinjaOne US'],
      ['https://acme.rmmservice.com', 'Acme'],
      ['https://app.ninjaone.com', 'NinjaOne'],
      ['https://rmm.acme.example', 'rmm.acme.example'],
      ['http://127.0.0.1:8080', 'Test server'],
      ['', 'NinjaOne'],
    ] as const) {
      it(`suggests ${name} for ${instance || 'an empty instance'} (C5)`, () => {
        assert.equal(suggestedName(draft({ instance }), []), name);
      });
    }

    it('suggests a name that is not taken (C5)', () => {
      const taken = ['NinjaOne EU'];
      assert.equal(suggestedName(draft({ clientId: '' }), taken, 'Web'), 'NinjaOne EU (Web)');
      taken.push('NinjaOne EU (Web)');
      assert.equal(suggestedName(draft({ clientId: '0123-abc' }), taken, 'Web'), 'NinjaOne EU 0123-abc');
      assert.equal(suggestedName(draft({ clientId: 'sandbox-service' }), taken, 'Web'), 'NinjaOne EU sandbox');
      assert.equal(suggestedName(draft({ clientId: '' }), taken), 'NinjaOne EU 2');
      assert.equal(suggestedName(draft({ clientId: '0123456789' }), taken), 'NinjaOne EU 01234567');
      taken.push('NinjaOne EU 01234567', 'NinjaOne EU 2');
      assert.equal(suggestedName(draft({ clientId: '0123456789' }), taken), 'NinjaOne EU 3');
    });

    it('suggests a valid name even for a very long host (C5)', () => {
      const host = `${'a'.repeat(63)}.${'b'.repeat(63)}.example`;
      const taken = [suggestedName(draft({ instance: `https://${host}` }), [])];
      const name = suggestedName(draft({ instance: `https://${host}` }), taken);
      assert.ok(!taken.includes(name));
      assert.equal(parsed(connectionEntry(draft({ name }))).name, name);
    });
  });

  it('refuses a second connection to the same client app, but not on another platform or instance (C4)', () => {
    const others = [parsed({ name: 'Beta', instance: 'https://eu.ninjarmm.com', clientId: 'abc' })];
    assert.match(text(twinProblem(draft(), others)), /^Connection "Beta" has the same/);
    for (const change of [{ platform: 'spa' }, { instance: 'us' }, { clientId: 'abd' }, { instance: '' }] as const) {
      assert.equal(twinProblem(draft(change), others), undefined);
    }
  });

  it('requires visible ASCII in a client secret and never repeats the secret in a message (C5)', () => {
    assert.equal(secretProblem('aB-_. ~1', OTHERS), undefined);
    assert.match(text(secretProblem('', OTHERS)), /Paste/);
    for (const secret of ['geheim\u200b', 'a\nb', '\u00e4']) {
      assert.match(text(secretProblem(secret, OTHERS)), /^(?!.*geheim).*Copy it from NinjaOne again/);
    }
  });

  it('refuses the client ID, the redirect URI and any address as a client secret (C5)', () => {
    assert.match(text(secretProblem('client-1', OTHERS)), /client ID/);
    assert.match(text(secretProblem('http://localhost:9090/', OTHERS)), /redirect URI/);
    assert.match(text(secretProblem('https://eu.ninjarmm.com/#/home', OTHERS)), /an address, not a client secret/);
  });

  it('takes no address for a client ID (C5)', () => {
    assert.equal(pastedClientIdProblem('aB-_.~1'), undefined);
    assert.match(text(pastedClientIdProblem('https://eu.ninjarmm.com/')), /an address, not a client ID/);
  });
});

const OTHERS = { clientId: 'client-1', redirectUri: 'http://localhost:9090/' };

function draft(changes: Partial<ConnectionDraft> = {}): ConnectionDraft {
  return { ...EMPTY_DRAFT, name: 'Acme', instance: 'eu', clientId: 'abc', ...changes };
}

function parsed(entry: unknown): Connection {
  const { connections, problems } = parseConnections([entry]);
  assert.deepEqual(
    problems.filter(({ message }) => !/Unknown property|secret/.test(formatMessage(message))),
    [],
  );
  assert.ok(connections[0]);
  return connections[0];
}

function connectionOf(entries: readonly unknown[], name: string): Connection {
  const connection = parseConnections(entries).connections.find((each) => each.name === name);
  assert.ok(connection);
  return connection;
}

function text(sentence: LocalizableMessage | undefined): string {
  return sentence ? formatMessage(sentence) : '';
}
