import * as vscode from 'vscode';
import { GROUPINGS, type GroupBy } from '../../core/catalog/groupOperations.ts';
import { showPick } from '../platform/quickInputs.ts';

/** Asks how to group operations; undefined if the user closes the pick. */
export async function pickGrouping(): Promise<GroupBy | undefined> {
  const choices: { readonly [G in GroupBy]: vscode.QuickPickItem } = {
    resource: { label: vscode.l10n.t('Resource'), description: vscode.l10n.t('such as devices or organizations') },
    tag: { label: vscode.l10n.t('Tag'), description: vscode.l10n.t('from the API description of the instance') },
    path: {
      label: vscode.l10n.t('Path'),
      description: vscode.l10n.t('first part of the path, such as {0}', '/v2/devices'),
    },
    method: { label: vscode.l10n.t('Method'), description: vscode.l10n.t('HTTP method') },
  };
  const chosen = await showPick(
    GROUPINGS.map((by) => ({ ...choices[by], by })),
    { title: vscode.l10n.t('Group Operations By') },
  );
  return chosen?.by;
}
