import * as vscode from 'vscode';
import { canceled, plainText } from '../../core/base/errors.ts';
import type { Connection, Platform } from '../../core/connections/connection.ts';
import { parseConsoleAddress } from '../../core/connections/connectionDraft.ts';
import { endpointsOf } from '../../core/connections/instance.ts';
import { showLivePick } from '../platform/livePick.ts';
import { localize } from '../platform/localize.ts';
import { openInBrowser } from '../platform/navigation.ts';
import { platformName } from '../platform/platformNames.ts';
import { showInput, showPick } from '../platform/quickInputs.ts';
import { showInformation } from '../platform/windowMessages.ts';
import { usualRedirectChoices } from './wizard/redirectSteps.ts';
import { instanceChoices } from './wizard/wizardChoices.ts';
import type { Choice } from './wizard/wizardInputs.ts';

type GuidePage = Platform | 'manage';

/** The languages of the guide, beside English. */
const TRANSLATED: readonly string[] = ['de'];

/** Opens a page of the setup guide. If the argument names none, asks for it. Rejects as canceled. */
export async function openSetupGuide(argument: unknown, extensionUri: vscode.Uri): Promise<void> {
  const pages = guidePages();
  const page =
    pages.find(({ value }) => value === argument) ??
    (await showPick(pages, { title: vscode.l10n.t('Open which page of the setup guide?'), matchOnDetail: true }));
  if (!page) {
    throw canceled();
  }
  const [language = ''] = vscode.env.language.split('-');
  const suffix = TRANSLATED.includes(language) ? `.nls.${language}` : '';
  const uri = vscode.Uri.joinPath(extensionUri, 'media', 'guide', `${page.value}${suffix}.md`);
  try {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  } catch {
    // The extension of VS Code that shows Markdown can be disabled.
    await vscode.window.showTextDocument(uri);
  }
}

/** For each platform when to choose it, as in the walkthrough. */
function guidePages(): readonly (vscode.QuickPickItem & { readonly value: GuidePage })[] {
  return [
    {
      label: platformName('native'),
      detail: vscode.l10n.t('You work as yourself on this computer. Recommended.'),
      value: 'native',
    },
    {
      label: platformName('api-services'),
      detail: vscode.l10n.t('Scripts and services run without a person.'),
      value: 'api-services',
    },
    {
      label: platformName('web'),
      detail: vscode.l10n.t('You have a web app in NinjaOne already.'),
      value: 'web',
    },
    {
      label: platformName('spa'),
      detail: vscode.l10n.t('You use VS Code in the browser, or in a remote window.'),
      value: 'spa',
    },
    {
      label: vscode.l10n.t('Manage Client Apps and Tokens'),
      detail: vscode.l10n.t('Edit or delete a client app, replace a lost secret, see and revoke tokens.'),
      value: 'manage',
    },
  ];
}

/**
 * Opens the page of NinjaOne where client apps are registered: of the only instance that is in use, or else of one that
 * the user picks or enters. Sends nothing. Rejects as canceled.
 */
export async function openClientApps(connections: readonly Connection[]): Promise<void> {
  const origins = [...new Set(connections.map(({ instance }) => instance.origin))];
  const [only] = origins;
  const origin = origins.length === 1 && only !== undefined ? only : await pickOrigin(origins);
  await openInBrowser(endpointsOf(origin).clientApps);
}

async function pickOrigin(origins: readonly string[]): Promise<string> {
  const known: readonly Choice<string>[] = origins.map((origin) => ({ label: new URL(origin).host, value: origin }));
  const chosen = await showLivePick<Choice<string>>({
    title: vscode.l10n.t('Open the client apps page of which NinjaOne region?'),
    placeholder: vscode.l10n.t('Select your region, or paste the address of your NinjaOne console'),
    items: (text) => {
      const words = text.trim().toLowerCase();
      // The row of an address that was pasted is always shown, and the host of another connection never in its place.
      return [...known, ...instanceChoices(text)].filter(
        ({ label, description = '', detail = '', alwaysShow = false }) =>
          alwaysShow || [label, description, detail].join('\n').toLowerCase().includes(words),
      );
    },
  });
  if (!chosen) {
    throw canceled();
  }
  const parsed = parseConsoleAddress(chosen.value);
  return parsed.ok ? parsed.instance.origin : askOrigin(chosen.value);
}

async function askOrigin(value: string): Promise<string> {
  const text = await showInput({
    title: vscode.l10n.t('Open Client Apps Page'),
    prompt: vscode.l10n.t('Paste the address of your NinjaOne console. Only the part before the path is used.'),
    placeHolder: 'https://acme.rmmservice.com',
    value,
    ignoreFocusOut: true,
    validateInput: (address) => {
      const parsed = parseConsoleAddress(address);
      return parsed.ok ? undefined : localize(parsed.problem);
    },
  });
  const parsed = parseConsoleAddress(text ?? '');
  if (!parsed.ok) {
    throw canceled();
  }
  return parsed.instance.origin;
}

/** Copies the redirect URI that the user picks, exactly as it must be registered. Rejects as canceled. */
export async function copyRedirectUri(): Promise<void> {
  const chosen = await showPick(usualRedirectChoices(), { title: vscode.l10n.t('Copy which redirect URI?') });
  if (!chosen) {
    throw canceled();
  }
  await vscode.env.clipboard.writeText(chosen.value);
  showInformation(
    vscode.l10n.t('Copied {0}. Register exactly this redirect URI in NinjaOne.', plainText(chosen.value, 200)),
  );
}
