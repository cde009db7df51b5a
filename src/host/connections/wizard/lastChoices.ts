import * as vscode from 'vscode';
import { l10n } from '../../../core/base/l10n.ts';
import { allOf } from '../../../core/base/messages.ts';
import { hasClientSecret, type Connection } from '../../../core/connections/connection.ts';
import { listOf } from '../../platform/format.ts';
import { localize } from '../../platform/localize.ts';
import { platformName } from '../../platform/platformNames.ts';
import type { Choice } from './wizardInputs.ts';
import { draftInstance, type WizardState } from './wizardState.ts';

/** The rows of the last list. `check` leads back to the step that could not be checked. */
export function lastChoices(
  state: WizardState,
  { name, edited }: { readonly name: string; readonly edited: Connection | undefined },
): Choice<'add' | 'scopes' | 'name' | 'check'>[] {
  const scopes = allOf(state.scopes);
  return [
    {
      label: localize(
        edited
          ? l10n.t({
              message: 'Save {0} with {1}',
              args: [name, scopes],
              comment: '{0} is the name of a connection and {1} a list of scopes.',
            })
          : l10n.t({
              message: 'Add {0} with {1}',
              args: [name, scopes],
              comment: '{0} is the name of a connection and {1} a list of scopes.',
            }),
      ),
      description: [draftInstance(state)?.label ?? state.instance, platformName(state.platform)].join(' · '),
      detail:
        state.platform === 'api-services'
          ? vscode.l10n.t('VS Code then signs in with the client secret and sends one request to test the connection.')
          : vscode.l10n.t('Your browser then opens. You sign in as whoever is signed in to NinjaOne there.'),
      value: 'add',
    },
    ...notesOf(state).map((note) => ({ ...note, iconPath: new vscode.ThemeIcon('warning'), value: 'check' as const })),
    { label: vscode.l10n.t('Change Scopes…'), description: listOf(state.scopes), value: 'scopes' },
    { label: vscode.l10n.t('Change Name…'), description: name, value: 'name' },
  ];
}

/** What the wizard could not check, or what the user continued with in spite of a warning. */
function notesOf(state: WizardState): readonly vscode.QuickPickItem[] {
  const host = draftInstance(state)?.host ?? state.instance;
  const detail = vscode.l10n.t(
    '{0} could not be reached, or gave no clear response. The sign-in says if something is wrong.',
    host,
  );
  const isSecretUnchecked = hasClientSecret(state.platform) && state.secretCheck === 'unchecked';
  const notes: vscode.QuickPickItem[] = [];
  if (state.clientCheck === 'unknown') {
    notes.push({
      label: vscode.l10n.t('Unknown Client ID'),
      detail: vscode.l10n.t('{0} does not know it. The most common cause is the wrong region.', host),
    });
  } else if (state.clientCheck === 'unchecked') {
    const label = isSecretUnchecked
      ? vscode.l10n.t('Client ID and Client Secret Not Checked')
      : vscode.l10n.t('Client ID Not Checked');
    notes.push({ label, detail });
  }
  if (hasClientSecret(state.platform) && state.secretCheck === 'refused') {
    notes.push({
      label: vscode.l10n.t('Wrong Client Secret'),
      detail: vscode.l10n.t('{0} does not accept it.', host),
    });
  } else if (isSecretUnchecked && state.clientCheck === 'known') {
    notes.push({ label: vscode.l10n.t('Client Secret Not Checked'), detail });
  }
  return notes;
}
