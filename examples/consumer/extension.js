const vscode = require('vscode');
const {
  callApi,
  chooseCustomer,
  customersIn,
  forgetCustomer,
  listCustomers,
  withErrorMessage,
} = require('./ninjaoneClient');

function activate({ globalState, subscriptions }) {
  const register = (name, task) =>
    vscode.commands.registerCommand(`ninjaoneConsumer.${name}`, () => withErrorMessage(task));
  subscriptions.push(
    register('addCustomer', () => chooseCustomer(globalState)),
    register('countOrganizations', () => countOrganizations(globalState)),
    register('renameDevice', () => renameDevice(globalState)),
    register('forgetCustomer', () => forgetOne(globalState)),
  );
}

async function countOrganizations(state) {
  const { data, connection } = await callApi(state, await requireCustomer(state), '/organizations');
  const organizations = data;
  void vscode.window.showInformationMessage(`${connection.name} has ${organizations.length} organizations.`);
  return organizations.length;
}

async function renameDevice(state) {
  // The connection has the name that the user gave to it last. The name in the list of customers may be older.
  const { data, connection } = await callApi(state, await requireCustomer(state), '/devices?pageSize=100');
  const devices = data;
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

async function forgetOne(state) {
  const customer = await pickCustomer(state);
  if (customer) {
    await forgetCustomer(state, customer);
  }
}

async function requireCustomer(state) {
  const customer = customersIn(state).length > 0 ? await pickCustomer(state) : await chooseCustomer(state);
  if (!customer) {
    throw new vscode.CancellationError();
  }
  return customer;
}

async function pickCustomer(state) {
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

module.exports = { activate };
