import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { answersRequest, isAmong, parseScopeRequest } from '../../../src/core/sessions/scopeRequest.ts';
import { createSession, type Account } from '../../../src/core/sessions/session.ts';
import { signInTarget } from '../../../src/core/sessions/signInTarget.ts';
import { connection } from '../../support/sessionFixture.ts';

const ALL = ['monitoring', 'management', 'control'] as const;
const ACME = connection({ name: 'Acme', scopes: ALL });
const BETA = connection({ name: 'Beta', instance: 'us', scopes: ['monitoring'] });
const account = (scopes: string, { id }: { readonly id: string } = ACME): Account => ({
  id: `${id}/${scopes}`,
  label: `Acme · eu · ${scopes}`,
});
const named = ({ id }: { readonly id: string }): string => `connection:${id}`;

describe('the target of a sign-in', () => {
  const target = (
    list: readonly string[],
    of?: Account,
  ): readonly [name: string | undefined, scopes: readonly string[]] => {
    const result = signInTarget({ ...parseScopeRequest(list), account: of }, [ACME, BETA]);
    return [result.connection?.name, result.scopes];
  };
  const refusal = (list: readonly string[], of?: Account): readonly unknown[] => {
    try {
      return target(list, of);
    } catch (error) {
      assert.ok(isNinjaOneError(error));
      assert.equal(error.intent, 'invalidInput');
      return [error.code, error.action, error.message];
    }
  };

  it('is any connection if the request names none (A17)', () => {
    assert.deepEqual(target(['management']), [undefined, ['management']]);
    assert.deepEqual(target([]), [undefined, ['monitoring']]);
  });

  it('is the connection that the request names (X7)', () => {
    assert.deepEqual(target([named(BETA)]), ['Beta', ['monitoring']]);
    assert.deepEqual(target(['management', named(ACME), named(ACME)]), ['Acme', ['management']]);
    // It is asked whether to add them.
    assert.deepEqual(target(['control', named(BETA)]), ['Beta', ['control']]);
  });

  it('is the connection of the account, with its scopes, also without a session (A17, X7)', () => {
    assert.deepEqual(target(['monitoring'], account('monitoring+management')), ['Acme', ['monitoring', 'management']]);
    assert.deepEqual(target([named(ACME)], account('monitoring')), ['Acme', ['monitoring']]);
    assert.deepEqual(target(['control'], account('control')), ['Acme', ['control']]);
  });

  it('is refused if the account lacks a scope, has control that nobody asked for, or has more than its connection (A10, X7)', () => {
    for (const [list, of] of [
      [['management'], account('monitoring')],
      [['monitoring'], account('monitoring+control')],
      [['monitoring'], account('monitoring+management', BETA)],
    ] as const) {
      const [code, action, message] = refusal(list, of);
      assert.deepEqual([code, action], ['request.accountLacksScopes', undefined]);
      assert.ok(String(message).includes(of.label) && String(message).includes(list[0]), String(message));
    }
  });

  it('is refused if the connection is gone, or the account has an odd ID (X7)', () => {
    const gone = refusal(['monitoring'], account('monitoring', { id: 'gone' }));
    assert.deepEqual(gone.slice(0, 2), ['request.accountGone', 'editConnection']);
    assert.match(String(gone[2]), /Acme · eu · monitoring/);
    for (const id of ['', ACME.id, `${ACME.id}/`, `${ACME.id}/everything`, `${ACME.id}/monitoring/x`, '__proto__']) {
      assert.equal(refusal(['monitoring'], { id, label: 'x' })[0], 'request.accountGone', id);
    }
    for (const list of [['connection:gone'], ['connection:'], ['connection:__proto__']]) {
      assert.deepEqual(refusal(list).slice(0, 2), ['request.connectionGone', 'editConnection'], list.join());
    }
  });

  it('is refused if the request names two connections (X7)', () => {
    assert.equal(refusal([named(ACME), named(BETA)])[0], 'request.contradictory');
    assert.equal(refusal([named(BETA)], account('monitoring'))[0], 'request.contradictory');
  });

  it('is refused for scopes that do not exist, with those that do (A10)', () => {
    const [code, , message] = refusal(['monitoring', 'everything', named(ACME)]);
    assert.equal(code, 'request.unknownScope');
    assert.match(String(message), /the scope everything\. Request monitoring, management,? or control/);
    assert.match(String(refusal(['a', 'b'])[2]), /the scopes a and b\./);
  });
});

describe('a session answers a request', () => {
  const tokens = { accessToken: 'a', refreshToken: 'r', issuedAt: 0, expiresAt: 3_600_000 };
  const session = createSession(ACME, ['monitoring', 'management'], tokens);
  const answers = (...list: string[]): boolean =>
    answersRequest({ session, connection: ACME, account: account('monitoring+management') }, parseScopeRequest(list));

  it('that it covers, for its own connection only (A10, X7)', () => {
    assert.ok(answers('monitoring') && answers('management', named(ACME)) && answers(named(ACME)));
    assert.ok(!answers('control') && !answers('monitoring', 'everything'));
    assert.ok(!answers(named(BETA)) && !answers(named(ACME), named(BETA)) && !answers('connection:'));
    assert.ok(isAmong(ACME, []) && isAmong(ACME, [ACME.id]) && !isAmong(ACME, [ACME.id, BETA.id]));
  });
});
