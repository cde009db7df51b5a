import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as vscode from 'vscode';
import { needsTypedText } from '../../src/core/api/apiRequest.ts';
import type { Operation } from '../../src/core/catalog/operation.ts';
import { missingParameters } from '../../src/core/requests/buildRequest.ts';
import { EXTENSION_ID } from '../../src/host/platform/contributions.ts';
import { bundledOperations, plainDraft, READING_POSTS, UPLOADS } from '../support/bundledOperations.ts';
import { run } from '../support/host/commands.ts';
import { probe } from '../support/host/probe.ts';
import { misbehave, resetSandbox, sandboxState } from '../support/host/sandboxControl.ts';
import {
  byDocument,
  byHostileCommand,
  bySavedFile,
  byTree,
  BATCH_SIZE,
  dismissingPrompts,
  type SendMethod,
} from '../support/host/sendMethods.ts';
import { expectToBecome } from '../../tooling/eventually.ts';

const NATIVE = 'Sandbox native';

/**
 * Sends every operation in every way, with read-only on and off. Prompts are dismissed, and VS Code refuses modal
 * dialogs here, so a request that needs confirmation must not be sent even if writes are allowed. The sandbox
 * redirects every request to nowhere, so each is in its log, but no response document opens.
 */
describe('requests from a running VS Code', () => {
  const operations = bundledOperations();
  const folder = path.join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'requests');
  let connections: unknown;

  before(async () => {
    await vscode.extensions.getExtension(EXTENSION_ID)?.activate();
    connections = settings().inspect('connections')?.globalValue;
    await settings().update('explorer.liveCatalog', false, vscode.ConfigurationTarget.Global);
    await settings().update(
      'connections',
      (connections as { readonly name: string }[]).filter(({ name }) => name === NATIVE),
      vscode.ConfigurationTarget.Global,
    );
    await run('ninjaone.signIn', NATIVE);
    await misbehave({ api: { kind: 'response', status: 302, body: '' } });
  });

  after(async () => {
    await run('ninjaone.lockWrites', NATIVE);
    await settings().update('connections', connections, vscode.ConfigurationTarget.Global);
    await settings().update('explorer.liveCatalog', undefined, vscode.ConfigurationTarget.Global);
    await rm(folder, { recursive: true, force: true });
    await resetSandbox();
  });

  it('cover all 310 operations, 162 of which write', () => {
    assert.equal(operations.length, 310);
    assert.equal(operations.filter(isWriting).length, 162);
  });

  const sendMethods: readonly (readonly [
    string,
    SendMethod,
    (operation: Operation) => Expected,
    reads: number,
    writes: number,
  ])[] = [
    // Every write asks for something first or needs a document.
    ['the tree', byTree, ofCommand, 75, 0],
    ['a command with hostile arguments', byHostileCommand, ofCommand, 75, 0],
    ['an open request document', byDocument(oneOfEachKind(operations)), ofDocument, 130, 67],
    ['a saved file', bySavedFile(folder), ofDocument, 130, 67],
  ];
  for (const [name, sendMethod, expectation, reads, writes] of sendMethods) {
    it(`from ${name} are limited to ${reads} reads while read-only and ${writes} plain writes when unlocked (E9, E11)`, async function () {
      this.timeout(120_000);
      const { whileReadOnly, unlocked, readRefused } = await sendAll(operations, sendMethod);
      const ofKind = (kind: Expected): string[] =>
        operations
          .filter((operation) => expectation(operation) === kind)
          .flatMap((operation) => Array<string>(sendMethod.times).fill(callOf(operation)));
      assert.deepEqual(
        [ofKind('read').length, ofKind('write').length],
        [reads * sendMethod.times, writes * sendMethod.times],
      );
      const { missing, more } = difference(ofKind('read'), whileReadOnly);
      assert.deepEqual(missing, []);
      // Run offers names where it asks for an ID (E16).
      const offered: readonly string[] = expectation === ofCommand ? NAME_LISTS : [];
      assert.deepEqual(
        more.filter((call) => !offered.includes(call)),
        [],
      );
      // VS Code writes the log a moment later.
      const gated = keysOf(operations.filter((each) => isWriting(each) && reachesGate(each)));
      await expectToBecome(async () => [...(await readRefused())].sort(), gated);
      // The name of the object to delete is looked up before the question.
      assert.deepEqual(unlocked.filter((call) => !call.startsWith('GET ')).sort(), ofKind('write').sort());

      // Run opens the request document of an operation with a body.
      function reachesGate({ key, body }: Operation): boolean {
        return expectation === ofCommand ? !body : !UPLOADS.includes(key);
      }
    });
  }
});

/** The lists of names for the questions of Run. */
const NAME_LISTS = [
  'GET /v2/automation/scripts',
  'GET /v2/devices',
  'GET /v2/groups',
  'GET /v2/locations',
  'GET /v2/noderole/list',
  'GET /v2/organizations',
  'GET /v2/policies',
  'GET /v2/ticketing/ticket-form',
  'GET /v2/user/end-users',
  'GET /v2/user/roles',
  'GET /v2/user/technicians',
  'GET /v2/users',
];

