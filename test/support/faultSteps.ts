import assert from 'node:assert/strict';
import type { NinjaOneError } from '../../src/core/base/errors.ts';
import type { StoredSession } from '../../src/core/sessions/session.ts';
import { bundledOperations } from './bundledOperations.ts';
import { FAULT_SCOPES, type FaultTrial } from './faultTrial.ts';
import type { Codes, FaultRow } from './networkFaults.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** A request of the extension: how it fails, and how it works again. */
export interface FaultStep {
  readonly name: string;
  readonly isPossible?: (row: FaultRow) => boolean;
  readonly prepare?: (trial: FaultTrial) => Promise<void>;
  /** Runs while the fault is on. */
  readonly fail: (trial: FaultTrial, row: FaultRow) => Promise<void>;
  /** Runs when the fault is over. */
  readonly recover: (trial: FaultTrial, row: FaultRow) => Promise<void>;
}

const OPERATIONS = new Map(bundledOperations().map((operation) => [operation.key, operation]));

export const FAULT_STEPS: readonly FaultStep[] = [
  signInStep('the code exchange of a browser sign-in', 'sandbox-native'),
  signInStep('the code exchange with a client secret', 'sandbox-web'),
  signInStep('a sign-in with client credentials', 'sandbox-service'),
  renewalStep('a refresh', 'sandbox-native'),
  renewalStep('a refresh with a client secret', 'sandbox-web'),
  renewalStep('a new token by client credentials', 'sandbox-service'),
  apiStep('a GET request', 'GET /v2/organizations'),
  apiStep('a POST request', 'POST /v2/organizations', { name: 'New customer' }),
  {
    name: 'the download of the API description',
    // Half of a YAML description is a description, too.
    isPossible: ({ fault }) => fault.at !== 'response' || fault.kind !== 'half',
    async fail(trial, { codes }) {
      assert.equal((await trial.fails(() => trial.fetchSpec())).code, codes.spec);
    },
    async recover(trial) {
      assert.equal((await trial.fetchSpec())?.facts.operations.length, OPERATIONS.size);
    },
  },
  {
    name: 'the revocation at sign-out',
    // The response of a revocation has no body.
    isPossible: ({ fault }) => fault.at !== 'response' || fault.kind !== 'half',
    prepare: (trial) => trial.have('sandbox-native'),
    async fail(trial, { name }) {
      const { id } = trial.session;
      const out = await trial.window.tokens.signOut(id);
      assert.equal(await out?.revoked, false, name);
      assert.equal(trial.window.record(id), undefined, 'it is signed out here in any case');
    },
    async recover(trial) {
      await trial.have('sandbox-native');
      const { id, refreshToken = '' } = trial.session;
      assert.equal(await (await trial.window.tokens.signOut(id))?.revoked, true);
      assert.equal(await trial.sandbox.isRefreshTokenAlive(refreshToken), false);
    },
  },
];

function signInStep(name: string, clientId: string): FaultStep {
  const prepared = new WeakMap<FaultTrial, () => Promise<StoredSession>>();
  /** The browser has come back before the fault begins. */
  const begin = async (trial: FaultTrial): Promise<() => Promise<StoredSession>> => {
    const connection = trial.connection(clientId);
    const acquire =
      connection.platform === 'api-services'
        ? () => trial.window.requests.mint(connection, FAULT_SCOPES)
        : await trial.browse(connection);
    return async () => (await trial.window.tokens.signIn(connection, FAULT_SCOPES, acquire)).session;
  };
  return {
    name,
    prepare: async (trial) => void prepared.set(trial, await begin(trial)),
    async fail(trial, { codes, pause }) {
      const before = trial.window.store.all();
      const failure = await trial.fails(prepared.get(trial)!);
      assert.equal(failure.code, codes.token);
      assertPause(failure, pause);
      assert.ok(trial.network.requests.length <= 1, 'a code and a secret are sent once');
      assert.deepEqual(trial.window.store.all(), before, 'nothing is kept, and nothing else is lost');
    },
    async recover(trial) {
      const session = await (await begin(trial))();
      trial.note(session);
      assert.ok(await trial.sandbox.isAccessTokenAlive(session.accessToken));
    },
  };
}

