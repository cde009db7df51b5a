import assert from 'node:assert/strict';
import { NinjaOneError, type Intent } from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';
import { Incidents } from '../../../src/core/sessions/incidents.ts';
import { RenewalFailures } from '../../../src/core/sessions/renewalFailures.ts';
import { createSession, type StoredSession } from '../../../src/core/sessions/session.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { connection, MINUTE } from '../../support/sessionFixture.ts';

describe('renewal failures', () => {
  let now: number;
  let claims: string[];
  let ends: string[];
  let reports: string[];
  let changes = 0;
  let failures: RenewalFailures;
  const errors: string[] = [];

  class RecordedIncidents extends Incidents {
    override claim(connectionId: string, kind: string): Promise<boolean> {
      claims.push(`${connectionId} ${kind}`);
      return Promise.resolve(true);
    }
    override end(connectionId: string): Promise<void> {
      ends.push(connectionId);
      return Promise.resolve();
    }
  }

  const open = (report: (code: string) => void): RenewalFailures =>
    new RenewalFailures({
      incidents: new RecordedIncidents({ directory: 'unused', now: () => now }),
      connectionOf: () => undefined,
      report: ({ error }) => report(error.code),
      onChange: () => (changes += 1),
      now: () => now,
      logger: { ...silentLogger, error: (message) => errors.push(message) },
    });

  beforeEach(() => {
    now = 1_000_000;
    [claims, ends, reports] = [[], [], []];
    errors.length = 0;
    failures = open((code) => reports.push(code));
  });

  const session = (connectionId: string): StoredSession => ({
    ...createSession(connection(), ['monitoring'], { accessToken: 'a', refreshToken: 'r', issuedAt: 0, expiresAt: 1 }),
    connectionId,
  });
  const error = (intent: Intent, retryAfter?: number): NinjaOneError =>
    new NinjaOneError({ code: `test.${intent}`, intent, message: l10n.t('No.'), retryAfter });
  const isPending = ({ id }: StoredSession): boolean => failures.pending(id, { isUserAction: false }) !== undefined;

  it('are claimed once for each kind and connection, whichever of its sessions fails (A8)', async () => {
    const [one, other] = [session('acme'), session('acme')];
    for (const [each, intent] of [
      [one, 'transient'],
      [other, 'transient'],
      [one, 'misconfigured'],
      [one, 'transient'],
      [session('beta'), 'transient'],
    ] as const) {
      failures.add(each, error(intent));
      await failures.tell(each);
    }
    assert.deepEqual(claims, ['acme transient', 'acme misconfigured', 'beta transient']);
    assert.deepEqual(reports, ['test.transient', 'test.misconfigured', 'test.transient']);
  });

  it('are not told before somebody needs the token, and are the state of the connection until then (A8, A16)', async () => {
    const one = session('acme');
    changes = 0;
    failures.add(one, error('misconfigured'));
    failures.add(one, error('transient'));
    assert.equal(failures.latest('acme')?.code, 'test.transient');
    assert.equal(failures.latest('beta'), undefined);
    assert.deepEqual([claims, reports, changes], [[], [], 2]);
    await failures.tell(one);
    await failures.tell(session('acme'));
    await failures.tell(one);
    assert.deepEqual(reports, ['test.transient']);
    failures.forget(one);
    assert.deepEqual([failures.latest('acme'), changes], [undefined, 3]);
    await failures.tell(one);
    assert.deepEqual(reports, ['test.transient']);
  });

  it('end their incident with a success, and there is none without a failure (A8)', () => {
    const one = session('acme');
    failures.forget(one);
    assert.deepEqual(ends, []);
    failures.add(one, error('transient'));
    failures.forget(one);
    failures.forget(one);
    assert.deepEqual(ends, ['acme']);
    assert.equal(isPending(one), false);
  });

  it('pause requests in the background for two seconds first, and for five minutes if a retry is pointless (A8)', () => {
    for (const [intent, pause] of [
      ['transient', 2000],
      ['storage', 2000],
      ['misconfigured', 5 * MINUTE],
      ['permission', 5 * MINUTE],
    ] as const) {
      const one = session(intent);
      failures.add(one, error(intent));
      assert.equal(isPending(one), true, intent);
      assert.equal(failures.pending(one.id, { isUserAction: true }), undefined, intent);
      now += pause - 1;
      assert.equal(isPending(one), true, intent);
      now += 1;
      assert.equal(isPending(one), false, intent);
    }
    assert.equal(failures.pending('unknown', { isUserAction: false }), undefined);
  });

  it('are cleared by a change of settings only where the settings may have caused them (A6)', () => {
    const [wrong, elsewhere, slow] = [session('acme'), session('beta'), session('acme')];
    failures.add(wrong, error('misconfigured'));
    failures.add(elsewhere, error('misconfigured'));
    failures.add(slow, error('transient', MINUTE));
    failures.clearFailuresAfterConfigChange('acme');
    assert.deepEqual([wrong, elsewhere, slow].map(isPending), [false, true, true]);
    failures.clearFailuresAfterConfigChange();
    assert.deepEqual([wrong, elsewhere, slow].map(isPending), [false, false, true]);
  });

  it('tell once that a session exists only in this window, and again after it was stored (A14)', () => {
    const one = session('acme');
    failures.reportUnsaved(one, error('storage'));
    failures.reportUnsaved(one, error('storage'));
    assert.equal(reports.length, 1);
    failures.forgetUnsaved(one);
    failures.reportUnsaved(one, error('storage'));
    assert.equal(reports.length, 2);
  });

  it('survive a listener that throws (A8)', () => {
    failures = open(() => {
      throw new Error('broken');
    });
    failures.report(session('acme'), error('transient'));
    assert.match(errors.join(), /broken/);
  });
});
