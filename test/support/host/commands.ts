import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Command } from '../../../src/host/platform/contributions.ts';

export async function run<T>(command: Command, ...args: readonly unknown[]): Promise<T> {
  return vscode.commands.executeCommand<T>(command, ...args);
}

/** Accepts the pick on the screen, like Enter, until the command has ended. */
export async function accepting<T>(command: Promise<T>): Promise<T> {
  let ended = false;
  void command.finally(() => (ended = true)).catch(() => {});
  await until(async () => {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return ended;
  });
  return command;
}

/** Polls the condition; the time-out of the test is its limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await pause(25);
  }
}
