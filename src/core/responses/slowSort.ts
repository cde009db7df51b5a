import { workSlices } from './workSlices.ts';

/** Sorts in slices, so that a long list does not block its process. Equal items keep their order. Rejects when aborted. */
export async function sortInSlices<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  signal?: AbortSignal,
): Promise<readonly T[]> {
  const slice = workSlices(signal);
  let runs: (readonly T[])[] = [];
  for (let at = 0; at < items.length; at += RUN) {
    runs.push(items.slice(at, at + RUN).sort(compare));
    await slice();
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = [];
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(await mergeRuns(runs[at] ?? [], runs[at + 1] ?? [], { compare, slice }));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function mergeRuns<T>(
  first: readonly T[],
  second: readonly T[],
  { compare, slice }: { readonly compare: (a: T, b: T) => number; readonly slice: () => Promise<void> | undefined },
): Promise<readonly T[]> {
  const merged: T[] = [];
  let [at, other] = [0, 0];
  while (at < first.length && other < second.length) {
    const [a, b] = [first[at] as T, second[other] as T];
    if (compare(a, b) <= 0) {
      merged.push(a);
      at++;
    } else {
      merged.push(b);
      other++;
    }
    if (merged.length % RUN === 0) {
      await slice();
    }
  }
  return merged.concat(first.slice(at), second.slice(other));
}

/** Items that are sorted at once, in about a millisecond. */
const RUN = 1024;
