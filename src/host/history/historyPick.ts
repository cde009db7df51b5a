import * as vscode from 'vscode';
import type { AllPages } from '../../core/api/apiResponse.ts';
import { canceled, plainText } from '../../core/base/errors.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { HistoryEntry } from '../../core/history/historyEntry.ts';
import { relativeTime } from '../../core/responses/timestamps.ts';
import { durationOf, formatSize, formatTimestamp, formatStatus } from '../platform/format.ts';
import { plainItem } from '../platform/quickInputs.ts';

/** An entry with its connection and operation. */
export interface ListedEntry {
  readonly entry: HistoryEntry;
  readonly connection: Connection;
  /** Undefined if the catalog no longer contains it. */
  readonly operation: Operation | undefined;
  /** Whether the response is still available. */
  readonly isStored: boolean;
}

/** Says of what an entry is, where it is listed with others of its operation. */
export type EntryLabel = (entry: ListedEntry) => string;

export type HistoryAction = 'open' | 'rerun' | 'compare';

export interface HistoryPickOptions {
  readonly title: string;
  /** The buttons of each entry. */
  readonly actions: readonly Exclude<HistoryAction, 'open'>[];
  readonly now: number;
  /** The title of the operation by default. */
  readonly labelOf?: EntryLabel;
}

/** Shows the entries, newest first. The filter searches all text of a row. Undefined if the user closes the pick. */
export function pickHistoryEntry(
  listed: readonly ListedEntry[],
  { title, actions, now, labelOf = titleOf }: HistoryPickOptions,
): Promise<{ readonly chosen: ListedEntry; readonly action: HistoryAction } | undefined> {
  const buttons = actions.map((action) => ({ ...BUTTONS[action](), action }));
  const buttonsOf = ({ isStored }: ListedEntry): typeof buttons =>
    buttons.filter(({ action }) => isStored || action !== 'compare');
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly each: ListedEntry }>();
  pick.title = title;
  pick.placeholder = vscode.l10n.t('Search by operation, status, path or connection');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = listed.map((each) => ({
    ...plainItem({ label: labelOf(each), ...factsOf(each, now) }),
    buttons: buttonsOf(each),
    each,
  }));
  return new Promise((resolve) => {
    const end = (each: ListedEntry | undefined, action: HistoryAction): void => {
      resolve(each && { chosen: each, action });
      pick.dispose();
    };
    pick.onDidAccept(() => {
      end(pick.selectedItems[0]?.each, 'open');
    });
    pick.onDidTriggerItemButton(({ item, button }) => {
      end(item.each, buttons.find((each) => each === button)?.action ?? 'open');
    });
    pick.onDidHide(() => {
      end(undefined, 'open');
    });
    pick.show();
  });
}

/** Rejects as canceled if the user closes the pick. */
export async function pickEntry(
  listed: readonly ListedEntry[],
  options: Omit<HistoryPickOptions, 'actions'>,
): Promise<ListedEntry> {
  const picked = await pickHistoryEntry(listed, { ...options, actions: [] });
  if (!picked) {
    throw canceled();
  }
  return picked.chosen;
}

const BUTTONS: { readonly [A in Exclude<HistoryAction, 'open'>]: () => vscode.QuickInputButton } = {
  rerun: () => ({ iconPath: new vscode.ThemeIcon('debug-rerun'), tooltip: vscode.l10n.t('Run Again') }),
  compare: () => ({ iconPath: new vscode.ThemeIcon('diff'), tooltip: vscode.l10n.t('Compare with Previous') }),
};

export function titleOf({ entry, operation }: ListedEntry): string {
  return operation?.title ?? entry.operation;
}

function factsOf(
  { entry, connection, isStored }: ListedEntry,
  now: number,
): Pick<vscode.QuickPickItem, 'description' | 'detail'> {
  const { at, status, ms, size, outcome, allPages } = entry;
  const facts = [
    formatStatus(status),
    ...(outcome ? [OUTCOMES[outcome]()] : []),
    ...(allPages ? [ALL_PAGES[allPages]()] : []),
    relativeTime(Math.min(at, now), now, vscode.env.language),
    durationOf(ms),
    formatSize(size),
  ];
  return {
    description: [...facts, connection.name].join(' · '),
    detail: [
      requestLine(entry),
      formatTimestamp(at),
      ...(isStored || status === 0
        ? []
        : [vscode.l10n.t({ message: 'response not kept', comment: 'State of an entry in the history.' })]),
    ].join(' · '),
  };
}

const OUTCOMES: { readonly [O in NonNullable<HistoryEntry['outcome']>]: () => string } = {
  unknown: () =>
    vscode.l10n.t({ message: 'unknown whether executed', comment: 'Outcome of a request that changes data.' }),
  refused: () => vscode.l10n.t({ message: 'failed', comment: 'Outcome of a request that changes data.' }),
};

const ALL_PAGES: { readonly [A in AllPages]: () => string } = {
  complete: () => vscode.l10n.t({ message: 'all pages', comment: 'State of an entry in the history.' }),
  incomplete: () => vscode.l10n.t({ message: 'all pages, incomplete', comment: 'State of an entry in the history.' }),
};

/** Method, path and query as they were sent. */
function requestLine({ operation, values }: HistoryEntry): string {
  const query = new URLSearchParams(values?.query).toString();
  const path = Object.entries(values?.path ?? {}).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, () => value),
    operation,
  );
  return plainText(query === '' ? path : `${path}?${query}`, 200);
}
