import * as vscode from 'vscode';
import { plainText } from '../../../core/base/errors.ts';
import {
  EDITOR_REDIRECT,
  LOOPBACK_REDIRECT,
  redirectUriProblem,
  RELAY_REDIRECT,
} from '../../../core/connections/redirectUri.ts';
import {
  provisionalConnection,
  secretProblem,
  type ConnectionDraft,
} from '../../../core/connections/connectionDraft.ts';
import { EXTENSION_ID } from '../../platform/contributions.ts';
import {
  draftInstance,
  openClientAppsButton,
  wizardTurn,
  type WizardState,
  type StepContext,
  type WizardStep,
} from './wizardState.ts';
import { askText, pickOne, type Choice, type StepButton } from './wizardInputs.ts';
import type { Turn } from './stepRunner.ts';

/** The preselected redirect URI. If VS Code runs in a browser, it cannot reach our listener. */
export function usualRedirectUri(): string {
  return vscode.env.uiKind === vscode.UIKind.Web ? RELAY_REDIRECT : LOOPBACK_REDIRECT;
}

/** Whether `redirectStep` lists the redirect URI. */
export function isUsualRedirectUri(redirectUri: string): boolean {
  return redirectUri === LOOPBACK_REDIRECT || redirectUri === RELAY_REDIRECT || redirectUri === EDITOR_REDIRECT;
}

export const redirectStep: WizardStep = async (state, info) => {
  const result = await pickOne<string>({
    info,
    placeholder: vscode.l10n.t('Redirect URI to register in NinjaOne (copied to the clipboard when you select it)'),
    choices: choicesFor(state),
    active: state.ownRedirect ? OTHER : state.redirectUri,
    buttons: openClientAppsButton(state),
  });
  if (result.move === 'next' && result.value === OTHER) {
    return { move: 'next', state: { ...state, ownRedirect: true } };
  }
  return copied(wizardTurn(state, result, (redirectUri) => ({ redirectUri, ownRedirect: false })));
};

export const ownRedirectStep: WizardStep = async (state, info) => {
  const result = await askText({
    info,
    prompt: vscode.l10n.t(
      'Enter the redirect URI exactly as it is registered in NinjaOne, with or without a slash at the end. On http://localhost with a port from 1024, VS Code listens. With any other address, you paste the URL of the page where the browser ended.',
    ),
    placeholder: 'http://localhost:9091/',
    value: state.redirectUri,
    check: (text) => redirectUriProblem(text, state.platform, draftInstance(state)),
    buttons: openClientAppsButton(state),
  });
  return copied(wizardTurn(state, result, (redirectUri) => ({ redirectUri })));
};

export function secretStep({ edited, hasStoredSecret }: StepContext): WizardStep {
  return async (state, info) => {
    // A secret belongs to one host and client app. If either changes, the user is asked for it again.
    const connection = provisionalConnection(state);
    const stored = connection !== undefined && connection.id === edited?.id && (await hasStoredSecret(connection));
    const result = await askText({
      info,
      prompt: stored
        ? vscode.l10n.t(
            "Leave this empty to keep the stored client secret, or paste another one. It is stored in VS Code's secret storage, never in the settings.",
          )
        : vscode.l10n.t(
            "Paste the client secret. NinjaOne shows it only once, when it is created. It is stored in VS Code's secret storage, never in the settings.",
          ),
      password: true,
      value: state.secret,
      check: (text) => (stored && text === '' ? undefined : secretProblem(text, state)),
      buttons: openClientAppsButton(state),
    });
    return wizardTurn(state, result, (secret) => ({ secret }));
  };
}

export function copyRedirectButton(state: ConnectionDraft): StepButton {
  return {
    icon: 'copy',
    tooltip: vscode.l10n.t('Copy Redirect URI'),
    run: async () => copyRedirect(state),
  };
}

/** The value of the entry Another Redirect URI. A redirect URI is never empty. */
const OTHER = '';

function choicesFor(state: WizardState): Choice<string>[] {
  const loopback: Choice<string> = {
    label: LOOPBACK_REDIRECT,
    description: vscode.l10n.t('if VS Code and the browser are on the same computer'),
    detail: vscode.l10n.t('VS Code listens on this port while you sign in.'),
    value: LOOPBACK_REDIRECT,
  };
  const relay: Choice<string> = {
    label: RELAY_REDIRECT,
    description: vscode.l10n.t('for remote windows and the browser'),
    detail: vscode.l10n.t('The authorization code passes through vscode.dev. PKCE makes it useless to anyone else.'),
    value: RELAY_REDIRECT,
  };
  const editor: Choice<string> = {
    label: vscode.l10n.t('Callback Address of VS Code'),
    description: `${vscode.env.uriScheme}:`,
    detail: vscode.l10n.t('Only for servers that do not compare redirect URIs byte for byte.'),
    value: EDITOR_REDIRECT,
  };
  return [
    ...(usualRedirectUri() === RELAY_REDIRECT ? [relay, loopback] : [loopback, relay]),
    {
      label: vscode.l10n.t('Another Redirect URI…'),
      detail: vscode.l10n.t(
        'Another port on this computer, or an https address from which you paste the resulting URL.',
      ),
      value: OTHER,
    },
    ...(redirectUriProblem(EDITOR_REDIRECT, state.platform, draftInstance(state)) ? [] : [editor]),
  ];
}

async function copied(turn: Turn<WizardState>): Promise<Turn<WizardState>> {
  return turn.move === 'next' ? { ...turn, notice: await copyRedirect(turn.state) } : turn;
}

/** Copies the redirect URI to the clipboard, and returns a message about it. */
async function copyRedirect({ redirectUri }: ConnectionDraft): Promise<string> {
  const text = redirectUri === EDITOR_REDIRECT ? await editorAddress() : redirectUri;
  await vscode.env.clipboard.writeText(text);
  return vscode.l10n.t('Copied {0}. Register exactly this redirect URI in NinjaOne.', plainText(text, 200));
}

/** Without the query, because it differs on every sign-in. */
async function editorAddress(): Promise<string> {
  const uri = vscode.Uri.from({ scheme: vscode.env.uriScheme, authority: EXTENSION_ID, path: '/callback' });
  return (await vscode.env.asExternalUri(uri)).with({ query: '' }).toString(true);
}
