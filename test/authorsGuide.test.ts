import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ConnectionInfo } from '../ninjaone.d.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { compileTypeScript } from './support/authors/compileTypeScript.ts';
import { FakeCustomers } from './support/authors/fakeCustomers.ts';
import { failure } from './support/authors/fakeEditor.ts';
import { loadExtension } from './support/authors/loadExtension.ts';

const GUIDE = readFileSync('docs/authors.md', 'utf8');
const README = readFileSync('README.md', 'utf8');
const TYPES = readFileSync('ninjaone.d.ts', 'utf8');

/** The types are copied into the sources of an author, beside the file that has the code of the page. */
const STRICT = { target: 'ES2022', lib: ['ES2022'], module: 'node16', types: ['node', 'vscode'], strict: true };

/** All code blocks of a page in one language are one file. */
function codeOf(page: string, language: string): string {
  return [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , code = '']) => code)
    .join('\n');
}

function compiled(code: string): string {
  const { problems, code: result } = compileTypeScript(
    { 'main.ts': code, 'ninjaone.d.ts': TYPES },
    { ...STRICT, skipLibCheck: true },
  );
  assert.deepEqual(problems, []);
  return result;
}

describe('docs/authors.md', () => {
  it('has code that compiles with strict TypeScript, all blocks as one file (X8)', function () {
    this.timeout(60_000);
    compiled(codeOf(GUIDE, 'ts'));
    compiled(codeOf(README, 'ts'));
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
    assert.ok(codeOf(GUIDE, 'ts').includes(quoted.replace(/^ \* ?/gm, '')));
  });

  it('has commands that the sandbox understands (X8)', async () => {
    const sandbox = await startSandbox();
    try {
      const commands = [...codeOf(GUIDE, 'sh').matchAll(/^curl http:\/\/127\.0\.0\.1:8765(\S+) --json '(.*)'$/gm)];
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
});

describe('the code of the guide for extension authors', () => {
  let customers: FakeCustomers;
  let guide: Readonly<Record<string, unknown>>;
  const programs: Record<string, string> = {};

  before(function () {
    this.timeout(60_000);
    programs['JavaScript'] = `${codeOf(GUIDE, 'js')}\nmodule.exports = { listDevices };`;
    programs['TypeScript'] = compiled(codeOf(GUIDE, 'ts'));
    programs['README'] = compiled(codeOf(README, 'ts'));
  });

  beforeEach(() => {
    customers = new FakeCustomers();
    guide = loadExtension(programs['TypeScript'] ?? '', customers.editor.vscode);
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
    const { chooseCustomer, customerSession, renameDevice, sessionForChanges } = guide as unknown as Guide;
    const { editor } = customers;
    const { globalState } = editor.context;
    await customers.add('Acme');
    const bolt = await customers.add('Bolt');
    editor.answers = { connection: 'Acme' };
    await chooseCustomer(globalState);
    editor.answers = { connection: 'Bolt' };
    const customer = await chooseCustomer(globalState);
    assert.equal(customer.id, bolt.id);
    editor.answers = { connection: 'Acme' };
    editor.shown.length = 0;
    const { connection } = await customerSession(globalState, customer, ['monitoring']);
    assert.deepEqual([connection.id, editor.shown], [bolt.id, []]);
    await renameDevice(globalState, customer, 7, 'Server');
    assert.deepEqual(editor.shown.splice(0), ['consent', 'sign-in to Bolt with monitoring management']);
    await renameDevice(globalState, customer, 7, 'Server');
    await sessionForChanges(globalState, customer);
    assert.deepEqual(editor.shown, []);
    editor.connectionOverride = { id: 'another' };
    await assert.rejects(renameDevice(globalState, customer, 7, 'Server'), /not one of Bolt/);
    assert.deepEqual(
      customers.received.map(({ customer: name, method, path, body }) => [name, method, path, body]),
      Array(2).fill(['Bolt', 'PATCH', '/v2/device/7', { displayName: 'Server' }]),
    );
  });

  it('gives up an account that has more scopes than its connection allows now, and not the customer (X7)', async () => {
    const { chooseCustomer, customerSession } = guide as unknown as Guide;
    const { editor } = customers;
    const acme = await customers.add('Acme');
    editor.sessions.push({ id: '1', connectionId: acme.id, scopes: acme.scopes, tokens: ['token'] });
    const customer = await chooseCustomer(editor.context.globalState);
    await customers.add('Bolt');
    acme.scopes = ['monitoring'];
    editor.answers = { connection: 'Bolt' };
    const { connection } = await customerSession(editor.context.globalState, customer, ['monitoring']);
    assert.deepEqual([connection.id, connection.scopes], [acme.id, ['monitoring']]);
  });

  it('sends once more after a 401 if there is another token (X3)', async () => {
    const { chooseCustomer, callApi } = guide as unknown as Guide;
    const { editor } = customers;
    const { globalState } = editor.context;
    await customers.add('Acme');
    const customer = await chooseCustomer(globalState);
    customers.expired.add(editor.sessions[0]?.tokens[0] ?? '');
    const response = await callApi(globalState, customer, '/devices');
    assert.deepEqual(await response.json(), [{ id: 7, systemName: 'PC of Acme' }]);
    assert.equal(customers.takeReceived().length, 2);
    customers.status = 401;
    for (const [outcome, message] of [
      ['recent', /status 401/],
      ['unreachable', /could not renew/],
    ] as const) {
      editor.refresh = () => outcome;
      await assert.rejects(callApi(globalState, customer, '/devices'), message);
      assert.equal(customers.takeReceived().length, 1, outcome);
    }
  });

  it('limits the time of a silent request (X8)', async () => {
    const { sessionWithin } = guide as unknown as Guide;
    const { editor } = customers;
    await customers.add('Acme');
    await request(['monitoring']);
    assert.notEqual(await sessionWithin(60_000, ['monitoring']), undefined);
    editor.vscode.authentication.getSession = () => new Promise(() => {});
    assert.equal(await sessionWithin(1, ['monitoring']), undefined);
  });

  it('shows failures, offers to install the extension, and shows nothing if the user canceled (X6)', async () => {
    const { withErrorMessage } = guide as unknown as Guide;
    const { editor } = customers;
    const fail = (error: unknown) => withErrorMessage(() => rejection(error));
    for (const canceled of [
      failure('Canceled'),
      new Error('User did not consent to login.'),
      'User did not consent to account access',
    ]) {
      await fail(canceled);
    }
    assert.deepEqual(editor.shown, []);
    await fail(failure('NinjaOneNeedsSetup'));
    editor.answers = { button: 'Install' };
    await fail(new Error("Timed out waiting for authentication provider 'ninjaone' to register."));
    assert.deepEqual(editor.shown, [
      'error: A sentence about NinjaOneNeedsSetup.',
      'error: This command needs the extension NinjaOne Authentication, which is not installed or not enabled.',
    ]);
    assert.deepEqual(editor.executed, [
      ['workbench.extensions.installExtension', 'ninjaone-community.ninjaone-authentication'],
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
  readonly chooseCustomer: (state: State) => Promise<Customer>;
  readonly customerSession: (
    state: State,
    customer: Customer,
    scopes: readonly string[],
  ) => Promise<{ readonly connection: ConnectionInfo }>;
  readonly sessionForChanges: (state: State, customer: Customer) => Promise<unknown>;
  readonly renameDevice: (state: State, customer: Customer, id: number, name: string) => Promise<void>;
  readonly callApi: (state: State, customer: Customer, path: string) => Promise<Response>;
  readonly sessionWithin: (milliseconds: number, scopes: readonly string[]) => Promise<unknown>;
  readonly withErrorMessage: (task: () => Promise<void>) => Promise<void>;
}

/** A rejection as it arrives through VS Code, which may be a bare string. */
function rejection(reason: unknown): Promise<never> {
  return Promise.resolve().then(() => {
    throw reason;
  });
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
