import * as vscode from 'vscode';
import { isNinjaOneError, plainText, type Action, type NinjaOneError } from '../../core/base/errors.ts';
import type { Logger } from '../../core/base/log.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { endpointsOf } from '../../core/connections/instance.ts';
import { runCommand } from './contributions.ts';
import { localize } from './localize.ts';

/** Shows an error as one sentence with one button (A16). What the user canceled is not shown at all. */
export class ErrorReporter {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** `retry` is what Try Again does; a sign-in when nothing is said. */
  async show(error: unknown, connection?: Connection, retry?: () => void): Promise<void> {
    if (error instanceof vscode.CancellationError || (isNinjaOneError(error) && error.intent === 'canceled')) {
      return;
    }
    if (!isNinjaOneError(error)) {
      const name = error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}` : typeof error;
      this.#logger.error(`Unexpected error: ${name}`);
      const text = vscode.l10n.t('NinjaOne: an unexpected error happened. The log has the details.');
      await this.#offer(text, ACTIONS.showLog(undefined));
      return;
    }
    this.#logger.error(`${error.code}: ${error.message}${supportText(error)}`);
    const offer = error.action && ACTIONS[error.action](connection);
    await this.#offer(messageOf(error), error.action === 'retry' && offer && retry ? { ...offer, run: retry } : offer);
  }

  async #offer(message: string, offer: Offer | undefined): Promise<void> {
    const chosen = await (offer
      ? vscode.window.showErrorMessage(message, offer.label)
      : vscode.window.showErrorMessage(message));
    if (offer && chosen === offer.label) {
      offer.run();
    }
  }
}

/** Shows an error after which there is another way to go on, and answers whether the user takes it. */
export async function offerAlternative(error: NinjaOneError, label: string): Promise<boolean> {
  return (await vscode.window.showErrorMessage(messageOf(error), label)) === label;
}

/** The sentence in the language of the editor, with the references that NinjaOne's support asks for. */
export function messageOf(error: NinjaOneError): string {
  const args = error.args.map((arg) => (typeof arg === 'string' ? plainText(arg) : arg));
  return plainText(localize({ template: error.template, args, comment: error.comment }) + supportText(error), 1000);
}

function supportText({ support }: NinjaOneError): string {
  const parts = [
    support.incidentId === undefined ? undefined : vscode.l10n.t('incident {0}', plainText(support.incidentId, 80)),
    support.requestId === undefined ? undefined : vscode.l10n.t('request {0}', plainText(support.requestId, 80)),
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

interface Offer {
  readonly label: string;
  readonly run: () => void;
}

const ACTIONS: { readonly [K in Action]: (connection: Connection | undefined) => Offer } = {
  signIn: (connection) => ({
    label: vscode.l10n.t('Sign In'),
    run: () => {
      runCommand('ninjaone.signIn', connection?.name);
    },
  }),
  retry: (connection) => ({
    label: vscode.l10n.t('Try Again'),
    run: () => {
      runCommand('ninjaone.signIn', connection?.name);
    },
  }),
  addConnection: () => ({
    label: vscode.l10n.t('Add Connection'),
    run: () => {
      runCommand('ninjaone.addConnection');
    },
  }),
  editConnection: (connection) => ({
    label: vscode.l10n.t('Edit Connection'),
    run: () => {
      runCommand('ninjaone.editConnection', connection?.name);
    },
  }),
  setClientSecret: (connection) => ({
    label: vscode.l10n.t('Set Client Secret'),
    run: () => {
      runCommand('ninjaone.setClientSecret', connection?.name);
    },
  }),
  openClientApps: (connection) => ({
    label: vscode.l10n.t('Open Client Apps'),
    run: () => {
      openPage(connection, 'clientApps');
    },
  }),
  openTokenPage: (connection) => ({
    label: vscode.l10n.t('Open OAuth Tokens'),
    run: () => {
      openPage(connection, 'tokens');
    },
  }),
  openProxySettings: () => ({
    label: vscode.l10n.t('Open Proxy Settings'),
    run: () => {
      void vscode.commands.executeCommand('workbench.action.openSettings', 'http.proxy');
    },
  }),
  pasteRedirectUrl: () => ({
    label: vscode.l10n.t('Paste URL'),
    run: () => {
      runCommand('ninjaone.pasteRedirectUrl');
    },
  }),
  openSettings: () => ({
    label: vscode.l10n.t('Open Settings'),
    run: () => {
      void openConnectionsSetting();
    },
  }),
  showToken: (connection) => ({
    label: vscode.l10n.t('Show Token'),
    run: () => {
      runCommand('ninjaone.showToken', connection?.name);
    },
  }),
  unlockWrites: (connection) => ({
    label: vscode.l10n.t('Allow Writes…'),
    run: () => {
      runCommand('ninjaone.unlockWrites', connection?.name);
    },
  }),
  showProblems: () => ({
    label: vscode.l10n.t('Show Problems'),
    run: () => {
      void vscode.commands.executeCommand('workbench.actions.view.problems');
    },
  }),
  manageTrust: () => ({
    label: vscode.l10n.t('Manage Workspace Trust'),
    run: () => {
      void vscode.commands.executeCommand('workbench.trust.manage');
    },
  }),
  refreshOperations: () => ({
    label: vscode.l10n.t('Refresh Operations'),
    run: () => {
      runCommand('ninjaone.explorer.refresh');
    },
  }),
  showLog: () => ({
    label: vscode.l10n.t('Show Log'),
    run: () => {
      runCommand('ninjaone.showLog');
    },
  }),
};

/** Without a connection there is no host to open, so the list of connections has to do. */
function openPage(connection: Connection | undefined, page: 'clientApps' | 'tokens'): void {
  if (connection) {
    openInBrowser(endpointsOf(connection.instance.origin)[page]);
  } else {
    runCommand('ninjaone.editConnection');
  }
}

/** The setting `ninjaone.connections` in the file, where whatever is wrong with it can be seen and put right. */
export async function openConnectionsSetting(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettingsJson', {
    revealSetting: { key: 'ninjaone.connections' },
  });
}

/**
 * The text itself goes to the browser: a parsed `Uri` would encode a nested redirect URI a second time. The API is
 * typed for `Uri` and takes a string all the same.
 */
export function openInBrowser(url: string): Thenable<boolean> {
  return vscode.env.openExternal(url as unknown as vscode.Uri);
}
