import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

/** Says how far the task is, in place of what was said before. */
export type ReportProgress = (message: string) => void;

/**
 * Runs what may take long, under a message with Cancel, which aborts the signal. The message comes late: most tasks are
 * done before, and a toast that flashes is noise. Settles as the task does.
 */
export async function withDelayedProgress<T>(
  title: string,
  task: (signal: AbortSignal, say: ReportProgress) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let said: string | undefined;
  let report: ReportProgress = () => {};
  const running = task(abort.signal, (message) => {
    said = message;
    report(message);
  });
  const ended = running.then(
    () => true,
    () => true,
  );
  if (!(await Promise.race([ended, sleep(PATIENCE, false)]))) {
    const location = vscode.ProgressLocation.Notification;
    await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
      token.onCancellationRequested(() => {
        abort.abort();
      });
      report = (message) => {
        progress.report({ message });
      };
      if (said !== undefined) {
        report(said);
      }
      await ended;
    });
  }
  return running;
}

/** Milliseconds. */
const PATIENCE = 1000;
