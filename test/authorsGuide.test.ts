import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ConnectionInfo } from '../ninjaone.d.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { compileTypeScript } from './support/authors/compileTypeScript.ts';
import { FakeCustomers } from './support/authors/fakeCustomers.ts';
import { loadExtension } from './support/authors/loadExtension.ts';

const GUIDE = readFileSync('docs/authors.md', 'utf8');
const README = readFileSync('README.md', 'utf8');
const TYPES = readFileSync('ninjaone.d.ts', 'utf8');

/** Where the functions of the guide are. */
const CLIENT = readFileSync('examples/consumer-ts/src/ninjaoneClient.ts', 'utf8');

const STRICT = {
  target: 'ES2022',
  lib: ['ES2022'],
  module: 'node16',
  types: ['node', 'vscode'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
};

/** The code blocks of a page in one language. */
function blocksOf(page: string, language: string): readonly string[] {
  return [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , code = '']) => code);
}

/** The blocks of the guide that are code of an author, which uses the functions of `ninjaoneClient.ts`. */
function ownBlocks(): readonly string[] {
  return blocksOf(GUIDE, 'ts').filter((code) => code.includes("from './ninjaoneClient'"));
}

/** The first block stands alone. */
function clientBlocks(): readonly string[] {
  return blocksOf(GUIDE, 'ts').filter((code, index) => index > 0 && !ownBlocks().includes(code));
}

function compiled(code: string, options: object = {}): string {
  const { problems, code: result } = compileTypeScript(
    { 'main.ts': code, 'ninjaone.d.ts': TYPES, 'ninjaoneClient.ts': CLIENT },
    { ...STRICT, ...options },
  );
  assert.deepEqual(problems, []);
  return result;
}

describe('docs/authors.md', () => {
  it('has the file ninjaoneClient.ts of the example, block by block (X8)', () => {
    assert.equal(clientBlocks().join('\n'), CLIENT);
    assert.ok(ownBlocks().length >= 3);
  });

  it('has code that compiles with the strictest settings, with the types of Node or the DOM (X8)', function () {
    this.timeout(60_000);
    for (const code of [CLIENT, ...blocksOf(GUIDE, 'ts').slice(0, 1), ...blocksOf(README, 'ts')]) {
      compiled(code);
      compiled(code, { lib: ['ES2022', 'DOM'], types: ['vscode'] });
    }
    for (const code of ownBlocks()) {
      compiled(`import * as vscode from 'vscode';\n${code}`);
    }
  });

  it('begins with ten lines in each language (X8)', () => {
    for (const language of ['js', 'ts']) {
      const [first = ''] = new RegExp(`\`\`\`${language}\\n[^]*?\`\`\``).exec(GUIDE) ?? [];
      const body = /^(?:export )?async function listDevices.*\n([^]*?)^\}/m.exec(first)?.[1] ?? '';
      assert.equal(body.trim().split('\n').length, 10, language);
    }
  });

  it('has the members, outcomes and error names of the types, each once and in the same order (X3, X6, X7)', () => {
    assert.deepEqual(firstColumn('After a 401'), literalsOf('RefreshOutcome'));
    assert.deepEqual(firstColumn('Errors'), literalsOf('NinjaOneErrorName'));
    assert.deepEqual(firstColumn('Scopes'), literalsOf('NinjaOneScope'));
    const [, members = ''] = /interface ConnectionInfo \{([^]*?)^\}/m.exec(TYPES) ?? [];
    assert.deepEqual(
      firstColumn('Call the API'),
      [...members.matchAll(/readonly (\w+):/g)].map(([, name]) => name),
    );
  });

  it('quotes the functions for errors as the types do (X6)', () => {
    const [, quoted = ''] = /```ts\n([^]*?) \* ```/.exec(TYPES) ?? [];
    assert.match(quoted, /function isCanceled[^]+function ninjaOneErrorName/);
    assert.ok(CLIENT.replace(/^export /gm, '').includes(quoted.replace(/^ \* ?/gm, '')));
  });

  it('has commands that the sandbox understands (X8)', async () => {
    const sandbox = await startSandbox();
    try {
      const commands = [
        ...blocksOf(GUIDE, 'sh')
          .join('')
          .matchAll(/^curl http:\/\/127\.0\.0\.1:8765(\S+) --json '(.*)'$/gm),
      ];
      assert.equal(commands.length, 3);
      const statuses: number[] = [];
      for (const [, address = '', body = ''] of commands) {
        const headers = { 'content-type': 'application/json' };
        const response = await fetch(sandbox.baseUrl + address, { method: 'POST', headers, body });
        assert.equal(response.status, 204, body);
        statuses.push((await fetch(`${sandbox.baseUrl}/v2/devices`)).status);
        statuses.push((await fetch(`${sandbox.baseUrl}/ws/oauth/token`, { method: 'POST' })).status);
      }
      assert.deepEqual([statuses[0], statuses[3]], [401, 503]);
      assert.deepEqual((await fetch(`${sandbox.baseUrl}/sandbox/state`)).status, 200);
    } finally {
      await sandbox.stop();
    }
  });

  it('starts a second sandbox that has the devices of the first one and ten more (X8)', async () => {
    const [, count = ''] = /--port 8766 --devices (\d+)$/m.exec(blocksOf(GUIDE, 'sh').join('')) ?? [];
    const first = await startSandbox();
    const second = await startSandbox({ devices: Number(count) });
    try {
      const ids = second.tenant.devices.map(({ id }) => id);
      assert.deepEqual(
        ids.slice(0, 10),
        first.tenant.devices.map(({ id }) => id),
      );
      assert.equal(ids.length, 20);
    } finally {
      await first.stop();
      await second.stop();
    }
  });
});

