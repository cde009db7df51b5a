import * as vscode from 'vscode';
import { canceled, plainText } from '../../core/base/errors.ts';
import { resourceTypeName } from '../../core/catalog/idKinds.ts';
import { operationsTaking } from '../../core/catalog/objectOperations.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { CurrentCatalog } from '../catalog/currentCatalog.ts';
import { riskLevelTexts } from '../catalog/riskLevelTexts.ts';
import { openInConsole } from '../platform/consolePages.ts';
import type { Command, CommandTable } from '../platform/contributions.ts';
import { localize } from '../platform/localize.ts';
import { showPick } from '../platform/quickInputs.ts';
import { runWithObject, type ObjectRequests } from '../requests/objectRequests.ts';
import { noRowSelected, objectsOf, type ListRow, type ResourceRow } from './resourceRows.ts';
import type { Resources, ResourcesView } from './resourcesView.ts';

/** The parts that the commands use; loaded when the first of them runs. */
export interface ResourceFeature extends ObjectRequests {
  readonly catalog: CurrentCatalog;
  readonly resources: Resources;
}

export interface ResourceCommandOptions {
  readonly explorer: () => Promise<ResourceFeature>;
  readonly resourcesView: () => Promise<ResourcesView>;
  /** Shows an error with the buttons of the connection. */
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
}

/** The commands of the Resources view (E17, E20). They take a row of the view, or else the selected one. */
export function createResourceCommands({
  explorer,
  resourcesView,
  about,
}: ResourceCommandOptions): Pick<CommandTable, Extract<Command, `ninjaone.resources.${string}`>> {
  const rowOf = async (argument: unknown): Promise<ResourceRow> => {
    const row = (await resourcesView()).row(argument);
    if (!row) {
      throw noRowSelected();
    }
    return row;
  };
  const listOf = async (argument: unknown): Promise<ListRow> => {
    const row = await rowOf(argument);
    if (row.kind === 'item') {
      throw noRowSelected();
    }
    return row.kind === 'note' ? row.of : row;
  };
  const copy = async (text: string | undefined): Promise<void> => {
    if (text === undefined) {
      throw noRowSelected();
    }
    await vscode.env.clipboard.writeText(text);
  };

  return {
    // VS Code passes the selected row to the button in the title of the view, too.
    'ninjaone.resources.refresh': async () => {
      (await resourcesView()).refresh();
    },
    'ninjaone.resources.refreshRow': async (argument) => {
      const row = await listOf(argument);
      (await explorer()).resources.tree.refresh(row);
    },
    'ninjaone.resources.loadMore': async (argument) => {
      const row = await rowOf(argument);
      if (row.kind !== 'note') {
        throw noRowSelected();
      }
      await (await explorer()).resources.tree.loadMore(row);
    },
    'ninjaone.resources.showAsResponse': async (argument) => {
      const row = await listOf(argument);
      const { resources, runner } = await explorer();
      await about(row.connection, async () => runner.send(await resources.tree.request(row)));
    },
    'ninjaone.resources.showOperations': async (argument) => {
      const row = await rowOf(argument);
      await showOperations(row, await explorer(), about);
    },
    'ninjaone.resources.copyId': async (argument) => copy(objectsOf(await rowOf(argument))[0]?.id),
    'ninjaone.resources.copyName': async (argument) => {
      const row = await rowOf(argument);
      await copy(row.kind === 'note' ? undefined : row.item?.name);
    },
    'ninjaone.resources.openInNinjaOne': async (argument) => {
      const row = await rowOf(argument);
      await openInConsole(row.connection, objectsOf(row)[0]);
    },
  };
}

/** Lets the user pick one of the operations that take the object. A read is sent, any other one opens as a document. */
async function showOperations(
  row: ResourceRow,
  feature: ResourceFeature,
  about: ResourceCommandOptions['about'],
): Promise<void> {
  const { connection } = row;
  const objects = objectsOf(row);
  const [object] = objects;
  if (!object || row.kind === 'note' || !row.item) {
    throw noRowSelected();
  }
  const { operations } = await feature.catalog.of(connection);
  const items = operationsTaking(operations, objects).map((found) => ({
    label: found.operation.title,
    description: `${found.operation.key} · ${riskLevelTexts(found.operation.traits.riskLevel).label}`,
    found,
  }));
  const chosen = await showPick(items, {
    title: vscode.l10n.t({
      message: 'Operations for the {0} {1}',
      args: [localize(resourceTypeName(object.kind)), plainText(row.item.name, 60)],
      comment: '{0} is a type of object, such as "device", and {1} its name.',
    }),
    placeHolder: vscode.l10n.t('An operation that reads is sent. Any other opens as a request document.'),
    matchOnDescription: true,
  });
  if (!chosen) {
    throw canceled();
  }
  await about(connection, () => runWithObject(chosen.found, connection, feature));
}
