import type { Parameter } from './operation.ts';

/** What separates the items of a list in one parameter. */
export const SEPARATORS: { readonly [L in Exclude<Parameter['list'], 'repeated' | undefined>]: string } = {
  commas: ',',
  pipes: '|',
  spaces: ' ',
};