/** Which calls of `expected` did not arrive, and which came in addition. Each call counts as often as it is listed. */
function difference(
  expected: readonly string[],
  arrived: readonly string[],
): { readonly missing: readonly string[]; readonly more: readonly string[] } {
  const without = (from: readonly string[], taken: readonly string[]): readonly string[] => {
    const rest = [...taken];
    return from.filter((call) => {
      const index = rest.indexOf(call);
      return index < 0 || rest.splice(index, 1).length === 0;
    });
  };
  return { missing: without(expected, arrived), more: without(arrived, expected) };
}

/** What is sent without confirmation: reads always, writes when they are allowed, or nothing. */
type Expected = 'read' | 'write' | 'nothing';

/** Without values: operations that need none and return no secret. */
function ofCommand(operation: Operation): Expected {
  const { method, body, parameters, traits } = operation;
  const isMissing = missingParameters(operation, { path: new Map(), query: new Map() }).length > 0;
  if (isMissing || (isWriting(operation) && body)) {
    return 'nothing';
  }
  const secretsOnDemand = method === 'GET' && parameters.some(({ name }) => name === 'showSecureValues');
  return traits.riskLevel === 'secretRead' && secretsOnDemand ? 'read' : sentUnconfirmed(operation);
}

/** With all values, including `showSecureValues`. */
function ofDocument(operation: Operation): Expected {
  return UPLOADS.includes(operation.key) ? 'nothing' : sentUnconfirmed(operation);
}

function sentUnconfirmed(operation: Operation): Expected {
  const { traits } = operation;
  if (traits.riskLevel === 'read') {
    return 'read';
  }
  return traits.riskLevel === 'write' && !traits.secret && !needsTypedText({ operation }) ? 'write' : 'nothing';
}

/** One operation of each risk level, method and body, filled up to one document per operation of a batch. */
function oneOfEachKind(operations: readonly Operation[]): readonly Operation[] {
  const kinds = new Map<string, Operation>();
  for (const operation of operations) {
    const { method, traits, body } = operation;
    kinds.set([method, traits.riskLevel, traits.bulk, body?.contentType].join(), operation);
  }
  return [...new Set([...kinds.values(), ...operations])].slice(0, Math.max(kinds.size, BATCH_SIZE));
}

interface Outcome {
  /** Method and path of the requests that reached the server. */
  readonly whileReadOnly: readonly string[];
  readonly unlocked: readonly string[];
  /** Resolves to the keys of operations that the extension refused so far, because the connection is read-only. */
  readonly readRefused: () => Promise<ReadonlySet<string>>;
}

async function sendAll(operations: readonly Operation[], sendMethod: SendMethod): Promise<Outcome> {
  const whileReadOnly: string[] = [];
  const unlocked: string[] = [];
  const before = (await readLog()).length;
  for (let start = 0; start < operations.length; start += BATCH_SIZE) {
    const batch = operations.slice(start, start + BATCH_SIZE);
    await sendMethod.prepare(batch);
    whileReadOnly.push(...(await arrivingDuring(() => dismissingPrompts(batch.flatMap(sendMethod.send)))));
    await unlockWrites();
    // Reads were sent above; a permission to write makes no difference for them.
    unlocked.push(...(await arrivingDuring(() => dismissingPrompts(batch.filter(isWriting).flatMap(sendMethod.send)))));
    await run('ninjaone.lockWrites', NATIVE);
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const readRefused = async (): Promise<ReadonlySet<string>> => {
    const log = (await readLog()).slice(before);
    const refusals = log.matchAll(/api\.readOnly: (.+) was not sent because "[^"]+" is read-only\./g);
    return new Set([...refusals].map(([, key = '']) => key));
  };
  return { whileReadOnly, unlocked, readRefused };
}

async function arrivingDuring(act: () => Promise<void>): Promise<string[]> {
  const before = (await sandboxState()).requests.length;
  await act();
  const { requests } = await sandboxState();
  return requests
    .slice(before)
    .filter((request) => request.path.startsWith('/v2'))
    .map(({ method, path: target }) => `${method} ${target}`);
}

/**
 * Presses the first button of the question, because VS Code itself refuses dialogs here. Each extension has a `vscode` of
 * its own, so it is that of the extension under test.
 */
async function unlockWrites(): Promise<void> {
  const root = vscode.extensions.getExtension(EXTENSION_ID)?.extensionPath ?? '';
  const own = createRequire(path.join(root, 'dist/extension.cjs'))('vscode') as typeof vscode;
  const window = own.window as { showWarningMessage: unknown };
  const original = window.showWarningMessage;
  window.showWarningMessage = (_text: string, _options: object, ...buttons: readonly unknown[]) =>
    Promise.resolve(buttons[0]);
  try {
    await run('ninjaone.unlockWrites', NATIVE);
  } finally {
    window.showWarningMessage = original;
  }
}

async function readLog(): Promise<string> {
  return readFile(path.join(probe().logFolder, 'NinjaOne.log'), 'utf8');
}

function isWriting({ key, traits }: Pick<Operation, 'key' | 'traits'>): boolean {
  return traits.riskLevel !== 'read' && traits.riskLevel !== 'secretRead' && !READING_POSTS.has(key);
}

function keysOf(operations: readonly Operation[]): string[] {
  return operations.map(({ key }) => key).sort();
}

/** Method and path, as the server logs it. */
function callOf(operation: Operation): string {
  const { path: values } = plainDraft(operation);
  const target = operation.path.replace(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(String(values.get(name))),
  );
  return `${operation.method} ${target}`;
}

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('ninjaone');
}
