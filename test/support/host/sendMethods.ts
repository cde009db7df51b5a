import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { REQUEST_SCHEME } from '../../../src/host/platform/contributions.ts';
import { plainDraft } from '../bundledOperations.ts';
import { run, until } from './commands.ts';

/** VS Code keeps no more than 50 documents open that it does not show. */
export const PART = 25;

/** A way in which a request can be asked for. */
export interface SendingWay {
  /** How often it asks for each operation by its real key. */
  readonly times: number;
  /** What has to be there before these are sent, which are at most `PART`. */
  readonly prepare: (operations: readonly Operation[]) => Promise<void>;
  /** Does not wait: a command ends when its questions and its message are gone. */
  readonly send: (operation: Operation) => readonly Promise<unknown>[];
}

/** By the row of the tree, as its inline action hands it over. Nobody answers what is asked for. */
export const byTree: SendingWay = {
  times: 1,
  prepare: () => Promise.resolve(),
  send: (operation) => [
    run('ninjaone.explorer.run', { kind: 'operation', id: `g/${operation.key}`, group: 'g', operation }),
  ],
};

/** By commands that another extension calls with what it made up. */
export const byHostileCommand: SendingWay = {
  times: 2,
  prepare: () => Promise.resolve(),
  send: (operation) => hostileArguments(operation).map((argument) => run('ninjaone.explorer.run', argument)),
};

/**
 * By open request documents with every value written. Their addresses are those of a few operations, and what they say is
 * every operation in turn: an address decides nothing.
 */
export function byDocument(openedFor: readonly Operation[]): SendingWay {
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
  // A preview would give its tab to the next one.
  await vscode.commands.executeCommand('workbench.action.keepEditor');
  return document.uri;
}

/** By a file of the workspace, which may come from anywhere. It is open and not shown. */
export function bySavedFile(folder: string): SendingWay {
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
 * Resolves when all commands have ended. Nobody is there to answer: questions are closed and messages taken away, over and
 * over.
 */
export async function unanswered(commands: readonly Promise<unknown>[]): Promise<void> {
  let ended = false;
  void Promise.allSettled(commands).then(() => (ended = true));
  await until(async () => {
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await vscode.commands.executeCommand('notifications.clearAll');
    return ended;
  });
}

function textOf(operation: Operation): string {
  const { path: ofPath, query, body } = plainDraft(operation);
  const draft = {
    operation: operation.key,
    path: Object.fromEntries(ofPath),
    query: Object.fromEntries(query),
    ...(body === undefined ? {} : { body }),
  };
  return JSON.stringify(draft, undefined, 2);
}

/** Each looks like a row or a key of the operation and lies about something. */
function hostileArguments({ key, method, path: template }: Operation): readonly unknown[] {
  const traits = { riskLevel: 'read', scope: 'monitoring', bulk: false };
  let reads = 0;
  return [
    // The key of the operation twice, said to be harmless.
    {
      kind: 'operation',
      operation: { key, method: 'GET', path: '/v2/organizations', traits, body: undefined },
      confirmation: { key },
      connection: { id: 'x', instance: { origin: 'https://evil.example' } },
    },
    JSON.parse(
      `{"operation":{"key":${JSON.stringify(key)},"__proto__":{"tier":"read"}},"__proto__":{"mayWrite":true}}`,
    ),
    // The key of a harmless one, which asks for an id, with what belongs to the operation.
    { operation: { key: 'GET /v2/organization/{id}', method, path: template.replace(/\{[^}]+\}/g, '1'), traits } },
    {
      operation: {
        get key() {
          reads += 1;
          return reads === 1 ? 'GET /v2/organization/{id}' : key;
        },
      },
    },
    // No key at all.
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
