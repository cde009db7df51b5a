import * as vscode from 'vscode';
import { plainText } from '../../../core/base/errors.ts';
import { SCOPES, type Platform, type Scope } from '../../../core/connections/connection.ts';
import { parseConsoleAddress, type ConnectionDraft } from '../../../core/connections/connectionDraft.ts';
import { PRESETS, type Preset } from '../../../core/connections/instance.ts';
import { EDITOR_REDIRECT } from '../../../core/connections/redirectUri.ts';
import { platformName } from '../../platform/platformNames.ts';
import type { Choice } from './wizardInputs.ts';

/**
 * The regions, and the address that the user has typed or pasted. The value is a preset name or the address; '' and an
 * address that cannot be used as it is lead to the step that asks for the address.
 */
export function instanceChoices(typed: string): Choice<string>[] {
  const regions: { readonly [K in Preset]: string } = {
    us: vscode.l10n.t('United States'),
    us2: vscode.l10n.t('United States 2'),
    eu: vscode.l10n.t('Europe'),
    ca: vscode.l10n.t('Canada'),
    oc: vscode.l10n.t('Oceania'),
    fed: vscode.l10n.t('United States Government (FedRAMP)'),
  };
  const regionChoices = PRESET_NAMES.map((preset) => ({
    label: regions[preset],
    description: `${preset} · ${new URL(PRESETS[preset]).host}`,
    value: preset,
  }));
  const text = typed.trim();
  const result = parseConsoleAddress(text);
  if (result.ok && !Object.hasOwn(PRESETS, text)) {
    const { label, host, origin } = result.instance;
    const region = regionChoices.find(({ value }) => value === label);
    return [
      {
        ...(region ?? { label: vscode.l10n.t('Use {0}', host), description: origin, value: text }),
        alwaysShow: true,
      },
    ];
  }
  return [
    ...regionChoices,
    {
      label: vscode.l10n.t('Another Address…'),
      detail: vscode.l10n.t('Enter the address of your console, such as {0}.', 'https://acme.rmmservice.com'),
      alwaysShow: true,
      value: text,
    },
  ];
}

const PRESET_NAMES = Object.keys(PRESETS) as Preset[];

/** Short texts, because the list truncates rows at its width. */
export function platformChoices(): Choice<Platform>[] {
  return [
    {
      label: platformName('native'),
      description: vscode.l10n.t('recommended: sign in with your browser, no secret'),
      detail: vscode.l10n.t('In NinjaOne, select Native, Authorization Code and Refresh Token.'),
      value: 'native',
    },
    {
      label: platformName('api-services'),
      description: vscode.l10n.t('sign in as a service without a user, with a secret'),
      detail: vscode.l10n.t('Select API Services and Client Credentials. Some operations require a user.'),
      value: 'api-services',
    },
    {
      label: platformName('web'),
      description: vscode.l10n.t('for an existing web app: browser, secret, redirect URI'),
      detail: vscode.l10n.t('Select Web, Authorization Code and Refresh Token.'),
      value: 'web',
    },
    {
      label: platformName('spa'),
      description: vscode.l10n.t('for remote windows: browser, redirect URI, no secret'),
      detail: vscode.l10n.t('Select Single-Page App, Authorization Code, and Refresh Token if it is offered.'),
      value: 'spa',
    },
  ];
}

export function scopeChoices(): Choice<Scope>[] {
  const details: { readonly [S in Scope]: string } = {
    monitoring: vscode.l10n.t('Read devices, organizations and their data.'),
    management: vscode.l10n.t('Create and change data, and run scripts.'),
    control: vscode.l10n.t('Access devices remotely.'),
  };
  return SCOPES.map((value) => ({ label: value, detail: details[value], value }));
}

/** Asks for the client ID and lists the options to select in NinjaOne, because the user creates the client app now. */
export function registrationHint({ platform, redirectUri }: ConnectionDraft): string {
  const uri =
    redirectUri === EDITOR_REDIRECT ? vscode.l10n.t('the callback address of VS Code') : plainText(redirectUri, 200);
  const hints: { readonly [K in Platform]: () => string } = {
    native: () =>
      vscode.l10n.t(
        'Paste the client ID. The client app needs the platform Native, Authorization Code and Refresh Token. It needs no redirect URI.',
      ),
    spa: () =>
      vscode.l10n.t({
        message:
          'Paste the client ID. The client app needs the platform Single-Page App, Authorization Code, Refresh Token if it is offered, and exactly this redirect URI: {0}',
        args: [uri],
        comment: '{0} is a redirect URI.',
      }),
    web: () =>
      vscode.l10n.t({
        message:
          'Paste the client ID. The client app needs the platform Web, Authorization Code, Refresh Token, and exactly this redirect URI: {0}',
        args: [uri],
        comment: '{0} is a redirect URI.',
      }),
    'api-services': () =>
      vscode.l10n.t(
        'Paste the client ID. The client app needs the platform API Services and Client Credentials. It needs no redirect URI.',
      ),
  };
  return hints[platform]();
}
