import * as vscode from 'vscode';
import type { ConnectionInfo, NinjaOneErrorName, NinjaOneScope, RefreshOutcome } from './ninjaone';

const NINJAONE = 'ninjaone-community.ninjaone-authentication';

// Request few scopes. None includes another.
const READ: readonly NinjaOneScope[] = ['monitoring'];
const READ_AND_WRITE: readonly NinjaOneScope[] = ['monitoring', 'management'];

/** A customer is a connection of the NinjaOne extension. Its id stays when the user renames it. */
type Customer = Pick<ConnectionInfo, 'id' | 'name'>;

interface Device {
  readonly id: number;
  readonly displayName?: string;
  readonly systemName?: string;
}

export function activate({ globalState, subscriptions }: vscode.ExtensionContext): void {
  const register = (name: string, task: () => Promise<unknown>) =>
    vscode.commands.registerCommand(`ninjaoneConsumer.${name}`, () => withErrorMessage(task));
  subscriptions.push(
    register('addCustomer', () => addCustomer(globalState, { clearSessionPreference: true })),
    register('countOrganizations', () => countOrganizations(globalState)),
    register('renameDevice', () => renameDevice(globalState)),
    register('forgetCustomer', () => forgetCustomer(globalState)),
  );
}

async function countOrganizations(state: vscode.Memento): Promise<number> {
  const customer = await requireCustomer(state);
  const organizations = (await call(state, customer, '/organizations')) as readonly unknown[];
  void vscode.window.showInformationMessage(`NinjaOne has ${organizations.length} organizations.`);
  return organizations.length;
}

async function renameDevice(state: vscode.Memento): Promise<void> {
  const customer = await requireCustomer(state);
  const devices = (await call(state, customer, '/devices?pageSize=100')) as readonly Device[];
  const items = devices.map(({ id, displayName, systemName }) => ({ label: displayName ?? systemName ?? `${id}`, id }));
  const item = await vscode.window.showQuickPick(items, { title: `Rename which device of ${customer.name}?` });
  const displayName = item && (await vscode.window.showInputBox({ title: `New name of ${item.label}` }));
  if (item && displayName) {
    await call(state, customer, `/device/${item.id}`, {
      scopes: READ_AND_WRITE,
      method: 'PATCH',
      body: { displayName },
    });
    void vscode.window.showInformationMessage(`Renamed ${item.label} of ${customer.name} to ${displayName}.`);
  }
}

/**
 * The only request that names no connection: the user chooses one. `clearSessionPreference` makes VS Code ask although
 * this extension has an account already.
 */
async function addCustomer(
  state: vscode.Memento,
  options: { readonly clearSessionPreference?: boolean } = {},
): Promise<Customer> {
  const detail = 'It reads organizations and devices of the connection that you choose.';
  const session = await vscode.authentication.getSession('ninjaone', READ, { ...options, createIfNone: { detail } });
  const connection = await connectionOf(session);
  if (!connection) {
    throw new Error('The sign-in has ended already. Try again.');
  }
  await state.update(accountKey(connection, READ), session.account);
  return keepCustomer(state, connection);
}

async function forgetCustomer(state: vscode.Memento): Promise<void> {
  const customer = await pickCustomer(state);
  if (customer) {
    const keys = state.keys().filter((key) => key.startsWith(accountKey(customer, [])));
    await Promise.all(keys.map((key) => state.update(key, undefined)));
    await state.update(
      'customers',
      customersIn(state).filter(({ id }) => id !== customer.id),
    );
  }
}

/**
 * A session of this customer and of no other. `connection:<id>` limits the request to the connection. The account that
 * VS Code returned the last time makes the answer silent, also when the user has several accounts. There is one account
 * for each set of scopes, so the first request for more scopes has none.
 */
async function getSession(
  state: vscode.Memento,
  customer: Customer,
  scopes: readonly NinjaOneScope[] = READ,
): Promise<vscode.AuthenticationSession> {
  const key = accountKey(customer, scopes);
  const account = state.get<vscode.AuthenticationSessionAccountInformation>(key);
  const options = account ? { account } : {};
  const request = [...scopes, `connection:${customer.id}`];
  try {
    const session =
      (await vscode.authentication.getSession('ninjaone', request, { ...options, silent: true })) ??
      (await vscode.authentication.getSession('ninjaone', request, { ...options, createIfNone: true }));
    await state.update(key, session.account);
    return session;
  } catch (error) {
    const name = ninjaOneErrorName(error);
    if (account && name === 'NinjaOneAccountLacksScopes') {
      // The connection may not use all scopes of the account any more. It is still the same connection without it.
      await state.update(key, undefined);
      return getSession(state, customer, scopes);
    }
    // Not another connection instead: that would be another customer.
    throw name === 'NinjaOneAccountGone'
      ? new Error(`The connection ${customer.name} is not in the settings. Restore it, or run Forget Customer.`)
      : error;
  }
}

