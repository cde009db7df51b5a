import * as vscode from 'vscode';
import { isCanceled } from '../../../core/base/errors.ts';
import {
  hasClientSecret,
  hasRedirectUri,
  orderScopes,
  type Platform,
  type Scope,
} from '../../../core/connections/connection.ts';
import { clientIdProblem, nameProblem } from '../../../core/connections/parseConnections.ts';
import {
  parseConsoleAddress,
  provisionalConnection,
  suggestedName,
  twinProblem,
  type ConnectionDraft,
} from '../../../core/connections/connectionDraft.ts';
import type { Preset } from '../../../core/connections/instance.ts';
import { redirectUriProblem } from '../../../core/connections/redirectUri.ts';
import {
  draftInstance,
  isRebound,
  openClientAppsButton,
  wizardTurn,
  type WizardState,
  type StepContext,
  type WizardStep,
} from './wizardState.ts';
import { instanceChoices, platformChoices, PRESET_NAMES, registrationHint, scopeChoices } from './wizardChoices.ts';
import { askText, pickOne, pickSeveral } from './wizardInputs.ts';
import { copyRedirectButton, ownRedirectStep, redirectStep, secretStep, usualRedirectUri } from './redirectSteps.ts';

/** The steps that the wizard needs for this state, in the order of C5. */
export function stepsFor(context: StepContext): (state: WizardState) => readonly WizardStep[] {
  return ({ ownAddress, platform, ownRedirect }) => [
    instanceStep(context),
    ...(ownAddress ? [addressStep(context)] : []),
    platformStep(context),
    clientIdStep(context),
    scopesStep,
    ...(hasRedirectUri(platform) ? [redirectStep, ...(ownRedirect ? [ownRedirectStep] : [])] : []),
    ...(hasClientSecret(platform) ? [secretStep(context)] : []),
    nameStep(context),
  ];
}

function instanceStep({ edited }: StepContext): WizardStep {
  return async (state, info) => {
    const result = await pickOne<Preset | 'other'>({
      info,
      placeholder: edited
        ? vscode.l10n.t('Select your NinjaOne region. If you change it, you need to sign in again.')
        : vscode.l10n.t('Select your NinjaOne region. The address bar of your NinjaOne console shows it.'),
      choices: instanceChoices(),
      active: state.ownAddress ? 'other' : PRESET_NAMES.find((preset) => preset === state.instance),
    });
    return wizardTurn(state, result, (value) =>
      value === 'other'
        ? { ownAddress: true, instance: state.ownAddress ? state.instance : '' }
        : { ownAddress: false, instance: value },
    );
  };
}

function addressStep({ edited, confirmHost }: StepContext): WizardStep {
  return async (state, info) => {
    const result = await askText({
      info,
      prompt: vscode.l10n.t('Paste the address of your NinjaOne console. Only the part before the path is used.'),
      placeholder: 'https://acme.rmmservice.com',
      value: state.instance,
      check: (text) => {
        const result = parseConsoleAddress(text);
        return result.ok ? undefined : result.problem;
      },
      hint: (text) => {
        const instance = draftInstance({ ...state, instance: text });
        return instance?.kind === 'custom'
          ? vscode.l10n.t('{0} does not belong to NinjaOne. You are asked to confirm it once.', instance.host)
          : instance && vscode.l10n.t('Uses {0}', instance.origin);
      },
      confirm: async (text) => {
        const connection = provisionalConnection({ ...state, instance: text, name: edited?.name ?? '' });
        try {
          if (connection) {
            await confirmHost(connection);
          }
          return undefined;
        } catch (error) {
          if (isCanceled(error)) {
            return vscode.l10n.t(
              'Nothing is sent to a host that you do not trust. Enter another address, or press Enter to be asked again.',
            );
          }
          throw error;
        }
      },
    });
    return wizardTurn(state, result, (instance) => ({ instance }));
  };
}

