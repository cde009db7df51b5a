import type { Mutant } from './mutants.ts';

/** Faults that no test can find, because the program does the same with them. */
export interface Equivalent {
  readonly file: string;
  /** As the report prints them: the function, the piece, and what replaces it. */
  readonly place: string;
  readonly original: string;
  readonly replacements: readonly string[];
  readonly reason: string;
}

export const EQUIVALENTS: readonly Equivalent[] = [];

export function isEquivalent(file: string, mutant: Mutant, list = EQUIVALENTS): boolean {
  return list.some((entry) => matches(entry, file, mutant));
}

/** What the list names and the sources no longer have, a line each. */
export function staleEquivalents(file: string, mutants: readonly Mutant[], list = EQUIVALENTS): string[] {
  return list
    .filter((entry) => entry.file === file)
    .flatMap((entry) =>
      entry.replacements
        .filter(
          (replacement) => !mutants.some((each) => matches({ ...entry, replacements: [replacement] }, file, each)),
        )
        .map((replacement) => `${file}: ${entry.place}: ${entry.original} → ${replacement}`),
    );
}

function matches(entry: Equivalent, file: string, { place, original, replacement }: Mutant): boolean {
  const isPiece = entry.file === file && entry.place === place && entry.original === original;
  return isPiece && entry.replacements.includes(replacement);
}