interface CallOptions {
  readonly scopes?: readonly NinjaOneScope[];
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
}

/** Calls the API. After a 401, the token is refreshed and the request is sent once more. */
async function call(state: vscode.Memento, customer: Customer, path: string, options: CallOptions = {}) {
  const session = await getSession(state, customer, options.scopes);
  let response = await send(state, customer, session, path, options);
  if (response.status === 401) {
    const outcome = await vscode.commands.executeCommand<RefreshOutcome>('ninjaone.refreshToken', session);
    if (outcome === 'unreachable') {
      throw new Error(`NinjaOne could not renew the sign-in of ${customer.name}. Try again later.`);
    }
    // If NinjaOne ended the session, this asks the user to sign in again.
    const next = await getSession(state, customer, options.scopes);
    // With the same token, the answer would be the same: the user lacks a right.
    if (next.accessToken !== session.accessToken) {
      response = await send(state, customer, next, path, options);
    }
  }
  if (!response.ok) {
    throw new Error(`NinjaOne refused the request for ${customer.name} with status ${response.status}.`);
  }
  return response.status === 204 ? undefined : response.json();
}

async function send(
  state: vscode.Memento,
  customer: Customer,
  session: vscode.AuthenticationSession,
  path: string,
  { method = 'GET', body }: CallOptions,
): Promise<Response> {
  const connection = await connectionOf(session);
  // The last check before anything is sent: the token belongs to this customer.
  if (connection?.id !== customer.id) {
    throw new Error(`The session is not one of ${customer.name}, so nothing was sent.`);
  }
  await keepCustomer(state, connection);
  try {
    return await fetch(connection.apiUrl + path, {
      method,
      headers: { authorization: `Bearer ${session.accessToken}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // A redirect would take the token to another host.
      redirect: 'error',
    });
  } catch (cause) {
    throw new Error(`NinjaOne could not be reached for ${customer.name}. Check your network connection.`, { cause });
  }
}

/** The command works in remote windows, too. Its answer is `undefined` when the session is gone. */
function connectionOf({ id, accessToken }: vscode.AuthenticationSession): Thenable<ConnectionInfo | undefined> {
  return vscode.commands.executeCommand('ninjaone.getConnection', { id, accessToken });
}

async function requireCustomer(state: vscode.Memento): Promise<Customer> {
  const customer = customersIn(state).length > 0 ? await pickCustomer(state) : await addCustomer(state);
  if (!customer) {
    throw new vscode.CancellationError();
  }
  return customer;
}

async function pickCustomer(state: vscode.Memento): Promise<Customer | undefined> {
  const customers = customersIn(state);
  if (customers.length < 2) {
    return customers[0];
  }
  const items = customers.map((customer) => ({ label: customer.name, customer }));
  return (await vscode.window.showQuickPick(items, { title: 'Which customer?' }))?.customer;
}

/** Keeps the id, and the name that the connection has today. */
async function keepCustomer(state: vscode.Memento, { id, name }: Customer): Promise<Customer> {
  const customers = customersIn(state);
  if (!customers.some((customer) => customer.id === id && customer.name === name)) {
    const others = customers.filter((customer) => customer.id !== id);
    await state.update('customers', [...others, { id, name }]);
  }
  return { id, name };
}

function customersIn(state: vscode.Memento): readonly Customer[] {
  return state.get('customers', []);
}

function accountKey({ id }: Customer, scopes: readonly NinjaOneScope[]): string {
  return `account/${id}/${scopes.join(' ')}`;
}

/** Shows what went wrong, because neither VS Code nor the NinjaOne extension does. Shows nothing if the user canceled. */
async function withErrorMessage(task: () => Promise<unknown>): Promise<unknown> {
  try {
    return await task();
  } catch (error) {
    if (isMissing(error)) {
      void withErrorMessage(offerInstall);
    } else if (ninjaOneErrorName(error) !== 'Canceled') {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
    return undefined;
  }
}

/** VS Code says so, in English, after it has waited for 5 seconds. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && error.message.includes("authentication provider 'ninjaone'");
}

/** The request works as soon as the extension is installed. The window does not have to be reloaded. */
async function offerInstall(): Promise<void> {
  const message = 'This command needs the extension NinjaOne Authentication, which is not installed or not enabled.';
  if ((await vscode.window.showErrorMessage(message, 'Install')) === 'Install') {
    await vscode.commands.executeCommand('workbench.extensions.installExtension', NINJAONE);
  }
}

// The next two functions are copied from ninjaone.d.ts.

function isCanceled(error: unknown): boolean {
  return error instanceof Error
    ? error.name === 'Canceled' || error.message === 'User did not consent to login.'
    : error === 'User did not consent to account access';
}

function ninjaOneErrorName(error: unknown): NinjaOneErrorName | undefined {
  if (isCanceled(error)) {
    return 'Canceled';
  }
  return error instanceof Error && error.name.startsWith('NinjaOne') ? (error.name as NinjaOneErrorName) : undefined;
}
