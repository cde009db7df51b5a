import type { Operation, Parameter, Schemas } from './operation.ts';
import type { SpecWarnings } from './openApiSchema.ts';

export type SpecParameter = Omit<Parameter, 'kind' | 'date'>;

/** An operation as the document has it: without what only the overlay knows. */
export interface SpecOperation extends Omit<Operation, 'title' | 'traits' | 'parameters'> {
  readonly parameters: readonly SpecParameter[];
}

export interface SpecFacts {
  /** The document's own version; empty when it names none. */
  readonly version: string;
  readonly operations: readonly SpecOperation[];
  readonly schemas: Schemas;
  /** What could not be read, and why; never more than a few hundred. */
  readonly skipped: readonly SpecWarnings[];
}
