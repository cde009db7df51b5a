import * as vscode from 'vscode';
import { lazy, type Disposable } from '../../core/base/lifecycle.ts';

/** The ids that `package.json` declares; a test compares the two. */
export const EXTENSION_ID = 'ninjaone-community.ninjaone-authentication';
export const PROVIDER_ID = 'ninjaone';
export const PROVIDER_LABEL = 'NinjaOne';
export const CONNECTIONS_VIEW = 'ninjaone.connections';
export const EXPLORER_VIEW = 'ninjaone.explorer';
export const RESOURCES_VIEW = 'ninjaone.resources';
export const RESPONSE_SCHEME = 'ninjaone-response';
/** Both sides of a comparison. */
export const HISTORY_SCHEME = 'ninjaone-history';
export const REQUEST_SCHEME = 'ninjaone-request';
/** The ending of the names of request documents, including those saved in a folder. */
export const REQUEST_FILES = '.ninjaone.json';
export const SCHEMA_SCHEME = 'ninjaone';
export const TOKEN_SCHEME = 'ninjaone-token';
export const DIAGNOSIS_SCHEME = 'ninjaone-diagnosis';
/** A row or a cell of a table in a document of its own. */
export const VALUE_SCHEME = 'ninjaone-value';
/** Both sides of the comparison before a write is sent. */
export const PRESENT_SCHEME = 'ninjaone-present';
export const TABLE_VIEW = 'ninjaone.responseTable';

/** Arguments come from anywhere (keybindings, other extensions), so each handler takes `unknown` and parses it. */
export type CommandHandler = (...args: readonly unknown[]) => unknown;

/** For types and tests: what is loaded at activation has the ids of the manifest. */
export const COMMANDS = [
  'ninjaone.signIn',
  'ninjaone.signOut',
  'ninjaone.reset',
  'ninjaone.reopenBrowser',
  'ninjaone.copySignInLink',
  'ninjaone.pasteRedirectUrl',
  'ninjaone.cancelSignIn',
  'ninjaone.addConnection',
  'ninjaone.editConnection',
  'ninjaone.removeConnection',
  'ninjaone.setClientSecret',
  'ninjaone.testConnection',
  'ninjaone.selectConnection',
  'ninjaone.useConnection',
  'ninjaone.openSetupGuide',
  'ninjaone.openClientApps',
  'ninjaone.copyRedirectUri',
  'ninjaone.copyAccessToken',
  'ninjaone.showToken',
  'ninjaone.refreshToken',
  'ninjaone.getConnection',
  'ninjaone.openTerminal',
  'ninjaone.getAccessToken',
  'ninjaone.runScript',
  'ninjaone.showLog',
  'ninjaone.diagnose',
  'ninjaone.copyDiagnosis',
  'ninjaone.unlockWrites',
  'ninjaone.lockWrites',
  'ninjaone.explorer.goToOperation',
  'ninjaone.explorer.filter',
  'ninjaone.explorer.clearFilter',
  'ninjaone.explorer.groupBy',
  'ninjaone.explorer.refresh',
  'ninjaone.explorer.open',
  'ninjaone.explorer.run',
  'ninjaone.explorer.addFavorite',
  'ninjaone.explorer.removeFavorite',
  'ninjaone.explorer.copyAs',
  'ninjaone.explorer.saveAsPowerShell',
  'ninjaone.resources.refresh',
  'ninjaone.resources.refreshRow',
  'ninjaone.resources.loadMore',
  'ninjaone.resources.showOperations',
  'ninjaone.resources.showAsResponse',
  'ninjaone.resources.copyId',
  'ninjaone.resources.copyName',
  'ninjaone.resources.openInNinjaOne',
  'ninjaone.request.send',
  'ninjaone.request.fetchAll',
  'ninjaone.request.copyAs',
  'ninjaone.request.open',
  'ninjaone.request.changeConnection',
  'ninjaone.request.chooseFile',
  'ninjaone.request.loadCurrentValue',
  'ninjaone.response.revealValue',
  'ninjaone.response.copyValue',
  'ninjaone.history.show',
  'ninjaone.history.rerun',
  'ninjaone.history.compare',
  'ninjaone.history.clear',
  'ninjaone.response.showTable',
  'ninjaone.response.nextPage',
  'ninjaone.response.fetchAll',
  'ninjaone.response.saveJson',
  'ninjaone.response.saveCsv',
  'ninjaone.response.openInNinjaOne',
  'ninjaone.table.copy',
  'ninjaone.table.copyColumn',
  'ninjaone.table.sortAscending',
  'ninjaone.table.sortDescending',
  'ninjaone.table.filterByColumn',
  'ninjaone.table.filterByValue',
  'ninjaone.table.revealInJson',
  'ninjaone.table.openCell',
  'ninjaone.table.openInNinjaOne',
  'ninjaone.table.saveCsv',
  'ninjaone.table.fetchAll',
  'ninjaone.table.openJson',
  'ninjaone.table.chooseColumns',
  'ninjaone.table.hideColumn',
  'ninjaone.table.moveColumnLeft',
  'ninjaone.table.moveColumnRight',
  'ninjaone.table.freezeColumns',
  'ninjaone.table.unfreezeColumns',
  'ninjaone.table.resetColumns',
] as const;

export type Command = (typeof COMMANDS)[number];

export type TableCommand = Extract<Command, `ninjaone.table.${string}`>;

export type ContextKey =
  | 'ninjaone.hasConnection'
  | 'ninjaone.signedIn'
  | 'ninjaone.signingIn'
  /** A response was shown, which completes a step of the walkthrough. */
  | 'ninjaone.hasResponse'
  /** A script was saved, which completes a step of the walkthrough. */
  | 'ninjaone.hasScript'
  | 'ninjaone.explorerFiltered'
  /** The box of the filter is open. */
  | 'ninjaone.explorerFiltering'
  | 'ninjaone.writesUnlocked'
  /** Addresses of the request documents whose operation has pages. */
  | 'ninjaone.request.fetchAll.documents'
  /** Addresses of the request documents whose operation has a current value. */
  | 'ninjaone.request.loadCurrentValue.documents'
  /** Addresses of the open scripts that this extension has saved. */
  | 'ninjaone.runScript.files'
  /** The list of the table in front may have more pages. */
  | 'ninjaone.tableHasMore'
  /** Addresses of the responses for which the command is available. */
  | `${ResponseCommand}.responses`;

export type ResponseCommand = Extract<
  Command,
  `ninjaone.response.${'nextPage' | 'fetchAll' | 'saveJson' | 'saveCsv' | 'showTable'}`
>;

export type CommandTable = { readonly [K in Command]: CommandHandler };

/**
 * Registers the commands of the manifest. The handlers are loaded when the first command runs. All their errors go to
 * `report`.
 */
export function registerCommands(
  { packageJSON }: Pick<vscode.Extension<unknown>, 'packageJSON'>,
  load: () => Promise<CommandTable>,
  report: (error: unknown) => void,
): Disposable {
  const table = lazy(load);
  const { commands } = (packageJSON as Manifest).contributes;
  const registrations = commands.map(({ command: id }) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        return await (await table())[id](...args);
      } catch (error) {
        report(error);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: Command }[] };
}

export function setContext(key: ContextKey, value: boolean | readonly string[]): void {
  void vscode.commands.executeCommand('setContext', key, value);
}

/** Runs one of our own commands without waiting for it. */
export function runCommand(command: Command, ...args: readonly unknown[]): void {
  void vscode.commands.executeCommand(command, ...args);
}
