import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
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
  PART,
  unanswered,
  type SendingWay,
} from '../support/host/sendMethods.ts';

const NATIVE = 'Sandbox native';

/**
 * Every operation by every way, with read-only on and off. Nobody answers a question here, and VS Code refuses modal
 * dialogs: so what has to be confirmed must not leave even where writes are allowed. NinjaOne answers everything with a
 * redirect, which is not followed: the request is in its log, and no answer is shown for each.
 */
describe('what leaves a running VS Code', () => {
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
    await misbehave({ api: { kind: 'redirect', status: 302, location: '/v2/elsewhere' } });
  });

  after(async () => {
    await run('ninjaone.lockWrites', NATIVE);
    await settings().update('connections', connections, vscode.ConfigurationTarget.Global);
    await settings().update('explorer.liveCatalog', undefined, vscode.ConfigurationTarget.Global);
    await rm(folder, { recursive: true, force: true });
    await resetSandbox();
  });

  it('the table has all 310 operations, of which 161 write', () => {
    assert.equal(operations.length, 310);
    assert.equal(operations.filter(isWriting).length, 161);
  });

  const ways: readonly (readonly [
    string,
    SendingWay,
    (operation: Operation) => Expected,
    reads: number,
    writes: number,
  ])[] = [
    // Every write asks for something first, or needs a document.
    ['the tree', byTree, ofCommand, 77, 0],
    ['a command with hostile arguments', byHostileCommand, ofCommand, 77, 0],
    ['an open request document', byDocument(oneOfEachKind(operations)), ofDocument, 137, 80],
    ['a saved file', bySavedFile(folder), ofDocument, 137, 80],
  ];
  for (const [name, way, expectation, reads, writes] of ways) {
    it(`E9, E11: by ${name}: of 310 operations ${reads} reads leave while read-only, and ${writes} plain writes when unlocked`, async function () {
      this.timeout(120_000);
      const { whileReadOnly, unlocked, refused } = await sendAll(operations, way);
      const ofKind = (kind: Expected): string[] =>
        operations
          .filter((operation) => expectation(operation) === kind)
          .flatMap((operation) => Array<string>(way.times).fill(callOf(operation)));
      assert.deepEqual([ofKind('read').length, ofKind('write').length], [reads * way.times, writes * way.times]);
      assert.deepEqual([...whileReadOnly].sort(), ofKind('read').sort());
      assert.deepEqual([...refused].sort(), keysOf(operations.filter((each) => isWriting(each) && reachesGate(each))));
      // The name of what a deletion is about is looked up before anybody is asked.
      assert.deepEqual(unlocked.filter((call) => !call.startsWith('GET ')).sort(), ofKind('write').sort());

      function reachesGate({ key }: Operation): boolean {
        return expectation === ofCommand || !UPLOADS.includes(key);
      }
    });
  }
});

/** What leaves unasked: always, when writes are allowed, or never. */
type Expected = 'read' | 'write' | 'nothing';

/** Without a value: what takes none, and gives out no secret. */
function ofCommand(operation: Operation): Expected {
  const { method, body, parameters, traits } = operation;
  const isMissing = missingParameters(operation, { path: new Map(), query: new Map() }).length > 0;
  if (isMissing || (isWriting(operation) && body)) {
    return 'nothing';
  }
  const secretsOnDemand = method === 'GET' && parameters.some(({ name }) => name === 'showSecureValues');
  return traits.riskLevel === 'secretRead' && secretsOnDemand ? 'read' : unasked(operation);
}

/** With every value, `showSecureValues` among them. */
function ofDocument(operation: Operation): Expected {
  return UPLOADS.includes(operation.key) ? 'nothing' : unasked(operation);
}

function unasked({ method, traits }: Operation): Expected {
  if (traits.riskLevel === 'read') {
    return 'read';
  }
  return traits.riskLevel === 'write' && !traits.bulk && method !== 'DELETE' ? 'write' : 'nothing';
}

/** By tier, method and body; then others, so that there is a document for each of a part. */
function oneOfEachKind(operations: readonly Operation[]): readonly Operation[] {
  const kinds = new Map<string, Operation>();
  for (const operation of operations) {
    const { method, traits, body } = operation;
    kinds.set([method, traits.riskLevel, traits.bulk, body?.contentType].join(), operation);
  }
  return [...new Set([...kinds.values(), ...operations])].slice(0, Math.max(kinds.size, PART));
}

interface Outcome {
  /** Method and path of what reached the server. */
  readonly whileReadOnly: readonly string[];
  readonly unlocked: readonly string[];
  /** Keys of what the extension said to have refused because the connection is read-only. */
  readonly refused: ReadonlySet<string>;
}

async function sendAll(operations: readonly Operation[], way: SendingWay): Promise<Outcome> {
  const whileReadOnly: string[] = [];
  const unlocked: string[] = [];
  const before = (await readLog()).length;
  for (let start = 0; start < operations.length; start += PART) {
    const part = operations.slice(start, start + PART);
    await way.prepare(part);
    whileReadOnly.push(...(await arrivingDuring(() => unanswered(part.flatMap(way.send)))));
    await unlockWrites();
    // What reads is sent above, and a permission to write changes nothing for it.
    unlocked.push(...(await arrivingDuring(() => unanswered(part.filter(isWriting).flatMap(way.send)))));
    await run('ninjaone.lockWrites', NATIVE);
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const log = (await readLog()).slice(before);
  const refusals = log.matchAll(/api\.readOnly: "[^"]+" is read-only, so (.+) was not sent\./g);
  return { whileReadOnly, unlocked, refused: new Set([...refusals].map(([, key = '']) => key)) };
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

/** Answers what the command asks, as a person does with the first button; VS Code itself refuses to ask here. */
async function unlockWrites(): Promise<void> {
  const window = vscode.window as { showWarningMessage: unknown };
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
