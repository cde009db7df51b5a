import * as vscode from 'vscode';
import { canceled } from '../../core/base/errors.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { listOf } from '../platform/format.ts';
import { platformName } from '../platform/platformNames.ts';
import { showPick } from '../platform/quickInputs.ts';
import { activeMark, connectionState, stateText } from './connectionStates.ts';
import type { SelectedConnection } from './selectedConnection.ts';

/** What the rows say about the connections. */
export interface ConnectionPickContext {
  readonly selection: Pick<SelectedConnection, 'current'>;
  readonly tokens: Pick<TokenService, 'usable' | 'expired'>;
}

export interface ConnectionPickOptions extends ConnectionPickContext {
  readonly title: string;
  /** Closes the pick. */
  readonly signal?: AbortSignal;
  /** For a row that adds a connection, and takes it. */
  readonly addConnection?: () => Promise<Connection | undefined>;
}

/** Rejects as canceled when the user closes the pick, or `signal` does. Lists the connections in the given order. */
export async function pickConnection(
  connections: readonly Connection[],
  { title, signal, addConnection, ...context }: ConnectionPickOptions,
): Promise<Connection> {
  const closing = new vscode.CancellationTokenSource();
  signal?.addEventListener('abort', () => {
    closing.cancel();
  });
  const rows = connections.map((connection) => ({
    ...connectionRow(connection, context),
    take: (): Promise<Connection | undefined> => Promise.resolve(connection),
  }));
  const chosen = await showPick(
    [...rows, ...(addConnection ? [{ ...addingRow(), take: addConnection }] : [])],
    { title, matchOnDescription: true },
    closing.token,
  );
  const taken = await chosen?.take();
  if (!taken) {
    throw canceled();
  }
  return taken;
}

function addingRow(): vscode.QuickPickItem {
  return { label: vscode.l10n.t('Add Connection…'), iconPath: new vscode.ThemeIcon('add') };
}

function connectionRow(connection: Connection, { selection, tokens }: ConnectionPickContext): vscode.QuickPickItem {
  const isActive = selection.current?.id === connection.id;
  const state = stateText(connectionState(connection, tokens));
  return {
    label: connection.name,
    description: [...activeMark(isActive), state, connection.instance.label].join(' · '),
    detail: `${platformName(connection.platform)} · ${listOf(connection.scopes)}`,
  };
}

/**
 * The one order of all picks of connections and sessions: those of the active connection first, so that Enter takes it,
 * the others as they are in the settings.
 */
export function activeFirst<T>(
  items: readonly T[],
  { selection: { current } }: Pick<ConnectionPickContext, 'selection'>,
  connectionOf: (item: T) => Connection,
): readonly T[] {
  const isActive = (item: T): boolean => connectionOf(item).id === current?.id;
  return [...items.filter(isActive), ...items.filter((item) => !isActive(item))];
}
