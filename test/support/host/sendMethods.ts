import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { REQUEST_SCHEME } from '../../../src/host/platform/contributions.ts';
import { completeBody, plainDraft, UPLOADS } from '../bundledOperations.ts';
import { run, until } from './commands.ts';

/** VS Code keeps at most 50 hidden documents open. */
export const BATCH_SIZE = 25;

/** One of the ways to send a request. */
export interface SendMethod {
  /** How often it sends each operation by its real key. */
  readonly times: number;
  /** Prepares at most `BATCH_SIZE` operations for sending. */
  readonly prepare: (operations: readonly Operation[]) => Promise<void>;
  /** Starts the commands without waiting, because each ends only when its prompts and notifications are closed. */
  readonly send: (operation: Operation) => readonly Promise<unknown>[];
}

/** Runs the inline action of a row in the tree. Missing values are not entered. */
export const byTree: SendMethod = {
  times: 1,
  prepare: () => Promise.resolve(),
  send: (operation) => [
    run('ninjaone.explorer.run', { kind: 'operation', id: `g/${operation.key}`, group: 'g', operation }),
  ],
};

/** Calls the command with made-up arguments, as another extension could. */
export const byHostileCommand: SendMethod = {
  times: 2,
  prepare: () => Promise.resolve(),
  send: (operation) => hostileArguments(operation).map((argument) => run('ninjaone.explorer.run', argument)),
};

/**
 * Sends open request documents with all values. A few documents are rewritten for each operation in turn, because the
 * address of a document must not matter.
 */
export function byDocument(openedFor: readonly Operation[]): SendMethod {
  const opened: vscode.Uri[] = [];
  const addresses = new Map<string, vscode.Uri>();
  return {
    times: 1,
    prepare: async (operations) => {
      if (opened.length === 0) {
        for (const operation of openedFor) {
          opened.push(await openDocument(operation));
        }
      }
      const edit = new vscode.WorkspaceEdit();
      for (const [index, operation] of operations.entries()) {
        const uri = opened[index];
        if (!uri) {
          throw new Error(`There is no open document left for ${operation.key}.`);
        }
        edit.replace(uri, new vscode.Range(0, 0, Number.MAX_SAFE_INTEGER, 0), textOf(operation));
        addresses.set(operation.key, uri);
      }
      await vscode.workspace.applyEdit(edit);
    },
    send: ({ key }) => [run('ninjaone.request.send', addresses.get(key))],
  };
}

async function openDocument({ key }: Operation): Promise<vscode.Uri> {
  await run('ninjaone.explorer.open', key);
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme !== REQUEST_SCHEME || !document.getText().includes(JSON.stringify(key))) {
    throw new Error(`${key} has no request document.`);
  }
  // The next document would replace a preview.
  await vscode.commands.executeCommand('workbench.action.keepEditor');
  return document.uri;
}

/** Sends a file of the workspace, which may come from anywhere. It is open but not visible. */
export function bySavedFile(folder: string): SendMethod {
  const addressOf = ({ key }: Operation): vscode.Uri =>
    vscode.Uri.file(path.join(folder, `${key.replace(/\W+/g, '-')}.ninjaone.json`));
  return {
    times: 1,
    prepare: async (operations) => {
      await mkdir(folder, { recursive: true });
      for (const operation of operations) {
        await writeFile(addressOf(operation).fsPath, textOf(operation));
        await vscode.workspace.openTextDocument(addressOf(operation));
      }
    },
    send: (operation) => [run('ninjaone.request.send', addressOf(operation))],
  };
}

/**
 * Resolves when all commands have ended. Until then it keeps closing prompts and notifications.
 */
export async function dismissingPrompts(commands: readonly Promise<unknown>[]): Promise<void> {
  let ended = false;
  void Promise.allSettled(commands).then(() => (ended = true));
  await until(async () => {
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await vscode.commands.executeCommand('notifications.clearAll');
    return ended;
  });
}

function textOf(operation: Operation): string {
  const { path: ofPath, query } = plainDraft(operation);
  const body = UPLOADS.includes(operation.key) ? {} : completeBody(operation);
  const draft = {
    operation: operation.key,
    path: Object.fromEntries(ofPath),
    query: Object.fromEntries(query),
    ...(body === undefined ? {} : { body }),
  };
  return JSON.stringify(draft, undefined, 2);
}

/** Arguments that look like a row or key of the operation, each with something wrong. */
function hostileArguments({ key, method, path: template }: Operation): readonly unknown[] {
  const traits = { riskLevel: 'read', scope: 'monitoring', bulk: false };
  let reads = 0;
  return [
    // The real key with harmless traits.
    {
      kind: 'operation',
      operation: { key, method: 'GET', path: '/v2/organizations', traits, body: undefined },
      confirmation: { key },
      connection: { id: 'x', instance: { origin: 'https://evil.example' } },
    },
    JSON.parse(
      `{"operation":{"key":${JSON.stringify(key)},"__proto__":{"tier":"read"}},"__proto__":{"mayWrite":true}}`,
    ),
    // The key of a harmless operation with the method and traits of the real one.
    { operation: { key: 'GET /v2/organization/{id}', method, path: template.replace(/\{[^}]+\}/g, '1'), traits } },
    {
      operation: {
        get key() {
          reads += 1;
          return reads === 1 ? 'GET /v2/organization/{id}' : key;
        },
      },
    },
    // No key.
    {
      get operation(): never {
        throw new Error('A getter of another extension.');
      },
    },
    { operation: { key: { toString: () => key } } },
    [key],
    `${method} /v2/organizations/..${template.slice('/v2'.length)}`,
  ];
}