describe('the code of the guide for extension authors', () => {
  let customers: FakeCustomers;
  let guide: Guide;
  const programs: Record<string, string> = {};
  let client = '';

  before(function () {
    this.timeout(60_000);
    programs['JavaScript'] = `${blocksOf(GUIDE, 'js').join('')}\nmodule.exports = { listDevices };`;
    programs['TypeScript'] = compiled(blocksOf(GUIDE, 'ts')[0] ?? '');
    programs['README'] = compiled(blocksOf(README, 'ts').join(''));
    const own = ownBlocks().map((code) => code.replace(/^import .*\n/gm, ''));
    client = compiled([CLIENT, ...own].join(''));
  });

  beforeEach(() => {
    customers = new FakeCustomers();
    guide = loadExtension(client, customers.editor.vscode) as unknown as Guide;
  });

  afterEach(() => customers.stop());

  for (const program of ['JavaScript', 'TypeScript', 'README']) {
    it(`lists devices (${program}): asks once, is silent then, and stays with its connection (X7, X8)`, async () => {
      const { editor } = customers;
      const acme = await customers.add('Acme');
      await customers.add('Bolt');
      const { listDevices } = loadExtension(programs[program] ?? '', editor.vscode) as {
        readonly listDevices: (context: object) => Promise<unknown>;
      };
      const devices = [{ id: 7, systemName: 'PC of Acme' }];
      assert.deepEqual(await listDevices(editor.context), devices);
      assert.deepEqual(editor.shown.splice(0), ['consent', 'sign-in to Acme with monitoring']);
      assert.deepEqual(await listDevices(editor.context), devices);
      assert.deepEqual(editor.shown, []);

      // The user works with another customer elsewhere, and signs out of this one.
      editor.answers = { connection: 'Bolt' };
      await request(['monitoring']);
      editor.shown.length = 0;
      editor.signOut(acme.id);
      assert.deepEqual(await listDevices(editor.context), devices);
      assert.deepEqual(editor.shown, ['consent', 'sign-in to Acme with monitoring']);
      assert.deepEqual([...new Set(customers.received.map(({ customer }) => customer))], ['Acme']);
    });
  }

  it('chooses a customer, stays with it, and gets more scopes of the same one (X7)', async () => {
    const { callApi, chooseCustomer, customerSession, renameFirstDevice } = guide;
    const { editor } = customers;
    const { globalState } = editor.context;
    await customers.add('Acme');
    const bolt = await customers.add('Bolt');
    editor.answers = { connection: 'Acme' };
    await chooseCustomer(globalState);
    editor.answers = { connection: 'Bolt' };
    const customer = await chooseCustomer(globalState);
    assert.equal(customer.id, bolt.id);
    editor.answers = { connection: 'Acme', button: 'Rename' };
    editor.shown.length = 0;
    const { connection } = await customerSession(globalState, customer);
    assert.deepEqual([connection.id, editor.shown], [bolt.id, []]);
    const question = 'warning: Rename PC of Bolt of Bolt to Server?';
    await renameFirstDevice(globalState, customer, 'Server');
    assert.deepEqual(editor.shown.splice(0), [question, 'consent', 'sign-in to Bolt with monitoring management']);
    assert.equal(editor.details.at(-1), 'It needs monitoring and management of Bolt.');
    await renameFirstDevice(globalState, customer, 'Server');
    assert.deepEqual(editor.shown, [question]);
    editor.connectionOverride = { id: 'another' };
    const [write] = customers.received.splice(0).filter(({ method }) => method === 'PATCH');
    assert.deepEqual([write?.customer, write?.path, write?.body], ['Bolt', '/v2/device/7', { displayName: 'Server' }]);
    await assert.rejects(callApi(globalState, customer, '/devices'), /not one of Bolt/);
    assert.deepEqual(customers.received, []);
  });

  it('keeps each customer once, with the name of today, until it is forgotten (X7, X8)', async () => {
    const { callApi, chooseCustomer, customersIn, forgetCustomer, listCustomers } = guide;
    const { editor } = customers;
    const { globalState } = editor.context;
    const acme = await customers.add('Acme');
    const bolt = await customers.add('Bolt');
    for (const connection of ['Acme', 'Bolt', 'Acme']) {
      editor.answers = { connection };
      await chooseCustomer(globalState);
    }
    const [first, second] = customersIn(globalState);
    assert.deepEqual(customersIn(globalState), [
      { id: bolt.id, name: 'Bolt' },
      { id: acme.id, name: 'Acme' },
    ]);
    assert.ok(first && second);
    editor.shown.length = 0;
    [acme.name, bolt.name] = ['Bolt', 'Acme'];
    const { connection } = await callApi(globalState, first, '/devices');
    assert.deepEqual([connection.id, connection.name], [bolt.id, 'Acme'], 'the same customer with its new name');
    assert.equal(customersIn(globalState)[0]?.name, 'Acme');
    assert.deepEqual(await listCustomers(globalState), [
      { id: bolt.id, name: 'Acme', needsUser: false },
      { id: acme.id, name: 'Bolt', needsUser: false },
    ]);
    assert.deepEqual(editor.shown, []);
    await forgetCustomer(globalState, first);
    assert.deepEqual(customersIn(globalState), [{ id: acme.id, name: 'Bolt' }]);
    assert.ok(!JSON.stringify([...editor.state]).includes(bolt.id));
  });

  it('opens nothing in the background, and tells which customer needs the user (X8)', async () => {
    const { callApi, chooseCustomer, treeItems } = guide;
    const { editor } = customers;
    const { globalState } = editor.context;
    for (const name of ['Acme', 'Bolt']) {
      await customers.add(name);
      editor.answers = { connection: name };
      await chooseCustomer(globalState);
    }
    const [acme, bolt] = editor.connections;
    assert.ok(acme && bolt);
    editor.shown.length = 0;
    editor.signOut(acme.id);
    const labels = (await treeItems(globalState)).map(({ label }) => label);
    assert.deepEqual(labels, ['Acme: sign in…', 'Bolt']);
    await assert.rejects(callApi(globalState, acme, '/devices', { silent: true }), { name: 'NeedsUserError' });
    customers.status = 401;
    editor.refresh = ({ connectionId }) => {
      editor.signOut(connectionId);
      return 'ended';
    };
    await assert.rejects(callApi(globalState, bolt, '/devices', { silent: true }), /^NeedsUserError: Bolt needs/);
    assert.deepEqual(editor.shown, []);
  });

  it('waits once as long as NinjaOne says, and sends a change again after 429 only (X8)', async () => {
    const { callApi, chooseCustomer } = guide;
    const { globalState } = customers.editor.context;
    await customers.add('Acme');
    const customer = await chooseCustomer(globalState);
    const change = { method: 'PATCH', body: {} };
    const past = new Date(0).toUTCString();
    for (const [options, status, retryAfter, sent] of [
      [{}, 429, '0', 2],
      [{}, 503, past, 2],
      [change, 429, past, 2],
      [change, 503, '0', 1],
      [{}, 429, '31', 1],
      [{}, 429, 'soon', 1],
    ] as const) {
      customers.busy.push({ status, retryAfter });
      const call = callApi(globalState, customer, '/devices', options);
      await (sent === 2 ? call : assert.rejects(call, new RegExp(`for Acme with status ${status}`)));
      assert.equal(customers.takeReceived().length, sent, `${status} ${retryAfter}`);
    }
    customers.busy.push({ status: 429, retryAfter: '0' }, { status: 429, retryAfter: '0' });
    await assert.rejects(callApi(globalState, customer, '/devices'), /status 429/);
    customers.stop();
    await assert.rejects(callApi(globalState, customer, '/devices'), /could not be reached for Acme/);
  });

  it('limits the time of a request (X8)', async () => {
    const { within } = guide;
    assert.equal(await within(60_000, Promise.resolve('now')), 'now');
    assert.equal(await within(1, new Promise(() => {})), undefined);
    await assert.rejects(within(60_000, Promise.reject(new Error('no'))), /no/);
  });

  it('registers a command that asks once for a customer (X8)', async () => {
    const { editor } = customers;
    await customers.add('Acme');
    guide.activate(editor.context);
    await editor.run('yours.countDevices');
    await editor.run('yours.countDevices');
    assert.deepEqual(editor.shown, [
      'consent',
      'sign-in to Acme with monitoring',
      ...Array<string>(2).fill('info: Acme has 1 devices.'),
    ]);
  });

  function request(scopes: readonly string[]): Promise<unknown> {
    return customers.editor.vscode.authentication.getSession('ninjaone', scopes, {
      createIfNone: true,
      clearSessionPreference: true,
    });
  }
});

