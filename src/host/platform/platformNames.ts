import * as vscode from 'vscode';
import type { Platform } from '../../core/connections/connection.ts';

/** The name of an application platform as NinjaOne shows it. */
export function platformName(platform: Platform): string {
  const names: { readonly [K in Platform]: () => string } = {
    native: () => vscode.l10n.t('Native'),
    'api-services': () => vscode.l10n.t('API Services'),
    web: () => vscode.l10n.t('Web'),
    spa: () => vscode.l10n.t('Single-Page App'),
  };
  return names[platform]();
}