function platformStep({ edited }: StepContext): WizardStep {
  return async (state, info) => {
    const result = await pickOne<Platform>({
      info,
      placeholder: edited
        ? vscode.l10n.t('Application platform of the client app. If you change it, you need to sign in again.')
        : vscode.l10n.t('Application platform of the client app in NinjaOne'),
      choices: platformChoices(),
      active: state.platform,
      buttons: openClientAppsButton(state),
    });
    return wizardTurn(state, result, (platform) => {
      // The redirect URI may have been chosen for another instance, and the client ID step already offers to copy it.
      const replace =
        hasRedirectUri(platform) && redirectUriProblem(state.redirectUri, platform, draftInstance(state)) !== undefined;
      return replace ? { platform, redirectUri: usualRedirectUri(), ownRedirect: false } : { platform };
    });
  };
}

function clientIdStep({ edited, others, isUnknownClient }: StepContext): WizardStep {
  return async (state, info) => {
    const { platform } = state;
    const result = await askText({
      info,
      prompt: registrationHint(state),
      value: state.clientId,
      check: (clientId) => clientIdProblem(clientId) ?? twinProblem({ ...state, clientId }, others()),
      hint: (clientId) => (isRebound({ ...state, clientId }, edited) ? reboundHint() : undefined),
      confirm: warnOnce((clientId) => unknownClientHint({ ...state, clientId }, isUnknownClient)),
      buttons: [...openClientAppsButton(state), ...(hasRedirectUri(platform) ? [copyRedirectButton(state)] : [])],
    });
    return wizardTurn(state, result, (clientId) => ({ clientId }));
  };
}

const scopesStep: WizardStep = async (state, info) => {
  const result = await pickSeveral<Scope>({
    info,
    placeholder: vscode.l10n.t('Scopes to request (must also be enabled on the client app)'),
    choices: scopeChoices(),
    selected: state.scopes,
    atLeastOne: vscode.l10n.t('Select at least one scope.'),
  });
  return wizardTurn(state, result, (scopes) => ({ scopes: orderScopes(scopes) }));
};

function nameStep({ edited, others, isUnknownClient }: StepContext): WizardStep {
  return async (state, info) => {
    const taken = others().map(({ name }) => name);
    const suggested = suggestedName(state, taken);
    const result = await askText({
      info,
      prompt: edited
        ? vscode.l10n.t(
            'Enter a name for the connection. If you change it, other extensions ask for your consent again.',
          )
        : vscode.l10n.t('Enter a name for the connection. It is shown in menus and in the list of accounts.'),
      value: state.name || suggested,
      check: (name) => nameProblem(name, taken),
      confirm: warnOnce(() => unknownClientHint(state, isUnknownClient)),
    });
    // An unchanged suggestion must be made again when the user goes back and chooses another instance.
    const untouched = result.move !== 'next' && result.value === suggested;
    return wizardTurn(state, result, (name) => ({ name: untouched ? '' : name }));
  };
}

/** Warns about the same text only once, so that pressing Enter again continues. */
function warnOnce(check: (text: string) => Promise<string | undefined>): (text: string) => Promise<string | undefined> {
  let warnedAbout: string | undefined;
  return async (text) => {
    const warning = warnedAbout === text ? undefined : await check(text);
    warnedAbout = warning === undefined ? warnedAbout : text;
    return warning;
  };
}

async function unknownClientHint(
  draft: ConnectionDraft,
  isUnknownClient: StepContext['isUnknownClient'],
): Promise<string | undefined> {
  const connection = provisionalConnection(draft);
  return connection && (await isUnknownClient(connection))
    ? vscode.l10n.t(
        'This NinjaOne instance ({0}) does not know the client ID. The most common cause is the wrong region. Go back to select another one, or press Enter again to continue anyway.',
        connection.instance.label,
      )
    : undefined;
}

/** Shown in the client ID step, because every edit reaches it after instance and platform are known. */
function reboundHint(): string {
  return vscode.l10n.t(
    'The instance, platform or client ID changed, so you need to sign in again. The existing sessions are listed separately until you sign out of them.',
  );
}
