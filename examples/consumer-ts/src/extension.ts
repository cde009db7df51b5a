import * as vscode from 'vscode';
import {
  callApi,
  chooseCustomer,
  customersIn,
  forgetCustomer,
  listCustomers,
  withErrorMessage,
  type Customer,
} from './ninjaoneClient';

interface Device {
  readonly id: number;
  readonly displayName?: string;
  readonly systemName?: string;
}

export function activate({ globalState, subscriptions }: vscode.ExtensionContext): void {
  const register = (name: string, task: () => Promise<unknown>) =>
    vscode.commands.registerCommand(`ninjaoneConsumer.${name}`, () => withErrorMessage(task));
  subscriptions.push(
    register('addCustomer', () => chooseCustomer(globalState)),
    register('countOrganizations', () => countOrganizations(globalState)),
    register('renameDevice', () => renameDevice(globalState)),
    register('forgetCustomer', () => forgetOne(globalState)),
  );
}

async function countOrganizations(state: vscode.Memento): Promise<number> {
  const { data, connection } = await callApi(state, await requireCustomer(state), '/organizations');
  const organizations = data as readonly unknown[];
  void vscode.window.showInformationMessage(`${connection.name} has ${organizations.length} organizations.`);
  return organizations.length;
}

async function renameDevice(state: vscode.Memento): Promise<void> {
  // The connection has the name that the user gave to it last. The name in the list of customers may be older.
  const { data, connection } = await callApi(state, await requireCustomer(state), '/devices?pageSize=100');
  const devices = data as readonly Device[];
  const items = devices.map(({ id, displayName, systemName }) => ({ label: displayName ?? systemName ?? `${id}`, id }));
  const item = await vscode.window.showQuickPick(items, { title: `Rename which device of ${connection.name}?` });
  const title = item && `New name of ${item.label} of ${connection.name}`;
  const displayName = title && (await vscode.window.showInputBox({ title }));
  if (item && displayName) {
    const { connection: changed } = await callApi(state, connection, `/device/${item.id}`, {
      // None includes another.
      scopes: ['monitoring', 'management'],
      method: 'PATCH',
      body: { displayName },
    });
    void vscode.window.showInformationMessage(`Renamed ${item.label} of ${changed.name} to ${displayName}.`);
  }
}

async function forgetOne(state: vscode.Memento): Promise<void> {
  const customer = await pickCustomer(state);
  if (customer) {
    await forgetCustomer(state, customer);
  }
}

async function requireCustomer(state: vscode.Memento): Promise<Customer> {
  const customer = customersIn(state).length > 0 ? await pickCustomer(state) : await chooseCustomer(state);
  if (!customer) {
    throw new vscode.CancellationError();
  }
  return customer;
}

async function pickCustomer(state: vscode.Memento): Promise<Customer | undefined> {
  const customers = await listCustomers(state);
  if (customers.length < 2) {
    return customers[0];
  }
  const items = customers.map((customer) => ({
    label: customer.name,
    description: customer.needsUser ? 'asks you first' : '',
    customer,
  }));
  return (await vscode.window.showQuickPick(items, { title: 'Which customer?' }))?.customer;
}
