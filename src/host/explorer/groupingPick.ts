import * as vscode from 'vscode';
import { GROUPINGS, type GroupBy } from '../../core/catalog/groupOperations.ts';

/** What a person wants operations grouped by; nothing when they leave it as it is. */
export async function pickGrouping(): Promise<GroupBy | undefined> {
  const names: { readonly [G in GroupBy]: string } = {
    resource: vscode.l10n.t('Resource'),
    tag: vscode.l10n.t('Tag'),
    path: vscode.l10n.t('Path'),
    method: vscode.l10n.t('Method'),
  };
  const chosen = await vscode.window.showQuickPick(
    GROUPINGS.map((by) => ({ label: names[by], by })),
    { title: vscode.l10n.t('Group operations by') },
  );
  return chosen?.by;
}
