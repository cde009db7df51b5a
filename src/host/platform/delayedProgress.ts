import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { showProgress, type ReportProgress } from './windowMessages.ts';

/**
 * Runs a task that may take long, with a progress notification whose Cancel button aborts the signal. The notification
 * is delayed because most tasks end before it, and a notification that flashes is noise. Settles as the task does.
 */
export async function withDelayedProgress<T>(
  title: string,
  task: (signal: AbortSignal, report: ReportProgress) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let lastMessage: string | undefined;
  let report: ReportProgress = () => {};
  const running = task(abort.signal, (message) => {
    lastMessage = message;
    report(message);
  });
  const ended = running.then(
    () => true,
    () => true,
  );
  if (!(await Promise.race([ended, sleep(DELAY, false)]))) {
    const location = vscode.ProgressLocation.Notification;
    await showProgress({ location, title, cancellable: true }, async (show, token) => {
      token.onCancellationRequested(() => {
        abort.abort();
      });
      report = show;
      if (lastMessage !== undefined) {
        report(lastMessage);
      }
      await ended;
    });
  }
  return running;
}

/** Milliseconds. */
const DELAY = 1000;
