import * as vscode from 'vscode';
import { plainText } from '../../../core/base/errors.ts';
import { SCOPES, type Platform, type Scope } from '../../../core/connections/connection.ts';
import type { Draft } from '../../../core/connections/connectionDraft.ts';
import { PRESETS, type Preset } from '../../../core/connections/instance.ts';
import type { Choice } from './wizardInputs.ts';

export const PRESET_NAMES = Object.keys(PRESETS) as Preset[];

export function instanceChoices(): Choice<Preset | 'other'>[] {
  const regions: { readonly [K in Preset]: string } = {
    us: vscode.l10n.t('United States'),
    us2: vscode.l10n.t('United States 2'),
    eu: vscode.l10n.t('Europe'),
    ca: vscode.l10n.t('Canada'),
    oc: vscode.l10n.t('Oceania'),
    fed: vscode.l10n.t('United States Government (FedRAMP)'),
  };
  return [
    ...PRESET_NAMES.map((preset) => ({
      label: regions[preset],
      description: `${preset} · ${new URL(PRESETS[preset]).host}`,
      value: preset,
    })),
    {
      label: vscode.l10n.t('Another address…'),
      detail: vscode.l10n.t('Your console has an address of its own, such as {0}.', 'https://acme.rmmservice.com'),
      value: 'other',
    },
  ];
}

/** Two short texts each, because a row of the list is cut at its width. */
export function platformChoices(): Choice<Platform>[] {
  return [
    {
      label: vscode.l10n.t('Native'),
      description: vscode.l10n.t('recommended: sign in with your browser, no secret'),
      detail: vscode.l10n.t('In NinjaOne choose Native, tick Authorization Code and Refresh Token.'),
      value: 'native',
    },
    {
      label: vscode.l10n.t('API Services'),
      description: vscode.l10n.t('a service without a user, client ID and secret'),
      detail: vscode.l10n.t('Choose API Services, tick Client Credentials. Some operations need a user.'),
      value: 'api-services',
    },
    {
      label: vscode.l10n.t('Web'),
      description: vscode.l10n.t('for an existing web app: browser, secret, redirect URI'),
      detail: vscode.l10n.t('Choose Web, tick Authorization Code and Refresh Token.'),
      value: 'web',
    },
    {
      label: vscode.l10n.t('Single-Page App'),
      description: vscode.l10n.t('for remote windows: browser, redirect URI, no secret'),
      detail: vscode.l10n.t('Choose Single-Page App, tick Authorization Code, and Refresh Token if it is offered.'),
      value: 'spa',
    },
  ];
}

export function scopeChoices(): Choice<Scope>[] {
  const details: { readonly [S in Scope]: string } = {
    monitoring: vscode.l10n.t('Read devices, organizations and their data.'),
    management: vscode.l10n.t('Create and change things, run scripts.'),
    control: vscode.l10n.t('Remote access to devices.'),
  };
  return SCOPES.map((value) => ({ label: value, detail: details[value], value }));
}

/** What to tick in NinjaOne, at the moment when the user is there to make the client app. */
export function registrationHint({ platform, redirectUri }: Draft): string {
  const shown = redirectUri === 'editor' ? vscode.l10n.t('of the editor itself') : plainText(redirectUri, 200);
  const hints: { readonly [K in Platform]: () => string } = {
    native: () =>
      vscode.l10n.t(
        'In NinjaOne the platform is Native, with Authorization Code and Refresh Token ticked. There is no redirect URI to register: NinjaOne uses 127.0.0.1 by itself.',
      ),
    spa: () =>
      vscode.l10n.t(
        'In NinjaOne the platform is Single-Page App, with Authorization Code ticked, Refresh Token too if it is offered, and the redirect URI {0}, unless you choose another one in a moment.',
        shown,
      ),
    web: () =>
      vscode.l10n.t(
        'In NinjaOne the platform is Web, with Authorization Code and Refresh Token ticked and the redirect URI {0}, unless you choose another one in a moment.',
        shown,
      ),
    'api-services': () =>
      vscode.l10n.t(
        'In NinjaOne the platform is API Services, with Client Credentials ticked. It has no redirect URI.',
      ),
  };
  return hints[platform]();
}
