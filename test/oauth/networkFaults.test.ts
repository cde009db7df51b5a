import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { effort, reportCounts } from '../../tooling/effort.ts';
import { FaultNetwork } from '../support/faultNetwork.ts';
import { FAULT_STEPS } from '../support/faultSteps.ts';
import { FAULT_HOST, FaultTrial } from '../support/faultTrial.ts';
import { networkFaults, type FaultRow } from '../support/networkFaults.ts';

/** The steps per fault; the short version takes each fault in one of them. */
const STEPS_PER_FAULT = effort({ short: 1, long: Infinity });

/** Milliseconds until a request that hangs is given up. Doubled until the fault was met before it. */
const FIRST_TIMEOUT = 150;

describe('a fault of the network', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  let network: FaultNetwork;
  let trial: FaultTrial;

  before(async () => {
    sandbox = await startSandbox({ autoApprove: true });
    network = await FaultNetwork.start(FAULT_HOST, sandbox.port);
  });
  after(async () => {
    await network.stop();
    await sandbox.stop();
  });
  afterEach(async () => {
    await trial.close();
  });

  networkFaults(0).forEach((planned, index) => {
    const steps = FAULT_STEPS.filter((step) => step.isPossible?.(planned) ?? true);
    for (let each = 0; each < Math.min(STEPS_PER_FAULT, steps.length); each++) {
      const step = steps[(index + each) % steps.length]!;
      it(`loses and leaks nothing in ${step.name}: ${planned.name} (${numbersOf(planned)})`, async () => {
        // This file is loaded long before, and some responses have a date.
        const row = networkFaults(Date.now())[index]!;
        let timeout = FIRST_TIMEOUT;
        trial = await FaultTrial.start(sandbox, network);
        await step.prepare?.(trial);
        await trial.meet(row, timeout, () => step.fail(trial, row));
        while (network.met === 0 && row.hangs) {
          // A busy machine had no time to get as far as the fault.
          assert.ok(timeout < 10_000, 'the fault was never met');
          timeout *= 2;
          await trial.close();
          trial = await FaultTrial.start(sandbox, network);
          await step.prepare?.(trial);
          await trial.meet(row, timeout, () => step.fail(trial, row));
        }
        const { met } = network;
        assert.ok(met > 0, 'the fault was met');
        await step.recover(trial, row);
        await trial.bystanderWorks();
        assert.deepEqual(trial.leaks(), []);
        reportCounts('network faults', {
          'faults injected': met,
          sequences: 1,
          'sessions lost': 0,
          'sign-ins after a lost response': trial.endedSessions,
        });
      });
    }
  });
});

/** The promises and test cases that a row proves. */
function numbersOf({ hangs, fault }: FaultRow): string {
  const isThrottled = fault.at === 'request' && fault.kind === 'answer' && [429, 503].includes(fault.status);
  const isRedirect = fault.at === 'request' && fault.kind === 'answer' && fault.status < 400 && fault.status >= 300;
  return ['A8', ...(isRedirect ? ['T21'] : []), ...(hangs ? ['T24'] : []), 'T27', ...(isThrottled ? ['T28'] : [])].join(
    ', ',
  );
}
