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
    await failures.add(one, error('transient'));
    await failures.add(other, error('transient'));
    await failures.add(one, error('misconfigured'));
    await failures.add(one, error('transient'));
    await failures.add(session('beta'), error('transient'));
    assert.deepEqual(claims, ['acme transient', 'acme misconfigured', 'beta transient']);
    assert.deepEqual(reports, ['test.transient', 'test.misconfigured', 'test.transient']);
  });

  it('end their incident with a success, and there is none without a failure (A8)', async () => {
    const one = session('acme');
    failures.forget(one);
    assert.deepEqual(ends, []);
    await failures.add(one, error('transient'));
    failures.forget(one);
    failures.forget(one);
    assert.deepEqual(ends, ['acme']);
    assert.equal(isPending(one), false);
  });

  it('pause requests in the background for two seconds first, and for five minutes if a retry is pointless (A8)', async () => {
    for (const [intent, pause] of [
      ['transient', 2000],
      ['storage', 2000],
      ['misconfigured', 5 * MINUTE],
      ['permission', 5 * MINUTE],
    ] as const) {
      const one = session(intent);
      await failures.add(one, error(intent));
      assert.equal(isPending(one), true, intent);
      assert.equal(failures.pending(one.id, { isUserAction: true }), undefined, intent);
      now += pause - 1;
      assert.equal(isPending(one), true, intent);
      now += 1;
      assert.equal(isPending(one), false, intent);
    }
    assert.equal(failures.pending('unknown', { isUserAction: false }), undefined);
  });

  it('are cleared by a change of settings only where the settings may have caused them (A6)', async () => {
    const [wrong, elsewhere, slow] = [session('acme'), session('beta'), session('acme')];
    await failures.add(wrong, error('misconfigured'));
    await failures.add(elsewhere, error('misconfigured'));
    await failures.add(slow, error('transient', MINUTE));
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
