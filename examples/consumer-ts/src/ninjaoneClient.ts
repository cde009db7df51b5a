import * as vscode from 'vscode';
import type { ConnectionInfo, NinjaOneErrorName, NinjaOneScope, RefreshOutcome } from './ninjaone';

/** A command handler: shows what went wrong, because nobody else does. Shows nothing if the user canceled. */
export async function withErrorMessage<T>(task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task();
  } catch (error) {
    if (isMissing(error)) {
      void withErrorMessage(offerInstall);
    } else if (!isCanceled(error)) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
    return undefined;
  }
}

export function isCanceled(error: unknown): boolean {
  return error instanceof Error
    ? error.name === 'Canceled' || error.message === 'User did not consent to login.'
    : error === 'User did not consent to account access';
}

export function ninjaOneErrorName(error: unknown): NinjaOneErrorName | undefined {
  if (isCanceled(error)) {
    return 'Canceled';
  }
  return error instanceof Error && error.name.startsWith('NinjaOne') ? (error.name as NinjaOneErrorName) : undefined;
}

/** VS Code says so, in English, after it has waited for 5 seconds. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && error.message.includes("authentication provider 'ninjaone'");
}

export async function offerInstall(): Promise<void> {
  const message = 'This command needs the extension NinjaOne API Explorer, which is not installed or not enabled.';
  if ((await vscode.window.showErrorMessage(message, 'Install')) !== 'Install') {
    return;
  }
  try {
    const id = 'ninjaone-community.ninjaone-authentication';
    await vscode.commands.executeCommand('workbench.extensions.installExtension', id);
  } catch (error) {
    if (isCanceled(error)) {
      throw error;
    }
    // For example because the gallery of this editor does not have it.
    const reason = error instanceof Error ? error.message : String(error);
    const advice = 'Run "Extensions: Install from VSIX…" and select ninjaone-authentication.vsix.';
    throw new Error(`NinjaOne API Explorer could not be installed from the gallery. ${advice} (${reason})`, {
      cause: error,
    });
  }
}

/** A customer is a connection. Its id stays when the user renames it. Its name does not. */
export type Customer = Pick<ConnectionInfo, 'id' | 'name'>;

const CUSTOMERS = 'ninjaone.customers';

export function customersIn(state: vscode.Memento): readonly Customer[] {
  return state.get(CUSTOMERS, []);
}

/** The only request that names no connection: the user chooses one. */
export async function chooseCustomer(state: vscode.Memento): Promise<Customer> {
  const session = await vscode.authentication.getSession('ninjaone', ['monitoring'], {
    createIfNone: { detail: 'It reads the devices of the connection that you choose.' },
    // Without it, VS Code does not ask if your extension has an account already.
    clearSessionPreference: true,
  });
  const connection = await connectionOf(session);
  if (!connection) {
    throw new Error('The sign-in has ended already. Try again.');
  }
  const { id, name } = connection;
  const others = customersIn(state).filter((customer) => customer.id !== id);
  await state.update(CUSTOMERS, [...others, { id, name }]);
  await state.update(accountKey(connection, ['monitoring']), session.account);
  return { id, name };
}

export async function forgetCustomer(state: vscode.Memento, { id }: Customer): Promise<void> {
  const keys = state.keys().filter((key) => key.startsWith(`ninjaone.account/${id}/`));
  await Promise.all(keys.map((key) => state.update(key, undefined)));
  await state.update(
    CUSTOMERS,
    customersIn(state).filter((customer) => customer.id !== id),
  );
}

/** Works in remote windows, too. The answer is `undefined` if the session has ended. */
function connectionOf(session: vscode.AuthenticationSession): Thenable<ConnectionInfo | undefined> {
  return vscode.commands.executeCommand('ninjaone.getConnection', session);
}

function accountKey({ id }: Customer, scopes: readonly NinjaOneScope[]): string {
  return `ninjaone.account/${id}/${scopes.join(' ')}`;
}

export interface CustomerSession {
  readonly session: vscode.AuthenticationSession;
  /** Has the name of today: show this one, above all before a change. */
  readonly connection: ConnectionInfo;
}

export interface RequestOptions {
  readonly scopes?: readonly NinjaOneScope[];
  /** Opens nothing: rejects with `NeedsUserError` instead. */
  readonly silent?: boolean;
}

export class NeedsUserError extends Error {
  override readonly name = 'NeedsUserError';
}

