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
  type Draft,
} from '../../../core/connections/connectionDraft.ts';
import type { Preset } from '../../../core/connections/instance.ts';
import { redirectUriProblem } from '../../../core/connections/redirectUri.ts';
import {
  instanceOf,
  isRebound,
  openClientAppsButton,
  turnOf,
  type WizardState,
  type StepContext,
  type WizardStep,
} from './wizardState.ts';
import { instanceChoices, platformChoices, PRESET_NAMES, registrationHint, scopeChoices } from './wizardChoices.ts';
import { ask, pick, pickSome } from './wizardInputs.ts';
import { copyRedirectButton, ownRedirectStep, redirectStep, secretStep, usualRedirectUri } from './redirectSteps.ts';

/** The steps of the wizard, in the order of C5, as far as the answers call for them. */
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
  return async (state, place) => {
    const answer = await pick<Preset | 'other'>({
      place,
      placeholder: edited
        ? vscode.l10n.t('Which NinjaOne? With another one you sign in anew.')
        : vscode.l10n.t('Which NinjaOne? Use what the address bar of your console shows.'),
      choices: instanceChoices(),
      active: state.ownAddress ? 'other' : PRESET_NAMES.find((preset) => preset === state.instance),
    });
    return turnOf(state, answer, (value) =>
      value === 'other'
        ? { ownAddress: true, instance: state.ownAddress ? state.instance : '' }
        : { ownAddress: false, instance: value },
    );
  };
}

function addressStep({ edited, confirmHost }: StepContext): WizardStep {
  return async (state, place) => {
    const answer = await ask({
      place,
      prompt: vscode.l10n.t(
        'Paste what the address bar of your NinjaOne console shows; only the part before the path is used.',
      ),
      placeholder: 'https://acme.rmmservice.com',
      value: state.instance,
      check: (text) => {
        const result = parseConsoleAddress(text);
        return result.ok ? undefined : result.problem;
      },
      hint: (text) => {
        const instance = instanceOf({ ...state, instance: text });
        return instance?.kind === 'custom'
          ? vscode.l10n.t(
              '{0} is not one of NinjaOne’s own hosts: you are asked once whether it is yours.',
              instance.host,
            )
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
              'Nothing is sent to a host that you do not trust. Write another address, or press Enter to be asked again.',
            );
          }
          throw error;
        }
      },
    });
    return turnOf(state, answer, (instance) => ({ instance }));
  };
}

function platformStep({ edited }: StepContext): WizardStep {
  return async (state, place) => {
    const answer = await pick<Platform>({
      place,
      placeholder: edited
        ? vscode.l10n.t('Which “Application Platform”? With another one you sign in anew.')
        : vscode.l10n.t('Which “Application Platform” has the client app in NinjaOne?'),
      choices: platformChoices(),
      active: state.platform,
      buttons: openClientAppsButton(state),
    });
    return turnOf(state, answer, (platform) => {
      // It may have been chosen for another instance, and the client ID step offers it to be copied already.
      const replace =
        hasRedirectUri(platform) && redirectUriProblem(state.redirectUri, platform, instanceOf(state)) !== undefined;
      return replace ? { platform, redirectUri: usualRedirectUri(), ownRedirect: false } : { platform };
    });
  };
}

function clientIdStep({ edited, others, isUnknownClient }: StepContext): WizardStep {
  return async (state, place) => {
    const { platform } = state;
    const answer = await ask({
      place,
      prompt: `${registrationHint(state)} ${vscode.l10n.t('Paste the client ID of the client app.')}`,
      value: state.clientId,
      check: (clientId) => clientIdProblem(clientId) ?? twinProblem({ ...state, clientId }, others()),
      hint: (clientId) => (isRebound({ ...state, clientId }, edited) ? reboundHint() : undefined),
      confirm: objectOnce((clientId) => unknownClientHint({ ...state, clientId }, isUnknownClient)),
      buttons: [...openClientAppsButton(state), ...(hasRedirectUri(platform) ? [copyRedirectButton(state)] : [])],
    });
    return turnOf(state, answer, (clientId) => ({ clientId }));
  };
}

const scopesStep: WizardStep = async (state, place) => {
  const answer = await pickSome<Scope>({
    place,
    placeholder: vscode.l10n.t('What this connection may ask for at most; the client app must allow it too'),
    choices: scopeChoices(),
    selected: state.scopes,
    atLeastOne: vscode.l10n.t('Tick at least one scope.'),
  });
  return turnOf(state, answer, (scopes) => ({ scopes: orderScopes(scopes) }));
};

function nameStep({ others, isUnknownClient }: StepContext): WizardStep {
  return async (state, place) => {
    const taken = others().map(({ name }) => name);
    const suggested = suggestedName(state, taken);
    const answer = await ask({
      place,
      prompt: vscode.l10n.t('A name for this connection, as it is shown in menus and among the accounts.'),
      value: state.name || suggested,
      check: (name) => nameProblem(name, taken),
      confirm: objectOnce(() => unknownClientHint(state, isUnknownClient)),
    });
    // A suggestion that was only looked at must follow when the user goes back and chooses another instance.
    const untouched = answer.move !== 'next' && answer.value === suggested;
    return turnOf(state, answer, (name) => ({ name: untouched ? '' : name }));
  };
}

/** Objects to the same text only once, so that the next Enter goes on. */
function objectOnce(
  object: (text: string) => Promise<string | undefined>,
): (text: string) => Promise<string | undefined> {
  let objected: string | undefined;
  return async (text) => {
    const objection = objected === text ? undefined : await object(text);
    objected = objection === undefined ? objected : text;
    return objection;
  };
}

async function unknownClientHint(
  draft: Draft,
  isUnknownClient: StepContext['isUnknownClient'],
): Promise<string | undefined> {
  const connection = provisionalConnection(draft);
  return connection && (await isUnknownClient(connection))
    ? vscode.l10n.t(
        'This NinjaOne instance ({0}) does not know the client ID. The most common cause is the wrong region: go back to choose another one, or press Enter again to continue anyway.',
        connection.instance.label,
      )
    : undefined;
}

/** In the client ID step, which every edit passes after instance and platform are known. */
function reboundHint(): string {
  return vscode.l10n.t(
    'Instance, platform or client ID change, so you sign in anew: the sessions of this connection stay with the former ones and are listed as orphaned.',
  );
}
