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

/** The state of the page before it was discarded, or that of a new one. */
export function stateOf(editor: Editor): PageState {
  const state = (editor.getState() ?? {}) as Partial<PageState>;
  return { filter: '', sort: undefined, row: 0, column: 0, top: 0, left: 0, ...state };
}