/** A session of this customer and of no other. */
export async function customerSession(
  state: vscode.Memento,
  customer: Customer,
  options: RequestOptions = {},
): Promise<CustomerSession> {
  const { scopes = ['monitoring'], silent = false } = options;
  const request = [...scopes, `connection:${customer.id}`];
  // There is one account for each set of scopes. The first request for a set has none.
  const key = accountKey(customer, scopes);
  const account = state.get<vscode.AuthenticationSessionAccountInformation>(key);
  const known = account ? { account } : {};
  try {
    let session = await vscode.authentication.getSession('ninjaone', request, { ...known, silent: true });
    if (!session && silent) {
      throw new NeedsUserError(`${customer.name} needs a sign-in or your permission.`);
    }
    const detail = `It needs ${scopes.join(' and ')} of ${customer.name}.`;
    session ??= await vscode.authentication.getSession('ninjaone', request, { ...known, createIfNone: { detail } });
    const connection = await connectionOf(session);
    if (connection?.id !== customer.id) {
      throw new Error(`The session is not one of ${customer.name}, so nothing was sent. Try again.`);
    }
    await state.update(key, session.account);
    if (connection.name !== customer.name) {
      const rename = (each: Customer) => (each.id === customer.id ? { id: each.id, name: connection.name } : each);
      await state.update(CUSTOMERS, customersIn(state).map(rename));
    }
    return { session, connection };
  } catch (error) {
    const name = ninjaOneErrorName(error);
    if (account && name === 'NinjaOneAccountLacksScopes') {
      // The user took a scope of this account away from the connection.
      await state.update(key, undefined);
      return customerSession(state, customer, options);
    }
    if (name === 'NinjaOneAccountGone') {
      // Not another connection instead: that would be another customer.
      const message = `The connection ${customer.name} is not in the settings. Restore it, or run Forget Customer.`;
      throw Object.assign(new Error(message, { cause: error }), { name });
    }
    throw error;
  }
}

/** All customers, with the names of today where that is known without asking the user. */
export async function listCustomers(state: vscode.Memento): Promise<(Customer & { needsUser: boolean })[]> {
  const list = customersIn(state).map(async (customer) => {
    try {
      const found = await within(2_000, customerSession(state, customer, { silent: true }));
      return { id: customer.id, name: found?.connection.name ?? customer.name, needsUser: !found };
    } catch (error) {
      if (error instanceof NeedsUserError) {
        return { ...customer, needsUser: true };
      }
      throw error;
    }
  });
  return Promise.all(list);
}

/** `undefined` means "not now". */
export async function within<T>(milliseconds: number, task: Thenable<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  return Promise.race([task, late]).finally(() => clearTimeout(timer));
}

export interface CallOptions extends RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
}

/** Calls the API. `data` is the JSON of the response, and `connection` tells which customer it is about. */
export async function callApi(
  state: vscode.Memento,
  customer: Customer,
  path: string,
  options: CallOptions = {},
): Promise<{ data: unknown; connection: ConnectionInfo }> {
  let current = await customerSession(state, customer, options);
  let response = await send(current, path, options);
  if (response.status === 401) {
    const { session, connection } = current;
    const outcome = await vscode.commands.executeCommand<RefreshOutcome>('ninjaone.refreshToken', session);
    if (outcome === 'unreachable') {
      throw new Error(`NinjaOne could not renew the sign-in of ${connection.name}. Try again later.`);
    }
    // If NinjaOne ended the session, this asks the user to sign in again, unless `silent` is set.
    current = await customerSession(state, connection, options);
    // With the same token, the answer would be the same: the user lacks a right.
    if (current.session.accessToken !== session.accessToken) {
      response = await send(current, path, options);
    }
  }
  const { connection } = current;
  if (!response.ok) {
    throw new Error(`NinjaOne refused the request for ${connection.name} with status ${response.status}.`);
  }
  return { data: response.text === '' ? undefined : JSON.parse(response.text), connection };
}

async function send({ session, connection }: CustomerSession, path: string, { method = 'GET', body }: CallOptions) {
  for (let isFirst = true; ; isFirst = false) {
    try {
      const response = await fetch(connection.apiUrl + path, {
        method,
        headers: { authorization: `Bearer ${session.accessToken}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // A redirect would take the token to another host.
        redirect: 'error',
      });
      const seconds = isFirst ? secondsToWait(response, method) : undefined;
      if (seconds === undefined || seconds > 30) {
        return { ok: response.ok, status: response.status, text: await response.text() };
      }
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    } catch (cause) {
      // Without this, the user would read "fetch failed".
      const message = `NinjaOne could not be reached for ${connection.name}. Check your network connection.`;
      throw new Error(message, { cause });
    }
  }
}

/** A request that was answered with 429 was not executed. After 503 nobody knows, so a change is not sent again. */
function secondsToWait({ status, headers }: Response, method: string): number | undefined {
  const value = headers.get('retry-after');
  if (value === null || (status !== 429 && !(status === 503 && method === 'GET'))) {
    return undefined;
  }
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
