import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { buildSync, transformSync } from 'esbuild';
import { compileTypeScript } from './support/authors/compileTypeScript.ts';
import { FakeCustomers } from './support/authors/fakeCustomers.ts';
import { failure, type FakeConnection } from './support/authors/fakeEditor.ts';
import { loadExtension } from './support/authors/loadExtension.ts';
import { expectToBecome } from '../tooling/eventually.ts';

const JAVASCRIPT = 'examples/consumer';
const TYPESCRIPT = 'examples/consumer-ts';
const TYPES = readFileSync('ninjaone.d.ts', 'utf8');
/** The files of the examples, without their endings. */
const FILES = ['extension', 'ninjaoneClient'] as const;
const ENTRY = { js: `${JAVASCRIPT}/extension.js`, ts: `${TYPESCRIPT}/src/extension.ts` };

const COUNT = 'ninjaoneConsumer.countOrganizations';
const RENAME = 'ninjaoneConsumer.renameDevice';
const ADD = 'ninjaoneConsumer.addCustomer';
const FORGET = 'ninjaoneConsumer.forgetCustomer';

describe('the examples for extension authors', () => {
  it('are one program in two languages (X2)', () => {
    // Without types, comments and the ways in which the two languages name what they import and export.
    const plain = (text: string, loader: 'js' | 'ts'): string =>
      transformSync(text, { loader, target: 'es2022' }).code.replace(
        /^(?:import|const) [^;]*?(?:from |require\()"[^"]*"\)?;\n|^module\.exports = [^]*?;\n|^export (?=async|class|function)/gm,
        '',
      );
    for (const file of FILES) {
      const [ts, js] = [source(file, 'ts'), source(file, 'js')];
      assert.equal(plain(ts, 'ts'), plain(js, 'js'), file);
    }
  });

  it('have the types of today, and functions for errors that are those of the types (X1, X6)', () => {
    assert.equal(readFileSync(`${TYPESCRIPT}/src/ninjaone.d.ts`, 'utf8'), TYPES);
    const [, quoted = ''] = /```ts\n([^]*?) \* ```/.exec(TYPES) ?? [];
    const guards = quoted.replace(/^ \* ?/gm, '');
    assert.match(guards, /function isCanceled[^]+function ninjaOneErrorName/);
    assert.ok(
      source('ninjaoneClient', 'ts')
        .replace(/^export /gm, '')
        .includes(guards),
    );
  });

  it('do not depend on the extension, and export nothing that another extension could use (X2)', () => {
    for (const folder of [JAVASCRIPT, TYPESCRIPT]) {
      const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Readonly<Record<string, unknown>>;
      assert.equal(manifest['extensionDependencies'], undefined);
      assert.equal(manifest['publisher'], 'your-publisher');
    }
    assert.equal(activate(bundled('js'), new FakeCustomers()), undefined);
  });

  for (const folder of [JAVASCRIPT, TYPESCRIPT]) {
    it(`can be copied out of ${folder} and packed by vsce without a question or a warning (X2)`, function () {
      this.timeout(60_000);
      const copy = mkdtempSync(path.join(tmpdir(), 'example-'));
      try {
        cpSync(folder, copy, { recursive: true, filter: (file) => !/\/(?:out|node_modules)$/.test(file) });
        if (folder === TYPESCRIPT) {
          // What `npm install` would fetch.
          symlinkSync(path.resolve('node_modules'), path.join(copy, 'node_modules'));
        }
        // Without a terminal, vsce answers its own questions and only warns.
        const { stdout, stderr } = spawnSync(
          process.execPath,
          [path.resolve('node_modules/@vscode/vsce/vsce'), 'package', '--no-dependencies', '--out', 'example.vsix'],
          { cwd: copy, encoding: 'utf8' },
        );
        const output = stdout + stderr;
        assert.match(output, /DONE/);
        assert.doesNotMatch(output, /WARN|ERROR/i);
        const files = [...output.matchAll(/─ (\S+)/g)].map(([, file]) => file);
        assert.ok(
          ['extension.js', 'ninjaoneClient.js', 'readme.md'].every((file) => files.includes(file)) &&
            files.includes('LICENSE.txt'),
          output,
        );
        assert.ok(!output.includes('.ts') && !output.includes('node_modules'), output);
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    });
  }
});

for (const language of ['js', 'ts'] as const) {
  describe(`the example in ${language === 'js' ? 'JavaScript' : 'TypeScript'}`, () => {
    let customers: FakeCustomers;

    before(function () {
      this.timeout(60_000);
      if (language === 'ts') {
        const { compilerOptions } = JSON.parse(readFileSync(`${TYPESCRIPT}/tsconfig.json`, 'utf8')) as {
          readonly compilerOptions: object;
        };
        const options = { ...compilerOptions, rootDir: undefined, outDir: undefined, skipLibCheck: true };
        const [main, client] = FILES.map((file) => source(file, 'ts'));
        const files = { 'main.ts': main ?? '', 'ninjaoneClient.ts': client ?? '', 'ninjaone.d.ts': TYPES };
        assert.deepEqual(compileTypeScript(files, options).problems, []);
      }
    });

    beforeEach(() => {
      customers = new FakeCustomers();
      activate(bundled(language), customers);
    });

    afterEach(() => customers.stop());

    it('asks once, and is silent from then on (X2)', async () => {
      await customers.add('Acme');
      const { editor } = customers;
      assert.equal(await editor.run(COUNT), 1);
      assert.deepEqual(editor.shown.splice(0), [
        'consent',
        'sign-in to Acme with monitoring',
        'info: Acme has 1 organizations.',
      ]);
      assert.equal(await editor.run(COUNT), 1);
      assert.deepEqual(editor.shown, ['info: Acme has 1 organizations.']);
      assert.doesNotMatch(
        JSON.stringify([...editor.state]),
        new RegExp(editor.sessions[0]?.tokens[0] ?? ''),
        'no token is kept',
      );
    });

    it('shows nothing in any form of "canceled", and every other failure (X6)', async () => {
      await customers.add('Acme');
      const { editor } = customers;
      for (const canceled of [
        failure('Canceled'),
        new Error('User did not consent to login.'),
        'User did not consent to account access',
      ]) {
        editor.answers = { failure: canceled };
        await editor.run(COUNT);
        assert.deepEqual(editor.shown.splice(0), ['consent']);
      }
      editor.answers = { failure: failure('NinjaOneTimedOut') };
      await editor.run(COUNT);
      assert.deepEqual(editor.shown, ['consent', 'error: A sentence about NinjaOneTimedOut.']);
      assert.deepEqual(customers.takeReceived(), []);
    });

    it('never works with another customer after a sign-out, and signs in to the same one again (X7)', async () => {
      const { editor } = customers;
      await addCustomers('Acme', 'Bolt');
      const bolt = editor.connections[1]?.id ?? '';
      editor.answers = { customer: 'Bolt' };
      editor.signOut(bolt);
      await editor.run(COUNT);
      assert.deepEqual(editor.shown, ['consent', 'sign-in to Bolt with monitoring', 'info: Bolt has 1 organizations.']);
      assert.deepEqual(customers.takeReceived(), ['Bolt: GET /v2/organizations']);
    });

    it('says that a connection was removed, and works again when it is restored (X7)', async () => {
      const { editor } = customers;
      await addCustomers('Acme', 'Bolt');
      editor.answers = { customer: 'Bolt' };
      const [bolt] = editor.connections.splice(1, 1);
      await editor.run(COUNT);
      assert.deepEqual(editor.shown.splice(0), [
        'consent',
        'error: The connection Bolt is not in the settings. Restore it, or run Forget Customer.',
      ]);
      assert.deepEqual(customers.takeReceived(), []);
      editor.connections.push(...(bolt ? [bolt] : []));
      await editor.run(COUNT);
      assert.deepEqual(customers.takeReceived(), ['Bolt: GET /v2/organizations']);
    });

    it('gives up an account that has more scopes than its connection allows now, and not the customer (X7)', async () => {
      const { editor } = customers;
      const acme = await customers.add('Acme');
      editor.sessions.push({ id: '1', connectionId: acme.id, scopes: acme.scopes, tokens: ['token'] });
      await editor.run(ADD);
      await customers.add('Bolt');
      acme.scopes = ['monitoring'];
      editor.shown.length = 0;
      editor.answers = { connection: 'Bolt' };
      assert.equal(await editor.run(COUNT), 1);
      assert.deepEqual(editor.shown.slice(0, -1), ['consent', 'consent', 'sign-in to Acme with monitoring']);
      assert.deepEqual(customers.takeReceived(), ['Acme: GET /v2/organizations']);
    });

    it('forgets a customer with its accounts, and no other (X2)', async () => {
      const { editor } = customers;
      await addCustomers('Acme', 'Bolt');
      editor.answers = { customer: 'Acme' };
      await editor.run(FORGET);
      const [acme, bolt] = editor.connections;
      const kept = JSON.stringify([...editor.state]);
      assert.ok(!kept.includes(acme?.id ?? '') && kept.includes(bolt?.id ?? ''), kept);
    });

    it('shows the name that a connection has today, and keeps its customer (X7)', async () => {
      const { editor } = customers;
      await addCustomers('Acme', 'Bolt');
      const [acme] = editor.connections;
      assert.ok(acme);
      acme.name = 'Acme Limited';
      editor.answers = { customer: 'Acme' };
      await editor.run(COUNT);
      assert.deepEqual(
        editor.shown,
        ['consent', 'info: Acme Limited has 1 organizations.'],
        'VS Code asks for consent',
      );
      editor.answers = { customer: 'Acme Limited' };
      assert.equal(await editor.run(COUNT), 1);
      assert.deepEqual(customers.takeReceived(), ['Acme: GET /v2/organizations', 'Acme: GET /v2/organizations']);
    });

    it('shows the names of today in each step of a change, after two connections have swapped theirs (X7)', async () => {
      const { editor } = customers;
      await addCustomers('Acme', 'Bolt');
      const [acme, bolt] = editor.connections;
      assert.ok(acme && bolt);
      [acme.name, bolt.name] = ['Bolt', 'Acme'];
      editor.answers = { customer: 'Acme', input: 'Server' };
      await editor.run(RENAME);
      assert.equal(editor.shown.at(-1), 'info: Renamed PC of Bolt of Acme to Server.');
      assert.equal(editor.details.at(-1), 'It needs monitoring and management of Acme.');
      // The fake server of the connection has the name that the connection had first.
      assert.deepEqual(customers.takeReceived(), ['Bolt: GET /v2/devices?pageSize=100', 'Bolt: PATCH /v2/device/7']);
    });

    it('asks for more scopes of the same customer without an account, and keeps the new account (X7)', async () => {
      const { editor } = customers;
      await addCustomers('Acme', 'Bolt');
      // Bolt, if there were a question.
      editor.answers = { customer: 'Acme', input: 'Server', connection: 'Bolt' };
      await editor.run(RENAME);
      assert.deepEqual(editor.shown.splice(0), [
        'consent',
        'sign-in to Acme with monitoring management',
        'info: Renamed PC of Acme of Acme to Server.',
      ]);
      assert.deepEqual(
        customers.received.map(({ customer, method, path: at, body }) => [customer, method, at, body]),
        [
          ['Acme', 'GET', '/v2/devices?pageSize=100', undefined],
          ['Acme', 'PATCH', '/v2/device/7', { displayName: 'Server' }],
        ],
      );
      await editor.run(RENAME);
      assert.deepEqual(editor.shown, ['info: Renamed PC of Acme of Acme to Server.']);
    });

    it('sends nothing with a session of another connection (X7)', async () => {
      const { editor } = customers;
      await addCustomers('Acme', 'Bolt');
      editor.connectionOverride = { id: editor.connections[1]?.id ?? '' };
      editor.answers = { customer: 'Acme' };
      await editor.run(COUNT);
      assert.deepEqual(customers.takeReceived(), []);
      assert.match(editor.shown.at(-1) ?? '', /^error: The session is not one of Acme/);
    });

    it('recovers from a 401 with one refresh and one more request (X3)', async () => {
      const { editor } = customers;
      await addCustomers('Acme');
      customers.expired.add(editor.sessions[0]?.tokens[0] ?? '');
      assert.equal(await editor.run(COUNT), 1);
      assert.deepEqual(
        editor.executed.map(([id]) => id),
        ['ninjaone.refreshToken'],
      );
      assert.deepEqual(customers.takeReceived(), ['Acme: GET /v2/organizations', 'Acme: GET /v2/organizations']);
      assert.deepEqual(editor.shown, ['info: Acme has 1 organizations.']);
    });

    it('signs in again if the 401 means that the session has ended (X3)', async () => {
      const { editor } = customers;
      await addCustomers('Acme');
      customers.expired.add(editor.sessions[0]?.tokens[0] ?? '');
      editor.refresh = ({ connectionId }) => {
        editor.signOut(connectionId);
        return 'ended';
      };
      assert.equal(await editor.run(COUNT), 1);
      assert.deepEqual(editor.shown.slice(0, 2), ['consent', 'sign-in to Acme with monitoring']);
    });

    it('gives up after a 401 with a new or the same token, or without NinjaOne (X3)', async () => {
      const { editor } = customers;
      await addCustomers('Acme');
      customers.status = 401;
      await editor.run(COUNT);
      assert.equal(customers.takeReceived().length, 2, 'once more with the new token');
      editor.refresh = () => 'recent';
      await editor.run(COUNT);
      assert.equal(customers.takeReceived().length, 1, 'not with the same one');
      assert.deepEqual(editor.shown.splice(0), [
        'error: NinjaOne refused the request for Acme with status 401.',
        'error: NinjaOne refused the request for Acme with status 401.',
      ]);
      editor.refresh = () => 'unreachable';
      await editor.run(COUNT);
      assert.deepEqual(editor.shown, ['error: NinjaOne could not renew the sign-in of Acme. Try again later.']);
    });

    it('says that NinjaOne could not be reached (X6)', async () => {
      const { editor } = customers;
      await addCustomers('Acme');
      customers.stop();
      await editor.run(COUNT);
      assert.deepEqual(editor.shown, ['error: NinjaOne could not be reached for Acme. Check your network connection.']);
    });

    it('offers to install the extension when it is missing, and works as soon as it is there (X2)', async () => {
      const { editor } = customers;
      await customers.add('Acme');
      editor.isInstalled = false;
      editor.answers = { button: 'Install' };
      await editor.run(COUNT);
      await expectToBecome(
        () => editor.executed,
        [['workbench.extensions.installExtension', 'ninjaone-community.ninjaone-authentication']],
      );
      assert.match(editor.shown.join(), /needs the extension NinjaOne API Explorer/);
      editor.isInstalled = true;
      assert.equal(await editor.run(COUNT), 1);
    });

    it('says how to install the extension if the gallery does not have it (X2)', async () => {
      const { editor } = customers;
      editor.isInstalled = false;
      editor.answers = { button: 'Install' };
      editor.galleryFailure = new Error('Extension not found.');
      await editor.run(COUNT);
      await expectToBecome(
        () => editor.shown.at(-1),
        'error: NinjaOne API Explorer could not be installed from the gallery. ' +
          'Run "Extensions: Install from VSIX…" and select ninjaone-authentication.vsix. (Extension not found.)',
      );
      editor.shown.length = 0;
      editor.galleryFailure = failure('Canceled');
      await editor.run(COUNT);
      await expectToBecome(() => editor.executed.length, 2);
      await setImmediate();
      assert.equal(editor.shown.length, 1, 'only the offer');
    });

    it('lands on no other customer in random steps (X7)', async () => {
      const { editor } = customers;
      await addCustomers('Acme', 'Bolt', 'Crux');
      const removed: FakeConnection[] = [];
      const random = seeded(20);
      const pick = <T>(list: readonly T[]): T | undefined => list[random(list.length)];
      const steps: readonly (() => void)[] = [
        () => editor.signOut(pick(editor.connections)?.id ?? ''),
        () => {
          if (editor.connections.length > 1) {
            removed.push(...editor.connections.splice(random(editor.connections.length), 1));
          }
        },
        () => editor.connections.push(...removed.splice(0)),
        () => customers.expired.add(pick(editor.sessions)?.tokens.at(-1) ?? ''),
        () => {
          editor.refresh = ({ connectionId }) => {
            editor.signOut(connectionId);
            return 'ended';
          };
        },
        () => {
          editor.refresh = () => 'recent';
        },
      ];
      let sent = 0;
      for (let step = 0; step < 300; step++) {
        pick(steps)?.();
        const known = editor.state.get('ninjaone.customers') as readonly { readonly name: string }[];
        const customer = pick(known)?.name ?? '';
        // Whatever VS Code asks, the user chooses any connection.
        editor.answers = { customer, input: 'Server', connection: pick(['Acme', 'Bolt', 'Crux']) ?? '' };
        await editor.run(pick([COUNT, RENAME]) ?? '');
        const received = customers.takeReceived();
        sent += received.length;
        assert.deepEqual(
          received.filter((request) => !request.startsWith(`${customer}: `)),
          [],
          `step ${step}`,
        );
      }
      assert.ok(sent > 200, `${sent} requests`);
    });

    /** Adds these connections, and each as a customer of the example. */
    async function addCustomers(...names: readonly string[]): Promise<void> {
      const { editor } = customers;
      for (const name of names) {
        await customers.add(name);
        editor.answers = { connection: name };
        await editor.run(ADD);
      }
      editor.answers = {};
      editor.shown.length = 0;
    }
  });
}

function source(file: (typeof FILES)[number], language: 'js' | 'ts'): string {
  return readFileSync(path.join(path.dirname(ENTRY[language]), `${file}.${language}`), 'utf8');
}

/** The program as one file, which knows no other module than `vscode`. */
function bundled(language: 'js' | 'ts'): string {
  const { outputFiles } = buildSync({
    entryPoints: [ENTRY[language]],
    bundle: true,
    write: false,
    platform: 'node',
    external: ['vscode'],
    target: 'es2022',
  });
  return outputFiles[0]?.text ?? '';
}

function activate(code: string, { editor }: FakeCustomers): unknown {
  const { activate: start } = loadExtension(code, editor.vscode) as { readonly activate: (context: object) => unknown };
  return start(editor.context);
}

/** Integers below `limit`, the same in every run. */
function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
}
