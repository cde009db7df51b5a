import * as vscode from 'vscode';
import { isCanceled } from '../../../core/base/errors.ts';
import {
  hasClientSecret,
  hasRedirectUri,
  orderScopes,
  type Connection,
  type Platform,
  type Scope,
} from '../../../core/connections/connection.ts';
import { clientIdProblem, nameProblem } from '../../../core/connections/parseConnections.ts';
import {
  parseConsoleAddress,
  pastedClientIdProblem,
  provisionalConnection,
  suggestedName,
  twinProblem,
} from '../../../core/connections/connectionDraft.ts';
import { PRESETS, type Instance } from '../../../core/connections/instance.ts';
import { redirectUriProblem } from '../../../core/connections/redirectUri.ts';
import {
  draftInstance,
  isRebound,
  needsOwnStep,
  openClientAppsButton,
  wizardTurn,
  type ClientCheck,
  type WizardState,
  type StepContext,
  type WizardStep,
} from './wizardState.ts';
import { platformName } from '../../platform/platformNames.ts';
import { lastChoices } from './lastChoices.ts';
import type { Turn } from './stepRunner.ts';
import { instanceChoices, platformChoices, registrationHint, scopeChoices } from './wizardChoices.ts';
import { askText, pickOne, pickSeveral, type InputResult } from './wizardInputs.ts';
import { copyRedirectButton, ownRedirectStep, redirectStep, secretStep, usualRedirectUri } from './redirectSteps.ts';

/**
 * The steps that the wizard needs for this state, in the order of C5, which is that of the page in NinjaOne. The last list
 * adds the connection; a change of scopes or name returns to it.
 */
export function stepsFor(context: StepContext): (state: WizardState) => readonly WizardStep[] {
  return ({ ownAddress, platform, ownRedirect, change }) => [
    instanceStep(context),
    ...(ownAddress ? [addressStep(context)] : []),
    platformStep(context),
    ...(hasRedirectUri(platform) ? [redirectStep, ...(ownRedirect ? [ownRedirectStep] : [])] : []),
    clientIdStep(context),
    ...(hasClientSecret(platform) ? [secretStep(context)] : []),
    lastStep(context),
    ...(change === 'scopes' ? [scopesStep] : change === 'name' ? [nameStep(context)] : []),
  ];
}

function instanceStep({ edited }: StepContext): WizardStep {
  return async (state, info) => {
    const isTyped = !state.ownAddress && !Object.hasOwn(PRESETS, state.instance);
    const result = await pickOne<string>({
      info,
      placeholder: edited
        ? vscode.l10n.t(
            'Select your region, or paste the address of your NinjaOne console. If you change it, you need to sign in again.',
          )
        : vscode.l10n.t('Select your region, or paste the address of your NinjaOne console'),
      choices: instanceChoices,
      active: state.ownAddress ? '' : state.instance || undefined,
      text: isTyped ? state.instance : '',
    });
    return wizardTurn(state, result, (value) => ({
      ownAddress: needsOwnStep(value),
      instance: value === '' && state.ownAddress ? state.instance : value,
    }));
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
        const parsed = parseConsoleAddress(text);
        return parsed.ok ? undefined : parsed.problem;
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
            const message = vscode.l10n.t(
              'Nothing is sent to a host that you do not trust. Enter another address, or press Enter to be asked again.',
            );
            return { message, mayContinue: false };
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
      choices: platformChoices,
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

function clientIdStep({ edited, others, checkClient }: StepContext): WizardStep {
  return async (state, info) => {
    let clientCheck: ClientCheck = 'unchecked';
    const result = await askText({
      info,
      prompt: registrationHint(state),
      value: state.clientId,
      check: (clientId) =>
        clientIdProblem(clientId) ?? pastedClientIdProblem(clientId) ?? twinProblem({ ...state, clientId }, others()),
      hint: (clientId) => (isRebound({ ...state, clientId }, edited) ? reboundHint() : undefined),
      confirm: async (clientId) => {
        const connection = provisionalConnection({ ...state, clientId });
        clientCheck = connection ? await checkClient(connection) : 'unchecked';
        return connection && clientCheck === 'unknown'
          ? { message: unknownClientHint(connection.instance), mayContinue: true }
          : undefined;
      },
      buttons: [...openClientAppsButton(state), ...(hasRedirectUri(state.platform) ? [copyRedirectButton(state)] : [])],
    });
    return wizardTurn(state, result, (clientId) => ({ clientId, clientCheck }));
  };
}

/** One list that adds the connection with the usual scopes and name, says what could not be checked, and offers changes. */
function lastStep({ edited, others }: StepContext): WizardStep {
  return async (state, info) => {
    const name = nameOf(state, others());
    const result = await pickOne<'add' | 'scopes' | 'name' | 'check'>({
      info,
      placeholder: edited
        ? vscode.l10n.t('Press Enter to save the connection')
        : vscode.l10n.t('Press Enter to add the connection and sign in'),
      choices: () => lastChoices(state, { name, edited }),
      active: 'add',
    });
    return result.move === 'next' && result.value === 'check'
      ? { move: 'back', state }
      : wizardTurn(state, result, (value) =>
          value === 'scopes' || value === 'name' ? { change: value } : { name, change: undefined },
        );
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
  return backToLastStep(state, result, (scopes) => ({ scopes: orderScopes(scopes) }));
};

function nameStep({ edited, others }: StepContext): WizardStep {
  return async (state, info) => {
    const taken = others().map(({ name }) => name);
    const result = await askText({
      info,
      prompt: edited
        ? vscode.l10n.t(
            'Enter a name for the connection. If you change it, other extensions ask for your consent again.',
          )
        : vscode.l10n.t('Enter a name for the connection. It is shown in menus and in the list of accounts.'),
      value: nameOf(state, others()),
      check: (name) => nameProblem(name, taken),
    });
    return backToLastStep(state, result, (name) => ({ name }));
  };
}

/** A change that the user goes back from is not made. */
function backToLastStep<T>(
  state: WizardState,
  result: InputResult<T>,
  changes: (value: T) => Partial<WizardState>,
): Turn<WizardState> {
  const unchanged = { ...state, change: undefined };
  return result.move === 'next'
    ? { move: 'back', state: { ...unchanged, ...changes(result.value) } }
    : { move: result.move, state: unchanged };
}

/** The suggested name changes with the instance until the user has entered one. */
function nameOf(state: WizardState, others: readonly Connection[]): string {
  const taken = others.map(({ name }) => name);
  return nameProblem(state.name, taken) ? suggestedName(state, taken, platformName(state.platform)) : state.name;
}

function unknownClientHint({ label }: Instance): string {
  return vscode.l10n.t(
    'This NinjaOne instance ({0}) does not know the client ID. Correct a typing error, go back to select another region, or press Enter again to continue anyway.',
    label,
  );
}

/** Shown in the client ID step, because every edit reaches it after instance and platform are known. */
function reboundHint(): string {
  return vscode.l10n.t(
    'The instance, platform or client ID changed, so you need to sign in again. The existing sessions are listed separately until you sign out of them.',
  );
}
