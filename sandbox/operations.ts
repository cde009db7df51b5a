import { readFileSync } from 'node:fs';

/**
 * Every operation of the API, read from the files of the project: names, types and shapes made from NinjaOne's
 * description, and the required scopes.
 */
export function readOperations(): Operations {
  const catalog = readJson('../media/catalog.json') as OpenApiDocument;
  const components = readJson('../media/schemas.json') as OpenApiDocument;
  const overlay = readJson('../media/overlay.json') as Readonly<Record<string, Traits>>;
  const shapes = readJson('./shapes.json') as Shapes;
  const all = Object.entries(catalog.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, facts]): SandboxOperation => {
      const key = `${method.toUpperCase()} ${path}`;
      const traits = overlay[key];
      const shape = shapes.operations[key];
      if (!traits || !shape) {
        throw new Error(`${key} has no row in media/overlay.json or sandbox/shapes.json`);
      }
      const segments = path.split('/').slice(1);
      return { key, method: method.toUpperCase(), path, segments, facts, traits, shape };
    }),
  );
  return { version: catalog.info.version, all, components: components.components.schemas, shapes: shapes.schemas };
}

/**
 * The operation for a request and the values of its path parameters. A parameter takes one whole segment, and a literal
 * segment wins over a parameter, as `/v2/organization/archive` does over `/v2/organization/{id}`.
 */
export function findOperation(operations: Operations, method: string, path: string): FoundOperation | undefined {
  const asked = path.split('/').slice(1).map(decoded);
  if (asked.includes(undefined)) {
    return undefined;
  }
  const [operation] = operations.all
    .filter((candidate) => candidate.method === method && fits(candidate.segments, asked))
    .sort((a, b) => (literalsFirst(a) < literalsFirst(b) ? -1 : 1));
  return operation && { operation, values: valuesOf(operation, asked as readonly string[]) };
}

export interface FoundOperation {
  readonly operation: SandboxOperation;
  readonly values: ReadonlyMap<string, string>;
}

export interface Operations {
  /** The version of the API description that the files were made from. */
  readonly version: string;
  readonly all: readonly SandboxOperation[];
  /** The targets of `#/components/schemas/…` in a request body. */
  readonly components: Readonly<Record<string, Schema>>;
  /** The targets of `#/schemas/…` in a response. */
  readonly shapes: Readonly<Record<string, Schema>>;
}

export interface SandboxOperation {
  /** `GET /v2/device/{id}` */
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly segments: readonly string[];
  readonly facts: OperationFacts;
  readonly traits: Traits;
  readonly shape: Shape;
}

export interface OperationFacts {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly ParameterFacts[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

export interface ParameterFacts {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Traits {
  readonly group: string;
  readonly riskLevel: string;
  readonly scope: string;
  readonly needsUser?: boolean;
  readonly paging?: string;
  /** The member with the rows of a response, or empty for the response itself. */
  readonly items?: string;
  /** The kind of object that each id parameter identifies. */
  readonly kinds?: Readonly<Record<string, string>>;
}

export interface Shape {
  readonly status: number;
  /** Absent if nothing is known of the response body. */
  readonly schema?: Schema;
}

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly maxItems?: number;
  readonly writeOnly?: boolean;
}

interface OpenApiDocument {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationFacts>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Shapes {
  readonly operations: Readonly<Record<string, Shape>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}

function fits(segments: readonly string[], asked: readonly (string | undefined)[]): boolean {
  return (
    segments.length === asked.length &&
    segments.every((segment, index) => (isParameter(segment) ? asked[index] !== '' : segment === asked[index]))
  );
}

/** Sorts a literal segment before a parameter, from left to right. */
function literalsFirst({ segments }: SandboxOperation): string {
  return segments.map((segment) => (isParameter(segment) ? '1' : '0')).join('');
}

function valuesOf({ segments }: SandboxOperation, asked: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    segments.flatMap((segment, index) => (isParameter(segment) ? [[segment.slice(1, -1), asked[index] ?? '']] : [])),
  );
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
