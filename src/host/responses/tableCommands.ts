import * as vscode from 'vscode';
import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { hiddenColumns, placeColumns, withHidden } from '../../core/responses/columnLayout.ts';
import { csvSeparator } from '../platform/settings.ts';
import type { TableCommand, CommandTable } from '../platform/contributions.ts';
import { localize } from '../platform/localize.ts';
import { showPicks } from '../platform/quickInputs.ts';
import { tableCsv } from '../../core/responses/tableText.ts';
import type { TableAct } from '../../webview/table/tableProtocol.ts';
import type { ResponseFeature } from './responseCommands.ts';
import type { OpenTable } from './responseTablePanel.ts';
import { cannotBeSaved, fileNameFor, laterPages, saveAs } from './saveResponse.ts';

/** The commands for the table in front (E21). The page knows which cell is active and what is selected. */
export function createTableCommands(explorer: () => Promise<ResponseFeature>): Pick<CommandTable, TableCommand> {
  const tables = async (): ReturnType<ResponseFeature['tables']> => (await explorer()).tables();
  const act = (name: TableAct) => async (): Promise<void> => {
    (await tables()).inFront.table.act(name);
  };
  return {
    'ninjaone.table.copy': act('copy'),
    'ninjaone.table.copyColumn': act('copyColumn'),
    'ninjaone.table.sortAscending': act('sortAscending'),
    'ninjaone.table.sortDescending': act('sortDescending'),
    'ninjaone.table.filterByColumn': act('filterByColumn'),
    'ninjaone.table.filterByValue': act('filterByValue'),
    'ninjaone.table.revealInJson': act('revealInJson'),
    'ninjaone.table.openCell': act('openCell'),
    'ninjaone.table.openInNinjaOne': act('openInNinjaOne'),
    'ninjaone.table.hideColumn': act('hideColumn'),
    'ninjaone.table.moveColumnLeft': act('moveColumnLeft'),
    'ninjaone.table.moveColumnRight': act('moveColumnRight'),
    'ninjaone.table.freezeColumns': act('freezeColumns'),
    'ninjaone.table.unfreezeColumns': act('unfreezeColumns'),
    'ninjaone.table.saveCsv': async () => saveTable((await tables()).inFront, await explorer()),
    'ninjaone.table.fetchAll': async () => {
      const { responses } = await explorer();
      const panels = await tables();
      const open = panels.inFront;
      const before = vscode.window.activeTextEditor;
      await responses.fetchAll(open.table.displayed);
      // Nothing is in front if the user canceled before the first page.
      if (vscode.window.activeTextEditor !== before) {
        await panels.showInstead(open);
      }
    },
    'ninjaone.table.openJson': async () => {
      const { document } = (await tables()).inFront;
      await vscode.window.showTextDocument(document, { preview: false });
    },
    // With an argument from the page, which can be clicked while another editor has the focus.
    'ninjaone.table.chooseColumns': async (argument) => {
      await chooseColumns((await tables()).find(argument), await tables());
    },
    'ninjaone.table.resetColumns': async () => {
      const panels = await tables();
      await panels.arrange(panels.inFront, undefined);
    },
  };
}

type Tables = Awaited<ReturnType<ResponseFeature['tables']>>;

async function chooseColumns(open: OpenTable, tables: Tables): Promise<void> {
  const { table } = open;
  const items = placeColumns(table.rows.columns, table.layout).map(({ key, name, isHidden }) => ({
    label: name,
    picked: !isHidden,
    key,
  }));
  const chosen = await showPicks(items, {
    title: vscode.l10n.t('Choose Columns'),
    placeHolder: vscode.l10n.t('Select the columns to show.'),
  });
  if (!chosen) {
    return;
  }
  if (chosen.length === 0) {
    throw noColumns();
  }
  const shown = new Set(chosen.map(({ key }) => key));
  const hidden = items.flatMap(({ key }) => (shown.has(key) ? [] : [key]));
  await tables.arrange(open, withHidden(table.layout, hidden));
}

/** Saves what the table shows: filter, order and columns, with times in ISO 8601. */
async function saveTable({ table }: OpenTable, { responses }: ResponseFeature): Promise<void> {
  const { displayed } = table;
  if (!displayed.whole) {
    throw cannotBeSaved();
  }
  const shown = await table.shown();
  const hidden = hiddenColumns(table.rows.columns, table.layout);
  const notices = [
    ...table.notices,
    ...(hidden > 0
      ? [
          l10n.t(
            '{0, plural, one {# hidden column is not in the file.} other {# hidden columns are not in the file.}}',
            hidden,
          ),
        ]
      : []),
    ...laterPages(displayed),
  ];
  const count = shown.indexes?.length ?? shown.rows.count;
  await saveAs({
    name: fileNameFor(displayed, 'csv'),
    title: vscode.l10n.t('Save Table as CSV'),
    parts: (signal) => tableCsv(shown, csvSeparator(), signal),
    message: (savedAs) =>
      localize(
        l10n.t({
          message: '{1, plural, one {Saved # row as {0}.} other {Saved # rows as {0}.}} {2}',
          args: [savedAs, count, notices.map(localize).join(' ')],
          comment: '{0} is the name of a file and {2} a sentence such as "The list is incomplete because …", or empty.',
        }),
      ).trim(),
    tempFiles: responses.tempFiles,
  });
}

function noColumns(): NinjaOneError {
  return new NinjaOneError({
    code: 'table.noColumns',
    intent: 'invalidInput',
    message: l10n.t('A table needs at least one column, so nothing was changed.'),
  });
}
