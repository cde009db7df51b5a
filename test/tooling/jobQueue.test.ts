import assert from 'node:assert/strict';
import { longestFirst, runQueue, type QueuedJob } from '../../tooling/jobQueue.ts';

/** A queue whose jobs end when the test says so. */
function startQueue(jobs: readonly QueuedJob[], workers: number) {
  const started: string[] = [];
  const running = new Map<string, (isSuccess: boolean) => void>();
  const left = runQueue(jobs, workers, ({ name }) => {
    started.push(name);
    return new Promise((resolve) => running.set(name, resolve));
  });
  const end = async (name: string, isSuccess = true): Promise<void> => {
    running.get(name)?.(isSuccess);
    await new Promise(setImmediate);
  };
  return { started, end, left };
}

const names = (jobs: readonly QueuedJob[]): string[] => jobs.map(({ name }) => name);

describe('the queue of test jobs', () => {
  it('keeps each worker busy, in the order of the jobs', async () => {
    const queue = startQueue([{ name: 'a' }, { name: 'b' }, { name: 'c' }], 2);
    assert.deepEqual(queue.started, ['a', 'b']);
    await queue.end('b');
    assert.deepEqual(queue.started, ['a', 'b', 'c']);
    await queue.end('c');
    await queue.end('a');
    assert.deepEqual(await queue.left, []);
  });

  it('runs the next job that can run while another waits', async () => {
    const queue = startQueue([{ name: 'prepare' }, { name: 'a', after: ['prepare'] }, { name: 'b' }], 2);
    assert.deepEqual(queue.started, ['prepare', 'b']);
    await queue.end('prepare');
    assert.deepEqual(queue.started, ['prepare', 'b', 'a']);
    await queue.end('a');
    await queue.end('b');
    assert.deepEqual(await queue.left, []);
  });

  it('goes on after a job that failed, without those that come after it', async () => {
    const queue = startQueue([{ name: 'prepare' }, { name: 'a', after: ['prepare'] }, { name: 'b' }], 1);
    await queue.end('prepare', false);
    await queue.end('b', false);
    assert.deepEqual(queue.started, ['prepare', 'b']);
    assert.deepEqual(names(await queue.left), ['a']);
  });

  it('ends when there is nothing to do', async () => {
    assert.deepEqual(await runQueue([], 2, () => Promise.resolve(true)), []);
  });

  it('orders what others wait for first, then the longest, then by name', () => {
    const seconds: Record<string, number> = { short: 1, long: 60, middle: 20, prepare: 2, other: 20 };
    const jobs = ['short', 'other', 'middle', 'long', 'prepare'].map((name) => ({ name }));
    const ordered = longestFirst([...jobs, { name: 'last', after: ['prepare'] }], ({ name }) => seconds[name] ?? 0);
    assert.deepEqual(names(ordered), ['prepare', 'long', 'middle', 'other', 'short', 'last']);
  });
});
