import type { Operation, Parameter, Schemas } from './operation.ts';
import type { SpecWarnings } from './openApiSchema.ts';

export type SpecParameter = Omit<Parameter, 'kind' | 'date'>;

/** An operation as the API description defines it, without the facts from the overlay. */
export interface SpecOperation extends Omit<Operation, 'title' | 'traits' | 'parameters'> {
  readonly parameters: readonly SpecParameter[];
}

export interface SpecFacts {
  /** The version of the document, or an empty string. */
  readonly version: string;
  readonly operations: readonly SpecOperation[];
  readonly schemas: Schemas;
  /** Names of properties with the format `password`. */
  readonly passwords: readonly string[];
  /** The parts that could not be read, with reasons. At most a few hundred. */
  readonly skipped: readonly SpecWarnings[];
}
