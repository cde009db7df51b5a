import * as vscode from 'vscode';
import { isWrite } from '../../core/api/apiRequest.ts';
import { objectValues, type ObjectOperation } from '../../core/catalog/objectOperations.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { ConsoleTarget } from '../catalog/consoleTargets.ts';
import type { CurrentCatalog } from '../catalog/currentCatalog.ts';
import type { OperationLists } from '../catalog/operationLists.ts';
import type { FoundOperation, OperationPicker } from '../catalog/operationPick.ts';
import { showSpecWarnings } from '../catalog/specWarnings.ts';
import { copyRequestAs, saveRequestAsPowerShell } from '../exports/exportRequest.ts';
import { runCommand, type Command, type CommandTable } from '../platform/contributions.ts';
import { offerAction } from '../platform/offerAction.ts';
import { showInformation, showProgress } from '../platform/windowMessages.ts';
import type { Settings } from '../platform/settings.ts';
import { runWithObject, type ObjectRequests } from '../requests/objectRequests.ts';
import { withCopiedRequest, type RequestCommandOptions, type RequestFeature } from '../requests/requestCommands.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import { EnterKey } from './enterKey.ts';
import type { ExplorerFilter } from './explorerFilter.ts';
import { pickGrouping } from './groupingPick.ts';

/** The parts that the commands use; loaded when the first of them runs. */
export interface ExplorerFeature extends RequestFeature, ObjectRequests {
  readonly catalog: CurrentCatalog;
  readonly lists: OperationLists;
  readonly picker: OperationPicker;
  readonly filter: ExplorerFilter;
  readonly enterKey: EnterKey;
  /** Shows the request document of the operation, bound to the selected connection. Sends nothing (E5). */
  openDocument(operation: Operation): Promise<void>;
}

export interface ExplorerCommandOptions extends RequestCommandOptions {
  readonly explorer: () => Promise<ExplorerFeature>;
  readonly selection: SelectedConnection;
  readonly settings: Settings;
}

