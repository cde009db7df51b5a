import * as vscode from 'vscode';
import { PROVIDER_ID } from '../../../src/host/platform/contributions.ts';
import { until } from './commands.ts';
import { probe } from './probe.ts';

/** The labels that VS Code shows in its Accounts menu. */
export async function accounts(): Promise<string[]> {
  return (await vscode.authentication.getAccounts(PROVIDER_ID)).map(({ label }) => label);
}

/** Counts the session events of VS Code that `act` causes, until nothing is pending. */
export async function eventsDuring(act: () => Thenable<unknown>): Promise<number> {
  let count = 0;
  const subscription = vscode.authentication.onDidChangeSessions(({ provider }) => {
    count += provider.id === PROVIDER_ID ? 1 : 0;
  });
  const since = probe().secretOperations.length;
  await act();
  await until(() => count > 0);
  // Each change of a secret causes an event, after which the record is read again.
  await until(() => {
    const operations = probe().secretOperations.slice(since);
    return operations.every(({ name, key }, index) => {
      const isWrite = (name === 'store' || name === 'delete') && key?.startsWith('session:') === true;
      return !isWrite || operations.slice(index).some((later) => later.name === 'get' && later.key === key);
    });
  });
  // Events that were fired before these calls arrive before their results.
  await accounts();
  await accounts();
  subscription.dispose();
  return count;
}

/** Keys of callbacks that were passed to other windows, as they were written or deleted. */
export function relayedCallbacks(operation: 'store' | 'delete'): (string | undefined)[] {
  return probe()
    .secretOperations.filter(({ name, key }) => name === operation && key?.startsWith('callback:') === true)
    .map(({ key }) => key);
}
