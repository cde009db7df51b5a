import type { CsvSeparator } from '../../core/responses/csv.ts';
import type { Table } from '../../core/responses/tableModel.ts';

/** Message to the page with its content and texts. */
export interface TableMessage {
  readonly type: 'table';
  readonly table: Table;
  /** Accessible name of the grid. */
  readonly label: string;
  /** Notes about the list, such as that it is incomplete. */
  readonly notices: readonly string[];
  /** Separates the cells of copied rows. */
  readonly separator: CsvSeparator | '\t';
  readonly texts: TableTexts;
}

/** Templates with `{0}` placeholders, in the display language of VS Code. */
export interface TableTexts {
  readonly filter: string;
  readonly allRows: string;
  readonly someRows: string;
  readonly noRows: string;
  readonly help: string;
  readonly cell: string;
  readonly sortedUp: string;
  readonly sortedDown: string;
  readonly unsorted: string;
  readonly selected: string;
  readonly copiedCell: string;
  readonly copiedRows: string;
}

/** Message from the page: it has loaded and needs its content. */
export interface ReadyMessage {
  readonly type: 'ready';
}

/** Messages of a page are not trusted. */
export function isReadyMessage(message: unknown): message is ReadyMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}