function renewalStep(name: string, clientId: string): FaultStep {
  return {
    name,
    prepare: (trial) => trial.have(clientId),
    async fail(trial, { codes, pause }) {
      const { window, session, fixture } = trial;
      fixture.ahead = HOUR - 4 * MINUTE;
      for (let call = 0; call < 2; call++) {
        const usable = await window.tokens.sessionsFor(FAULT_SCOPES, undefined);
        const own = usable.find((each) => each.session.id === session.id);
        assert.equal(own?.session.accessToken, session.accessToken, 'it is valid for four more minutes');
      }
      const failures = window.renewalFailures.filter((each) => each.session.id === session.id);
      assert.equal(failures.length, 0, 'nobody is told while the token works');
      const problem = window.tokens.renewalProblem(session.connectionId);
      assert.equal(problem?.code, codes.token);
      assertPause(problem, pause);
      trial.errors.push(problem);
      assert.ok(trial.network.requests.length <= 1, 'no second request for a while');
      assert.deepEqual(window.record(session.id), session);
      assert.deepEqual(
        window.changes.flatMap(({ removed }) => removed),
        [],
      );
    },
    async recover(trial, { isLost }) {
      const { window, session, fixture } = trial;
      fixture.ahead = HOUR + 10 * MINUTE;
      if (isLost && session.refreshToken !== undefined) {
        // The server has rotated the token, and nobody can know the new one: exactly one new sign-in (A7).
        assert.equal((await trial.fails(() => window.tokens.getValidToken(session.id))).code, 'oauth.invalidGrant');
        assert.equal(trial.endedSessions, 1);
        return;
      }
      const { session: renewed } = await window.tokens.getValidToken(session.id);
      trial.note(renewed);
      assert.equal(renewed.id, session.id);
      assert.ok(await trial.sandbox.isAccessTokenAlive(renewed.accessToken));
    },
  };
}

function apiStep(name: string, key: string, body?: unknown): FaultStep {
  const operation = OPERATIONS.get(key)!;
  const isRead = operation.method === 'GET';
  return {
    name,
    prepare: (trial) => trial.have('sandbox-native'),
    async fail(trial, row) {
      const { session, window } = trial;
      const { code, error } = await trial.send({ operation, body });
      assertApiCode(code, row, isRead);
      if (error) {
        assertPause(error, isRead || code !== 'api.unknownOutcome' ? row.pause : undefined);
      }
      // A read is sent at most four times, and waits at most five minutes in between (T28). A write is never repeated.
      assert.ok(trial.network.met <= (isRead ? 4 : 1), `met ${trial.network.met} times`);
      assert.ok(trial.sandbox.tenant.writes.length <= (isRead ? 0 : 1));
      assert.ok(
        trial.pauses.every((pause) => pause >= 0 && pause <= 5 * MINUTE),
        String(trial.pauses),
      );
      if (!row.hangs) {
        assert.equal(trial.pauses.length, Math.max(0, trial.network.met - 1));
      }
      assert.deepEqual(window.record(session.id), session);
    },
    async recover(trial, { isLost }) {
      const { code } = await trial.send({ operation, body });
      assert.equal(code, undefined);
      assert.equal(trial.sandbox.tenant.writes.length, isRead ? 0 : isLost ? 2 : 1);
    },
  };
}

function assertApiCode(code: string | undefined, { codes, fault }: FaultRow, isRead: boolean): void {
  if (isRead) {
    assert.equal(code, codes.get);
    return;
  }
  // An answer of a gateway may also be taken as no proof that nothing was executed (E9).
  const allowed: Codes['write'][] = [codes.write, ...(fault.at === 'request' ? ['api.unknownOutcome'] : [])];
  assert.ok(allowed.includes(code), `${code} instead of ${allowed.join(' or ')}`);
}

function assertPause({ retryAfter }: NinjaOneError, pause: FaultRow['pause']): void {
  if (!pause) {
    assert.equal(retryAfter, undefined);
    return;
  }
  const [least, most] = pause;
  assert.ok(retryAfter !== undefined && retryAfter >= least && retryAfter <= most, `a pause of ${retryAfter} ms`);
}
