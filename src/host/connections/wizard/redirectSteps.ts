import * as vscode from 'vscode';
import { plainText } from '../../../core/base/errors.ts';
import {
  EDITOR_REDIRECT,
  LOOPBACK_REDIRECT,
  redirectUriProblem,
  RELAY_REDIRECT,
} from '../../../core/connections/redirectUri.ts';
import { provisionalConnection, secretProblem, type Draft } from '../../../core/connections/connectionDraft.ts';
import { EXTENSION_ID } from '../../platform/contributions.ts';
import {
  instanceOf,
  openClientAppsButton,
  turnOf,
  type WizardState,
  type StepContext,
  type WizardStep,
} from './wizardState.ts';
import { ask, pick, type Choice, type StepButton } from './wizardInputs.ts';
import type { Turn } from './stepRunner.ts';

/** What platforms with a redirect URI start with: in a browser there is no listener of ours that it could reach. */
export function usualRedirectUri(): string {
  return vscode.env.uiKind === vscode.UIKind.Web ? RELAY_REDIRECT : LOOPBACK_REDIRECT;
}

/** Whether the redirect URI is one of those that `redirectStep` lists. */
export function isUsualRedirectUri(redirectUri: string): boolean {
  return redirectUri === LOOPBACK_REDIRECT || redirectUri === RELAY_REDIRECT || redirectUri === EDITOR_REDIRECT;
}

export const redirectStep: WizardStep = async (state, place) => {
  const answer = await pick<string>({
    place,
    placeholder: vscode.l10n.t('How does the browser come back? The chosen URI is copied, to be registered'),
    choices: choicesFor(state),
    active: state.ownRedirect ? OTHER : state.redirectUri,
    buttons: openClientAppsButton(state),
  });
  if (answer.move === 'next' && answer.value === OTHER) {
    return { move: 'next', state: { ...state, ownRedirect: true } };
  }
  return copied(turnOf(state, answer, (redirectUri) => ({ redirectUri, ownRedirect: false })));
};

export const ownRedirectStep: WizardStep = async (state, place) => {
  const answer = await ask({
    place,
    prompt: vscode.l10n.t(
      'The redirect URI exactly as it is registered in NinjaOne, with or without a slash at the end. On http://localhost with a port from 1024 the editor listens; from any other address you paste the URL that the browser ended on.',
    ),
    placeholder: 'http://localhost:9091/',
    value: state.redirectUri,
    check: (text) => redirectUriProblem(text, state.platform, instanceOf(state)),
    buttons: openClientAppsButton(state),
  });
  return copied(turnOf(state, answer, (redirectUri) => ({ redirectUri })));
};

export function secretStep({ edited, hasStoredSecret }: StepContext): WizardStep {
  return async (state, place) => {
    // A secret belongs to its connection's binding: for another host or client app it is asked for again.
    const connection = provisionalConnection(state);
    const stored = connection !== undefined && connection.id === edited?.id && (await hasStoredSecret(connection));
    const kept = vscode.l10n.t('It goes to the secret storage of your editor, never into the settings.');
    const answer = await ask({
      place,
      prompt: stored
        ? `${vscode.l10n.t('Leave this empty to keep the stored client secret, or paste another one.')} ${kept}`
        : `${vscode.l10n.t('Paste the client secret. NinjaOne shows it once, when it is made.')} ${kept}`,
      password: true,
      value: state.secret,
      check: (text) => (stored && text === '' ? undefined : secretProblem(text)),
      buttons: openClientAppsButton(state),
    });
    return turnOf(state, answer, (secret) => ({ secret }));
  };
}

export function copyRedirectButton(state: Draft): StepButton {
  return {
    icon: 'copy',
    tooltip: vscode.l10n.t('Copy Redirect URI'),
    run: async () => copyRedirect(state),
  };
}

/** No redirect URI is empty. */
const OTHER = '';

function choicesFor(state: WizardState): Choice<string>[] {
  const loopback: Choice<string> = {
    label: LOOPBACK_REDIRECT,
    description: vscode.l10n.t('this computer'),
    detail: vscode.l10n.t('The editor listens there while you sign in, with editor and browser side by side.'),
    value: LOOPBACK_REDIRECT,
  };
  const relay: Choice<string> = {
    label: RELAY_REDIRECT,
    description: vscode.l10n.t('through vscode.dev'),
    detail: vscode.l10n.t('For remote windows and browsers. The code passes through vscode.dev, PKCE protects it.'),
    value: RELAY_REDIRECT,
  };
  const editor: Choice<string> = {
    label: vscode.l10n.t('The editor’s own address'),
    description: `${vscode.env.uriScheme}:`,
    detail: vscode.l10n.t('Only for servers that do not compare redirect URIs byte for byte.'),
    value: EDITOR_REDIRECT,
  };
  return [
    ...(usualRedirectUri() === RELAY_REDIRECT ? [relay, loopback] : [loopback, relay]),
    {
      label: vscode.l10n.t('Another address…'),
      detail: vscode.l10n.t('Another port of this computer, or an https address whose result you paste.'),
      value: OTHER,
    },
    ...(redirectUriProblem(EDITOR_REDIRECT, state.platform, instanceOf(state)) ? [] : [editor]),
  ];
}

async function copied(turn: Turn<WizardState>): Promise<Turn<WizardState>> {
  return turn.move === 'next' ? { ...turn, notice: await copyRedirect(turn.state) } : turn;
}

/** Puts the redirect URI into the clipboard and says so. */
async function copyRedirect({ redirectUri }: Draft): Promise<string> {
  const text = redirectUri === EDITOR_REDIRECT ? await editorAddress() : redirectUri;
  await vscode.env.clipboard.writeText(text);
  return vscode.l10n.t('Copied {0}: register exactly this redirect URI in NinjaOne.', plainText(text, 200));
}

/** Without the query, which differs on every sign-in. */
async function editorAddress(): Promise<string> {
  const uri = vscode.Uri.from({ scheme: vscode.env.uriScheme, authority: EXTENSION_ID, path: '/callback' });
  return (await vscode.env.asExternalUri(uri)).with({ query: '' }).toString(true);
}
