import { isWrite, secureSwitches } from '../api/apiRequest.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { isUnknownTraits } from '../catalog/overlay.ts';
import type { Operation, Parameter } from '../catalog/operation.ts';

/** The catalogs from which the operations of the tools for language models are taken. */
export interface ToolCatalogs {
  /** Its texts are ours. */
  readonly bundled: Catalog;
  /** Of the connection. An instance may have written its texts. */
  readonly ofConnection: Catalog;
}

/** An operation that the tools have. */
export interface ToolOperation {
  /** Its title and group are ours. */
  readonly known: Operation;
  /** As the instance describes it, without the parameters that ask for secrets. */
  readonly operation: Operation;
}

/**
 * Finds an operation by its key, if the tools have it: it is a plain read by the bundled overlay, and the instance has it,
 * too. Writes and secret reads do not exist for them (X4).
 */
export function toolOperation(key: string, { bundled, ofConnection }: ToolCatalogs): ToolOperation | undefined {
  const known = bundled.find(key);
  const operation = ofConnection.find(key);
  return known && operation && isPlainRead(known) && isPlainRead(operation)
    ? { known, operation: { ...operation, parameters: operation.parameters.filter(asksForNoSecret) } }
    : undefined;
}

/** The best operations for these words, found by our own texts only. */
export async function searchTools(
  text: string,
  catalogs: ToolCatalogs,
  limit: number,
): Promise<{ readonly found: readonly ToolOperation[]; readonly total: number }> {
  const search = await catalogs.bundled.search();
  const all = search.rank(text).flatMap(({ key }) => toolOperation(key, catalogs) ?? []);
  return { found: all.slice(0, limit), total: all.length };
}

function isPlainRead(operation: Operation): boolean {
  const { traits } = operation;
  return traits.riskLevel === 'read' && traits.secret !== true && !isUnknownTraits(traits) && !isWrite({ operation });
}

function asksForNoSecret({ name }: Parameter): boolean {
  return secureSwitches(`https://localhost/?${encodeURIComponent(name)}=true`).length === 0;
}
