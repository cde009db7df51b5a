import type { Sort } from '../../core/responses/sortOrder.ts';
import type { ScrollPosition } from './grid.ts';
import type { CellPosition } from './gridNavigation.ts';
import type { PageMessage } from './tableProtocol.ts';

/** The API of `acquireVsCodeApi`, which can be called only once. */
export interface Editor {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: PageState): void;
}

/** State that survives while the tab is in the background and the page is discarded. */
export interface PageState extends CellPosition, ScrollPosition {
  readonly filter: string;
  readonly sort: Sort | undefined;
}
