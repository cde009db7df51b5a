import assert from 'node:assert/strict';
import type { Connection, Platform, Scope } from '../../../src/core/connections/connection.ts';
import { taskToken, throwIfWider, tokenEnvironment } from '../../../src/core/sessions/tokenHandOver.ts';
import type { UsableSession } from '../../../src/core/sessions/usableSessions.ts';

const ORIGIN = 'https://eu.ninjarmm.com';

function connection(platform: Platform, scopes: readonly Scope[] = ['monitoring', 'management', 'control']) {
  return { id: 'acme', platform, scopes };
}

function session(id: string, scopes: readonly Scope[], connectionId = 'acme'): UsableSession {
  const instance = { origin: ORIGIN, host: 'eu.ninjarmm.com', label: 'eu' };
  return {
    session: { id, scopes, accessToken: `token-of-${id}` },
    connection: { id: connectionId, instance } as unknown as Connection,
    account: { id, label: id },
  } as UsableSession;
}

describe('the token for a task', () => {
  const wide = session('wide', ['monitoring', 'management']);
  const narrow = session('narrow', ['monitoring']);

  it('is that of the session with only monitoring where there is one (P7)', () => {
    assert.deepEqual(taskToken(connection('native'), [wide, narrow], false), { kind: 'monitoring', usable: narrow });
    assert.deepEqual(taskToken(connection('api-services'), [wide, narrow], true), {
      kind: 'monitoring',
      usable: narrow,
    });
  });

  it('is a new one of a service, whose secret is stored and which may read (P7)', () => {
    const minted = { kind: 'mint', scopes: ['monitoring'] };
    assert.deepEqual(taskToken(connection('api-services'), [wide], true), minted);
    assert.deepEqual(taskToken(connection('api-services'), [], true), minted);
    assert.deepEqual(taskToken(connection('api-services'), [wide], false), { kind: 'wider', usable: wide });
    assert.equal(taskToken(connection('api-services', ['management']), [], true), undefined);
    assert.equal(taskToken(connection('web'), [], true), undefined, 'only a service needs no browser');
  });

  it('is else that with the fewest scopes, rather without control, and is marked as wider (P7)', () => {
    const control = session('control', ['monitoring', 'control']);
    const all = session('all', ['monitoring', 'management', 'control']);
    assert.deepEqual(taskToken(connection('native'), [all, control, wide], false), { kind: 'wider', usable: wide });
    const manages = session('manages', ['management']);
    assert.deepEqual(taskToken(connection('native'), [all, manages], false), { kind: 'wider', usable: manages });
  });

  it('is never that of another connection (X7)', () => {
    const others = [session('other', ['monitoring'], 'bolt')];
    assert.equal(taskToken(connection('native'), others, true), undefined);
  });

  it('is refused if it allows more than was agreed to (P7)', () => {
    throwIfWider(narrow, ['monitoring']);
    throwIfWider(narrow, ['monitoring', 'management']);
    assert.throws(
      () => {
        throwIfWider(wide, ['monitoring']);
      },
      { code: 'token.moreScopes', message: /management/ },
    );
  });

  it('goes into the variables that snippets and scripts read (T49)', () => {
    assert.deepEqual(tokenEnvironment(narrow), {
      NINJAONE_ACCESS_TOKEN: 'token-of-narrow',
      NINJAONE_BASE_URL: ORIGIN,
    });
  });
});