type State = FakeCustomers['editor']['context']['globalState'];
type Customer = Pick<ConnectionInfo, 'id' | 'name'>;

/** What the blocks export. */
interface Guide {
  readonly activate: (context: object) => void;
  readonly callApi: (
    state: State,
    customer: Customer,
    path: string,
    options?: object,
  ) => Promise<{ readonly connection: ConnectionInfo }>;
  readonly chooseCustomer: (state: State) => Promise<Customer>;
  readonly customersIn: (state: State) => readonly Customer[];
  readonly customerSession: (state: State, customer: Customer) => Promise<{ readonly connection: ConnectionInfo }>;
  readonly forgetCustomer: (state: State, customer: Customer) => Promise<void>;
  readonly listCustomers: (state: State) => Promise<readonly unknown[]>;
  readonly renameFirstDevice: (state: State, customer: Customer, name: string) => Promise<void>;
  readonly treeItems: (state: State) => Promise<readonly { readonly label: string }[]>;
  readonly within: <T>(milliseconds: number, task: Promise<T>) => Promise<T | undefined>;
}

/** The code in the first column of the first table of a section. */
function firstColumn(title: string): readonly string[] {
  const start = GUIDE.indexOf(`\n## ${title}\n`);
  assert.ok(start >= 0, title);
  const [table = ''] = /^\|[^]*?\n\n/m.exec(GUIDE.slice(start)) ?? [];
  return [...table.replace(/^.*\n/, '').matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name);
}

function literalsOf(type: string): readonly string[] {
  const [, union = ''] = new RegExp(`type ${type} =([^;]*);`).exec(TYPES) ?? [];
  return [...union.matchAll(/'(\w+)'/g)].map(([, literal = '']) => literal);
}
