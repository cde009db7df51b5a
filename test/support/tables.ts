import assert from 'node:assert/strict';
import type { Cell } from '../../src/core/responses/cells.ts';
import type { ItemSecrets } from '../../src/core/responses/itemSecrets.ts';
import { ListRows } from '../../src/core/responses/listRows.ts';
import { memorySource } from '../../src/core/responses/listSource.ts';

export const NO_SECRETS: ItemSecrets = { mayHave: () => false, mask: (item) => item };

/** The rows of a list in this text. */
export async function listRows(text: string, items?: string): Promise<ListRows> {
  const rows = new ListRows(memorySource(Buffer.from(text)), items, NO_SECRETS);
  await rows.read(() => {});
  return rows;
}

/** The cells of all rows. */
export async function cellsOf(rows: ListRows): Promise<readonly (readonly Cell[])[]> {
  return rows.rows(Array.from({ length: rows.count }, (_, index) => index));
}

/** A table with one column of these JSON values. */
export async function rowsOf(name: string, ...values: readonly string[]): Promise<ListRows> {
  return made(`[${values.map((value) => `{${JSON.stringify(name)}:${value}}`).join(',')}]`);
}

/** The rows of these items, or of this text. */
export async function made(items: string | readonly object[]): Promise<ListRows> {
  const rows = await listRows(typeof items === 'string' ? items : JSON.stringify(items));
  assert.ok(rows.hasObjects);
  return rows;
}
