import { getHeapSnapshot } from 'node:v8';
import { text } from 'node:stream/consumers';

/** Bytes of the tables of all maps and sets of the process, by where they are held, such as `SessionStore.#unsaved`. */
export async function collectionSizes(): Promise<ReadonlyMap<string, number>> {
  const { snapshot, nodes, edges, strings } = JSON.parse(await text(getHeapSnapshot())) as Snapshot;
  const { node_fields: nodeFields, edge_fields: edgeFields, edge_types: edgeTypes } = snapshot.meta;
  const field = (node: number, name: string): number => nodes[node + nodeFields.indexOf(name)] ?? 0;
  const nameOf = (node: number): string => strings[field(node, 'name')] ?? '';
  const collections = new Map<number, number>();
  const holders = new Map<number, string>();
  let edge = 0;
  for (let node = 0; node < nodes.length; node += nodeFields.length) {
    const end = edge + field(node, 'edge_count') * edgeFields.length;
    const isCollection = ['Map', 'Set'].includes(nameOf(node));
    for (; edge < end; edge += edgeFields.length) {
      const [type = 0, label = 0, target = 0] = [0, 1, 2].map((offset) => edges[edge + offset]);
      const kind = edgeTypes[0]?.[type];
      if (isCollection && kind === 'internal' && strings[label] === 'table') {
        collections.set(node, field(target, 'self_size'));
      } else if ((kind === 'property' || kind === 'context') && ['Map', 'Set'].includes(nameOf(target))) {
        // Several objects can hold it, in any order.
        const [first = ''] = [holders.get(target) ?? [], `${nameOf(node)}.${strings[label] ?? ''}`].flat().sort();
        holders.set(target, first);
      }
    }
  }
  const sizes = new Map<string, number>();
  for (const [node, size] of collections) {
    const holder = holders.get(node) ?? 'unknown';
    sizes.set(holder, (sizes.get(holder) ?? 0) + size);
  }
  return sizes;
}

interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly (readonly string[])[];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}
