import type { Table } from '../../core/responses/tableModel.ts';

/** All that the page is told: what it shows, and in which words. */
export interface TableMessage {
  readonly type: 'table';
  readonly table: Table;
  /** The grid's name for who does not see it. */
  readonly label: string;
  /** What a person has to know of the list: that it is cut. */
  readonly notices: readonly string[];
  readonly texts: TableTexts;
}

/** Templates with `{0}` places, in the language of the editor. */
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

/** All that the page says: that it is there and shows nothing yet. */
export interface ReadyMessage {
  readonly type: 'ready';
}

/** What comes out of a page may be anything. */
export function isReady(message: unknown): message is ReadyMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}
