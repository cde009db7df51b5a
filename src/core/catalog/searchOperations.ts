import type { Operation } from './operation.ts';
import { splitWords } from './operationTitles.ts';

/** Finds operations that contain all words of the text (E3), in their original order. An empty text finds all. */
export function createOperationSearch(operations: readonly Operation[]): (text: string) => readonly Operation[] {
  let haystacks: readonly string[] | undefined;
  return (text) => {
    const needles = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    if (needles.length === 0) {
      return operations;
    }
    const built = (haystacks ??= operations.map(haystackOf));
    return operations.filter((_, index) => needles.every((needle) => built[index]?.includes(needle)));
  };
}

/** Contains the names unchanged, to find a pasted path, and as words, so that `custom fields` finds `custom-fields`. */
function haystackOf({ method, path, operationId, tag, title, parameters }: Operation): string {
  const names = [path, operationId, tag, ...parameters.map(({ name }) => name)].join('\n');
  return `${method}\n${title}\n${names}\n${splitWords(names).join(' ')}`.toLowerCase();
}
