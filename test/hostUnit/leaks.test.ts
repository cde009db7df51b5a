import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { mock } from 'node:test';
import * as vscode from 'vscode';
import { activate } from '../../src/extension.ts';
import type { NinjaOneApi } from '../../ninjaone.d.ts';
import { effort, reportCounts } from '../../tooling/effort.ts';
import { Canaries, encodingsOf, everythingOf } from '../support/canaries.ts';
import { callbackQuery } from '../support/commandFixture.ts';
import { ACME } from '../support/hostFixture.ts';
import { LEAK_SURFACES, LeakRecord, noteEditor, noteFiles, type LeakSurface } from '../support/leakSurfaces.ts';
import { MemorySecrets } from '../support/memorySecrets.ts';
import { QuotingInstance, type InstanceMood } from '../support/quotingInstance.ts';
import { until } from '../support/sessionFixture.ts';
import { createContext, type FakeContext } from '../support/vscode/extensionContext.ts';
import { useVscode } from '../support/vscode/fakeVscode.ts';
import { FakeInputBox, FakeQuickPick, type FakeQuickInput } from '../support/vscode/quickInput.ts';
import type { Question, Reply } from '../support/vscode/user.ts';

const NATIVE = { ...ACME, name: 'Native' };
const WEB = { ...ACME, name: 'Web', clientId: 'client-2', platform: 'web', redirectUri: 'https://acme.example/' };
const SERVICE = { ...ACME, name: 'Service', clientId: 'client-3', platform: 'api-services' };
const LIST = 'GET /v2/organizations';

