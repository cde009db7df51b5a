import * as vscode from 'vscode';
import { GROUPINGS, type GroupBy } from '../../core/catalog/groupOperations.ts';
import { showLivePick } from '../platform/livePick.ts';

/** Asks how to group operations, which are grouped by `present`; undefined if the user closes the pick. */
export async function pickGrouping(present: GroupBy): Promise<GroupBy | undefined> {
  const choices: { readonly [G in GroupBy]: vscode.QuickPickItem } = {
    resource: { label: vscode.l10n.t('Resource'), description: vscode.l10n.t('such as devices or organizations') },
    tag: { label: vscode.l10n.t('Tag'), description: vscode.l10n.t('from the API description of the instance') },
    path: {
      label: vscode.l10n.t('Path'),
      description: vscode.l10n.t('first part of the path, such as {0}', '/v2/devices'),
    },
    method: { label: vscode.l10n.t('Method'), description: vscode.l10n.t('HTTP method') },
  };
  const rows = GROUPINGS.map((by) => ({
    by,
    ...choices[by],
    ...(by === present ? { detail: vscode.l10n.t('Operations are grouped this way now.') } : {}),
  }));
  const chosen = await showLivePick({
    title: vscode.l10n.t('Group Operations By'),
    placeholder: vscode.l10n.t('How to group the operations in the API Explorer'),
    items: (text) => rows.filter(({ label }) => label.toLowerCase().includes(text.trim().toLowerCase())),
    active: rows.find(({ by }) => by === present),
  });
  return chosen?.by;
}
