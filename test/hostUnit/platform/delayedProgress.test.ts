import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { withDelayedProgress } from '../../../src/host/platform/delayedProgress.ts';
import type { ReportProgress } from '../../../src/host/platform/windowMessages.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('delayed progress', () => {
  const editor = useVscode();
  let finish: (value: string) => void;
  let fail: (error: Error) => void;
  let say: ReportProgress;
  let signal: AbortSignal;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  const start = (): Promise<string> =>
    withDelayedProgress('Fetching', (abort, report) => {
      signal = abort;
      say = report;
      return new Promise((resolve, reject) => {
        finish = resolve;
        fail = reject;
      });
    });
  const afterASecond = async (): Promise<void> => {
    mock.timers.tick(1000);
    await until(() => editor.window.progress.length > 0);
  };

  it('shows nothing for a task that is done within a second', async () => {
    const task = start();
    mock.timers.tick(999);
    finish('done');
    assert.equal(await task, 'done');
    assert.deepEqual(editor.window.progress, []);
  });

  it('shows a longer task until it is done', async () => {
    const task = start();
    await afterASecond();
    assert.equal(editor.window.progress[0]?.title, 'Fetching');
    assert.equal(editor.window.progress[0].isDone, false);
    finish('done');
    assert.equal(await task, 'done');
    assert.equal(editor.window.progress[0].isDone, true);
  });

  it('shows how far the task is: what was said last before it came, and all after', async () => {
    const task = start();
    say('1 page');
    say('2 pages');
    await afterASecond();
    say('3 pages');
    assert.deepEqual(editor.window.progress[0]?.messages, ['2 pages', '3 pages']);
    finish('done');
    await task;
  });

  it('aborts the task with Cancel, and ends as the task does', async () => {
    const task = start();
    await afterASecond();
    assert.equal(signal.aborted, false);
    editor.window.progress[0]?.cancel();
    assert.equal(signal.aborted, true);
    finish('what came so far');
    assert.equal(await task, 'what came so far');
  });

  it('fails as the task does, early and late', async () => {
    const early = start();
    fail(new Error('early'));
    await assert.rejects(early, /early/);
    const late = start();
    late.catch(() => {});
    await afterASecond();
    fail(new Error('late'));
    await assert.rejects(late, /late/);
    assert.equal(editor.window.progress[0]?.isDone, true);
  });
});