describe('the whole life of the extension', function () {
  this.timeout(60_000);
  const editor = useVscode();
  let folder: string;
  let storage: string;
  let exported: string;
  let extension: FakeContext;
  let api: NinjaOneApi;
  let canaries: Canaries;
  let record: LeakRecord;
  let instance: QuotingInstance;
  let secret: string;
  let later: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ninjaone-leaks-'));
    storage = join(folder, 'storage');
    exported = join(folder, 'exported');
    await mkdir(storage);
    await mkdir(exported);
    canaries = new Canaries();
    record = new LeakRecord();
    instance = new QuotingInstance((kind, value) => canaries.add(kind, value));
    secret = `secret-${randomBytes(9).toString('hex')}~!'(x)*+/&"\\ü`;
    canaries.add('client secret', secret);
    later = 0;
    const { now } = Date;
    mock.method(Date, 'now', () => now() + later);
    mock.method(globalThis, 'fetch', instance.fetch);
    const { writeText } = editor.env.api.clipboard;
    mock.method(editor.env.api.clipboard, 'writeText', (value: string) => {
      record.note('clipboard', value);
      return writeText(value);
    });
    mock.method(editor.user, 'reply', reply);
    mock.method(editor.user, 'handle', handle);
    editor.configuration.set('ninjaone.connections', [NATIVE, WEB, SERVICE]);
    editor.configuration.set('ninjaone.history.keepBodies', true);
    // An editor without an ID of its machine keeps one in the global state.
    editor.env.machineId = 'someValue.machineId';
    extension = createContext({ storage, secrets: new MemorySecrets() });
    api = activate(extension.context);
    await editor.commands.run('ninjaone.getConnection');
  });
  afterEach(async () => {
    await extension.dispose();
    extension.secrets.crash();
    mock.restoreAll();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  });

  it('leaves no token, secret, code, verifier or state on any surface, in any encoding (P9, T46)', async () => {
    await live();
    assert.deepEqual(record.unseen, [], 'every surface was used');
    const kinds = new Set(canaries.values.values());
    assert.deepEqual(
      [...kinds].toSorted(),
      ['access token', 'client secret', 'code', 'refresh token', 'state', 'verifier'],
      'every kind of secret was there',
    );
    const surfaces = record.surfaces();
    const hits = canaries.hits(surfaces);
    reportCounts('life of the extension', { 'surfaces scanned': surfaces.length, 'secrets leaked': hits.length });
    assert.deepEqual(hits, []);
  });

  it('would find each kind of secret on each surface in each encoding, also split in two (T46)', () => {
    const secrets = {
      ...Object.fromEntries(KINDS.map((kind) => [kind, `${kind}~!'(x)*+/&"\\ü${randomBytes(6).toString('hex')}`])),
    };
    Object.entries(secrets).forEach(([kind, value]) => canaries.add(kind, value));
    let found = 0;
    for (const [surface, except] of Object.entries(LEAK_SURFACES) as [LeakSurface, readonly string[]][]) {
      for (const [kind, value] of Object.entries(secrets)) {
        for (const [encoding, encoded] of Object.entries(encodingsOf(value))) {
          for (const pieces of [[`x${encoded}y`], [`x${encoded.slice(0, 7)}`, `${encoded.slice(7)}y`]]) {
            const planted = new LeakRecord();
            planted.note(surface, ...pieces);
            const hits = canaries.hits(planted.surfaces()).filter((hit) => hit.startsWith(`${kind} (`));
            const place = `${kind} as ${encoding} on ${surface} in ${pieces.length}`;
            assert.equal(hits.length > 0, !except.includes(kind), place);
            found += hits.length > 0 ? 1 : 0;
          }
        }
      }
    }
    reportCounts('life of the extension', { 'secrets planted and found': found });
  });

  /** Everything that a user and another extension do, with an instance that works and with one that quotes. */
  async function live(): Promise<void> {
    for (const { name } of [WEB, SERVICE]) {
      await run('ninjaone.setClientSecret', name);
    }
    await signInNative();
    await signInWithPaste();
    await run('ninjaone.signIn', SERVICE.name);
    await serve();
    await useApi('works');
    await run('ninjaone.explorer.addFavorite', LIST);
    await run('ninjaone.unlockWrites', NATIVE.name);
    await run('ninjaone.testConnection', NATIVE.name);
    for (const name of [NATIVE.name, WEB.name, SERVICE.name]) {
      await run('ninjaone.copyAccessToken', name);
      await run('ninjaone.showToken', name);
    }
    for (const mood of ['quotes', 'quotesAsPage', 'unreachable', 'quotesWithSuccess'] as const) {
      await useApi(mood);
      await renew(mood);
      await refuseSignIn(mood);
    }
    await serve();
    later += 3_600_000;
    extension.secrets.fail('store', 'quote');
    const pending = run('ninjaone.refreshToken', NATIVE.name);
    // Until it is given up takes seconds.
    await effort({ short: settled(), long: pending });
    for (const operation of ['get', 'delete', 'keys'] as const) {
      extension.secrets.fail(operation, 'quote');
    }
    await run('ninjaone.setClientSecret', WEB.name);
    await run('ninjaone.refreshToken', SERVICE.name);
    await run('ninjaone.signOut', SERVICE.name);
    await run('ninjaone.diagnose');
    extension.secrets.heal();
    await pending;
    instance.mood = 'quotes';
    await run('ninjaone.signOut', NATIVE.name);
    instance.mood = 'works';
    await run('ninjaone.signOut', WEB.name);
    await run('ninjaone.reset');
  }

  async function signInNative(): Promise<void> {
    const opened = editor.env.opened.length;
    const pending = run('ninjaone.signIn', NATIVE.name);
    const url = await nextOpened(opened);
    const code = newCode();
    const redirect = url.searchParams.get('redirect_uri') ?? '';
    const state = url.searchParams.get('state') ?? '';
    for (const query of [`code=${code}&state=wrong`, `state=${state}x`, callbackQuery(url, { code })]) {
      const page = await visit(`${redirect}/?${query}`);
      record.note('pages after the sign-in', page);
    }
    await pending;
  }

  async function signInWithPaste(mood: InstanceMood = 'works', parameters?: Record<string, string>): Promise<void> {
    const opened = editor.env.opened.length;
    const pending = run('ninjaone.signIn', WEB.name);
    const url = await nextOpened(opened);
    await until(() => pasteBox !== undefined);
    const box = pasteBox!;
    pasteBox = undefined;
    instance.mood = mood;
    const code = newCode();
    const query = callbackQuery(url, { code });
    for (const pasted of [
      `https://other.example/?${query}`,
      `code=${code}`,
      `https://acme.example/?code=${code}&state=x`,
    ]) {
      box.enter(pasted);
      await settled();
      record.note('lists and input boxes', box.texts, box.objection);
    }
    box.enter(`https://acme.example/?${parameters ? callbackQuery(url, parameters) : query}`);
    await pending;
    instance.mood = 'works';
  }

  /** Another extension asks for a session, and for its connection. */
  async function serve(): Promise<void> {
    const request = { createIfNone: true } as const;
    for (const scopes of [['monitoring'], ['monitoring', 'management'], [], ['no-scope']]) {
      try {
        const session = await vscode.authentication.getSession('ninjaone', scopes, request);
        record.note('sessions of other extensions', session);
        record.note('connections of other extensions', api.getConnection(session));
        record.note('connections of other extensions', await editor.commands.run('ninjaone.getConnection', session));
      } catch (error) {
        record.note('errors of other extensions', everythingOf(error));
      }
    }
    const { provider } = editor.authentication.providers.get('ninjaone')!;
    record.note('sessions of other extensions', await provider.getSessions(undefined, {}));
    await look();
  }

  async function useApi(mood: InstanceMood): Promise<void> {
    instance.mood = mood;
    await run('ninjaone.explorer.open', LIST);
    await run('ninjaone.request.send');
    await run('ninjaone.explorer.run', LIST);
    if (!quotes(mood)) {
      await run('ninjaone.response.showTable');
      await run('ninjaone.response.saveJson');
      await run('ninjaone.response.saveCsv');
      await run('ninjaone.history.compare');
    }
    await run('ninjaone.explorer.copyAs', LIST);
    await run('ninjaone.explorer.saveAsPowerShell', LIST);
    await run('ninjaone.history.show');
    if (quotes(mood)) {
      [...editor.workspace.documents].forEach((document) => editor.workspace.close(document));
    }
    instance.mood = 'works';
  }

  async function renew(mood: InstanceMood): Promise<void> {
    later += 3_600_000;
    instance.mood = mood;
    for (const name of [NATIVE.name, WEB.name, SERVICE.name]) {
      await run('ninjaone.refreshToken', name);
    }
    await serve();
    instance.mood = 'works';
    later += 600_000;
    await serve();
  }

  async function refuseSignIn(mood: InstanceMood): Promise<void> {
    await signInWithPaste(mood);
    const code = newCode();
    await signInWithPaste('works', { error: 'access_denied', error_description: `no ${code}` });
    instance.mood = mood;
    await run('ninjaone.signIn', SERVICE.name);
    instance.mood = 'works';
  }

  async function run(command: string, ...args: readonly unknown[]): Promise<void> {
    await editor.commands.run(command, ...args).catch((error: unknown) => {
      record.note('errors of other extensions', everythingOf(error));
    });
    await settled();
    await look();
  }

  async function look(): Promise<void> {
    // Every character of a response survives in its document (E7), also of a token that the server puts into it. It must
    // not go on from there by itself.
    await noteEditor(record, { editor, extension, withDocuments: !quotes(instance.mood) });
    await noteFiles(record, 'files in the global storage', storage);
    await noteFiles(record, 'exported files', exported);
    record.note('addresses of requests', ...instance.urls);
  }

  function newCode(): string {
    const code = `code-${randomBytes(9).toString('hex')}~!'(x)*+`;
    canaries.add('code', code);
    return code;
  }

  async function nextOpened(count: number): Promise<URL> {
    await until(() => editor.env.opened.length > count);
    const url = new URL(editor.env.opened.at(-1) ?? '');
    canaries.add('state', url.searchParams.get('state') ?? '');
    return url;
  }

  let pasteBox: FakeInputBox | undefined;
  let copies = 0;

  /** The person says yes to everything, and types what is asked for. */
  function reply({ kind, texts, choices, detail, options }: Question): Promise<Reply> {
    const surface =
      kind === 'modal' ? 'modal dialogs and questions' : kind === 'message' ? 'notifications' : 'lists and input boxes';
    record.note(surface, { texts, choices, detail, options });
    switch (kind) {
      case 'input':
        return Promise.resolve(secret);
      case 'file':
        return Promise.resolve(join(exported, `${randomBytes(4).toString('hex')}.txt`));
      case 'message':
        return Promise.resolve(undefined);
      case 'modal':
        return Promise.resolve(choices[0]);
      case 'list':
        // Another language each time.
        return Promise.resolve(choices[texts.some((each) => each.startsWith('Copy')) ? copies++ % choices.length : 0]);
    }
  }

  function handle(input: FakeQuickInput): void {
    record.note('lists and input boxes', input.texts, input.labels);
    if (input instanceof FakeInputBox) {
      pasteBox = input;
      return;
    }
    if (input instanceof FakeQuickPick) {
      record.note('lists and input boxes', input.items);
    }
    queueMicrotask(() => input.escape());
  }
});

const KINDS = ['access token', 'refresh token', 'client secret', 'code', 'verifier', 'state'];

function quotes(mood: InstanceMood): boolean {
  return mood.startsWith('quotes');
}

/** Lets everything go on that waits for nothing but its turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The page that a browser shows at this address of the listener, with its headers. */
function visit(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      text(response).then((body) => resolve(`${response.rawHeaders.join('\n')}\n${body}`), reject);
    }).on('error', reject);
  });
}
