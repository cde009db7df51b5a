import * as vscode from 'vscode';
import { plainText } from '../../../core/base/errors.ts';
import {
  EDITOR_REDIRECT,
  LOOPBACK_REDIRECT,
  redirectKindOf,
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
  type SecretCheck,
  type WizardState,
  type StepContext,
  type WizardStep,
} from './wizardState.ts';
import { askText, pickOne, type Choice, type StepButton } from './wizardInputs.ts';

/** The preselected redirect URI. If VS Code runs in a browser, it cannot reach our listener. */
export function usualRedirectUri(): string {
  return vscode.env.uiKind === vscode.UIKind.Web ? RELAY_REDIRECT : LOOPBACK_REDIRECT;
}

/** Whether `redirectStep` lists the redirect URI. */
export function isUsualRedirectUri(redirectUri: string): boolean {
  return redirectUri === LOOPBACK_REDIRECT || redirectUri === RELAY_REDIRECT || redirectUri === EDITOR_REDIRECT;
}

export const redirectStep: WizardStep = async (state, info) => {
  const choices = await choicesFor(state);
  let typed = '';
  const result = await pickOne<string>({
    info,
    placeholder: vscode.l10n.t('Redirect URI to register in NinjaOne. The button of a row copies it.'),
    choices: (text) => {
      typed = text.trim();
      return choices;
    },
    active: state.ownRedirect ? OTHER : state.redirectUri,
    buttons: openClientAppsButton(state),
  });
  return wizardTurn(state, result, (redirectUri) =>
    redirectUri === OTHER
      ? // The next step goes on with what was typed or pasted here.
        { ownRedirect: true, ...(typed === '' ? {} : { redirectUri: typed }) }
      : { redirectUri, ownRedirect: false },
  );
};

export const ownRedirectStep: WizardStep = async (state, info) => {
  const result = await askText({
    info,
    prompt: vscode.l10n.t(
      'Enter the redirect URI exactly as it is registered in NinjaOne, with or without a slash at the end.',
    ),
    placeholder: 'http://localhost:9091/',
    value: isUsualRedirectUri(state.redirectUri) ? '' : state.redirectUri,
    check: (text) => redirectUriProblem(text, state.platform, draftInstance(state)),
    hint: returnHint,
    buttons: openClientAppsButton(state),
  });
  return wizardTurn(state, result, (redirectUri) => ({ redirectUri }));
};

/** How the browser comes back. */
function returnHint(redirectUri: string): string | undefined {
  switch (redirectKindOf(redirectUri)) {
    case 'loopback':
      return vscode.l10n.t('VS Code listens on this port while you sign in.');
    case 'relay':
      return vscode.l10n.t('The authorization code passes through vscode.dev. PKCE makes it useless to anyone else.');
    case 'paste':
      return vscode.l10n.t('When you sign in, you paste the URL of the page where the browser ended.');
    case 'editor':
    case undefined:
      return undefined;
  }
}

export function secretStep({ edited, hasStoredSecret, checkSecret }: StepContext): WizardStep {
  return async (state, info) => {
    // A secret belongs to one host and client app. If either changes, the user is asked for it again.
    const connection = provisionalConnection(state);
    const stored = connection !== undefined && connection.id === edited?.id && (await hasStoredSecret(connection));
    let secretCheck: SecretCheck = 'unchecked';
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
      confirm: async (secret) => {
        secretCheck = 'accepted';
        if (connection && secret !== '') {
          // Only to a host that knows the client ID, because the region may be the wrong one.
          secretCheck = state.clientCheck === 'known' ? await checkSecret(connection, secret) : 'unchecked';
        }
        return secretCheck === 'refused' ? { message: secretRefused(), mayContinue: true } : undefined;
      },
      buttons: openClientAppsButton(state),
    });
    return wizardTurn(state, result, (secret) => ({ secret, secretCheck }));
  };
}

function secretRefused(): string {
  return vscode.l10n.t(
    'NinjaOne does not accept this client secret. Correct it, or create another one in NinjaOne. To continue anyway, press Enter again.',
  );
}

export function copyRedirectButton(state: ConnectionDraft): StepButton {
  return {
    icon: 'copy',
    tooltip: vscode.l10n.t('Copy Redirect URI'),
    run: async () => {
      const text = await registeredText(state.redirectUri);
      await vscode.env.clipboard.writeText(text);
      return vscode.l10n.t('Copied {0}', plainText(text, 200));
    },
  };
}

/** The value of the entry Another Redirect URI. A redirect URI is never empty. */
const OTHER = '';

/** The redirect URIs that are usual in NinjaOne, with the one for this window first. */
export function usualRedirectChoices(): Choice<string>[] {
  const loopback: Choice<string> = {
    label: LOOPBACK_REDIRECT,
    description: vscode.l10n.t('if VS Code and the browser are on the same computer'),
    detail: returnHint(LOOPBACK_REDIRECT) ?? '',
    copies: LOOPBACK_REDIRECT,
    value: LOOPBACK_REDIRECT,
  };
  const relay: Choice<string> = {
    label: RELAY_REDIRECT,
    description: vscode.l10n.t('for remote windows and the browser'),
    detail: returnHint(RELAY_REDIRECT) ?? '',
    copies: RELAY_REDIRECT,
    value: RELAY_REDIRECT,
  };
  return usualRedirectUri() === RELAY_REDIRECT ? [relay, loopback] : [loopback, relay];
}

async function choicesFor(state: WizardState): Promise<Choice<string>[]> {
  const choices: Choice<string>[] = [
    ...usualRedirectChoices(),
    {
      label: vscode.l10n.t('Another Redirect URI…'),
      detail: vscode.l10n.t(
        'Another port on this computer, or an https address from which you paste the resulting URL.',
      ),
      // Also for a text that is no row, which the next step explains.
      alwaysShow: true,
      value: OTHER,
    },
  ];
  if (redirectUriProblem(EDITOR_REDIRECT, state.platform, draftInstance(state))) {
    return choices;
  }
  const editor = {
    label: vscode.l10n.t('Callback Address of VS Code'),
    description: `${vscode.env.uriScheme}:`,
    detail: vscode.l10n.t('Only for servers that do not compare redirect URIs byte for byte.'),
    copies: await registeredText(EDITOR_REDIRECT),
    value: EDITOR_REDIRECT,
  };
  return [...choices, editor];
}

/** What to register in NinjaOne: the redirect URI, or the address for which the setting says `editor`. */
async function registeredText(redirectUri: string): Promise<string> {
  if (redirectUri !== EDITOR_REDIRECT) {
    return redirectUri;
  }
  const uri = vscode.Uri.from({ scheme: vscode.env.uriScheme, authority: EXTENSION_ID, path: '/callback' });
  // Without the query, because it differs on every sign-in.
  return (await vscode.env.asExternalUri(uri)).with({ query: '' }).toString(true);
}