/** The commands of the API Explorer's tree. */
export function createExplorerCommands(
  options: ExplorerCommandOptions,
): Pick<CommandTable, Extract<Command, `ninjaone.explorer.${string}`>> {
  const { explorer, selection, settings } = options;

  const withSelected = async (
    task: (feature: ExplorerFeature, connection: Connection) => Promise<void>,
  ): Promise<void> => {
    await options.ready;
    const connection = selection.current ?? (await options.connectionFor(undefined));
    await options.about(connection, async () => {
      await task(await explorer(), connection);
    });
  };

  /**
   * The picked operation as the instance of the connection has it, because the picks are those of the selected one. The
   * connection is that of a pasted console address, or else the selected one.
   */
  const pickFor = async (
    { picker, catalog, filter }: ExplorerFeature,
    selected: Connection,
    argument: unknown,
    title: string,
  ): Promise<FoundOperation & { readonly connection: Connection }> => {
    const named = picker.named(argument);
    const picked: FoundOperation = named ? { operation: named, typed: filter.text } : await picker.search(title);
    const connection = picked.target?.connection ?? selected;
    const operation = (await catalog.of(connection)).find(picked.operation.key) ?? picked.operation;
    return { ...picked, operation, connection };
  };

  const run = async (argument: unknown): Promise<void> => {
    await withSelected(async (feature, selected) => {
      const found = await pickFor(feature, selected, argument, vscode.l10n.t('Run which operation?'));
      const { operation, connection, typed, target } = found;
      await options.about(connection, () =>
        target
          ? runWithObject(withObject(operation, target), connection, feature)
          : feature.runner.run(operation, connection, typed),
      );
    });
  };

  /** Shows the picked operation in the tree, or its request document if an address of its object was pasted. */
  const goTo = async (
    title: string,
    show: (operation: Operation, feature: ExplorerFeature) => Promise<void>,
  ): Promise<void> => {
    const feature = await explorer();
    const { operation, target } = await feature.picker.search(title);
    if (target) {
      const { connection } = target;
      const own = (await feature.catalog.of(connection)).find(operation.key) ?? operation;
      await feature.openFilled(withObject(own, target), connection);
    } else {
      await show(operation, feature);
    }
  };

  const setFavorite = async (argument: unknown, change: 'add' | 'remove'): Promise<void> => {
    const { picker, lists } = await explorer();
    const isFavorite = (key: string): boolean => lists.favorites.includes(key);
    if (change === 'remove' && !picker.named(argument) && lists.favorites.length === 0) {
      showInformation(vscode.l10n.t('There are no favorites. Add one with Add to Favorites in the API Explorer.'));
      return;
    }
    const { key } = await (change === 'add'
      ? picker.pick(argument, vscode.l10n.t('Add which operation to Favorites?'), (each) => !isFavorite(each))
      : picker.pick(argument, vscode.l10n.t('Remove which operation from Favorites?'), isFavorite));
    await lists.setFavorite(key, change);
  };

  return {
    'ninjaone.explorer.goToOperation': async () => {
      await goTo(vscode.l10n.t('Go to which operation?'), ({ key }, { filter }) => filter.clear(key));
    },
    'ninjaone.explorer.filter': async () => {
      await (await explorer()).filter.ask();
    },
    'ninjaone.explorer.clearFilter': async () => {
      await (await explorer()).filter.clear();
    },
    'ninjaone.explorer.groupBy': async () => {
      const by = await pickGrouping(settings.groupBy);
      if (by) {
        await settings.setGroupBy(by);
      }
    },
    'ninjaone.explorer.refresh': async () => {
      const { catalog, filter } = await explorer();
      if (selection.current) {
        await refreshFrom(selection.current, catalog);
      } else {
        await filter.apply();
        void offerAction(
          vscode.l10n.t(
            'The operations that come with the extension are shown. Add a connection to download those of your instance.',
          ),
          { label: vscode.l10n.t('Add Connection'), run: () => runCommand('ninjaone.addConnection') },
        );
      }
    },
    'ninjaone.explorer.open': async (argument) => {
      const { picker, enterKey, ...feature } = await explorer();
      const named = picker.named(argument);
      if (enterKey.take() && named && !isWrite({ operation: named })) {
        await run(argument);
      } else if (named) {
        await feature.openDocument(named);
      } else {
        const title = vscode.l10n.t('Open the request document of which operation?');
        await goTo(title, (operation) => feature.openDocument(operation));
      }
    },
    'ninjaone.explorer.run': async (argument) => {
      await (EnterKey.isMeantBy(argument) ? (await explorer()).enterKey.press() : run(argument));
    },
    'ninjaone.explorer.copyAs': async (argument) => {
      await withSelected(async (feature, selected) => {
        const { operation, typed, connection } = await pickFor(
          feature,
          selected,
          argument,
          vscode.l10n.t('Copy which operation?'),
        );
        await copyRequestAs(await feature.runner.prepare(operation, connection, typed));
      });
    },
    'ninjaone.explorer.saveAsPowerShell': async (argument) => {
      const { editor, responses } = await explorer();
      if (responses.isAbout(argument)) {
        const { first } = responses.find(argument);
        await options.about(first.connection, () => saveRequestAsPowerShell(first));
        return;
      }
      if (editor.isAboutDocument(argument)) {
        await withCopiedRequest(argument, options, saveRequestAsPowerShell);
        return;
      }
      await withSelected(async (feature, selected) => {
        const { operation, typed, connection } = await pickFor(
          feature,
          selected,
          argument,
          vscode.l10n.t('Save which operation as a script?'),
        );
        await saveRequestAsPowerShell(await feature.runner.prepare(operation, connection, typed));
      });
    },
    'ninjaone.explorer.addFavorite': (argument) => setFavorite(argument, 'add'),
    'ninjaone.explorer.removeFavorite': (argument) => setFavorite(argument, 'remove'),
  };
}

function withObject(operation: Operation, { object }: ConsoleTarget): ObjectOperation {
  return { operation, values: objectValues(operation, [object]) ?? { path: new Map(), query: new Map() } };
}

/** Downloads the list of operations from the instance (E2). If that fails, rejects and keeps the cached list. */
async function refreshFrom({ name, instance }: Connection, catalog: CurrentCatalog): Promise<void> {
  const { catalog: fetched, problem } = await showProgress(
    { location: { viewId: 'ninjaone.explorer' }, title: vscode.l10n.t('Downloading the operations of {0}…', name) },
    () => catalog.fetchLive(instance.origin, 'refresh'),
  );
  if (problem) {
    throw problem;
  }
  void showSpecWarnings(fetched, name);
}
