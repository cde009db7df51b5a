import type { Scope } from '../connections/connection.ts';

/** One operation of the API, as facts: method, path, names and types, no prose (E1). */
export interface Operation {
  /** `GET /v2/device/{id}`: method and path template, the only name that is unique in every version of the API. */
  readonly key: string;
  readonly method: Method;
  /** Template with `{name}` places; begins with `/`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  /** Made from the operation id, or from method and path where the id says nothing. */
  readonly title: string;
  /** Only from a live catalog; foreign text, to be shown as plain text. */
  readonly description?: string | undefined;
  readonly parameters: readonly Parameter[];
  readonly body: Body | undefined;
  /** What the overlay says of it; the strictest of everything when it says nothing (E4). */
  readonly traits: Traits;
}

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly type: 'string' | 'integer' | 'number' | 'boolean';
  /** `int32`, `int64`, `uuid`, … */
  readonly format: string | undefined;
  readonly values: readonly string[] | undefined;
  /** What an id identifies: `device`, `organization`, …; or what form a date has. */
  readonly kind: ResourceType | undefined;
  readonly date: DateFormat | undefined;
  /** Only from a live catalog; foreign text, to be shown as plain text. */
  readonly description?: string | undefined;
}

/** What an id parameter identifies; the overlay names one for each. */
export type ResourceType = string;

/** How the API writes a date in a query: epoch seconds, ISO 8601 with time, or the day alone. */
export type DateFormat = 'epochSeconds' | 'epochMilliseconds' | 'iso' | 'day';

/** A draft-07 schema. Named schemas are kept apart from the operations that refer to them. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** By name; what a `$ref` of `#/schemas/<name>` means. */
export type Schemas = ReadonlyMap<string, JsonSchema>;

export interface Body {
  readonly contentType: string;
  readonly required: boolean;
  /** JSON Schema without prose; `$ref` points to `#/schemas/<name>` of the catalog. */
  readonly schema: JsonSchema;
}

/** From harmless to not to be undone; the order is the order of strictness. */
export const RISK_LEVELS = ['read', 'secretRead', 'write', 'deviceAction', 'destructive'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

export interface Traits {
  readonly group: string;
  readonly riskLevel: RiskLevel;
  readonly scope: Scope;
  /** Client credentials cannot call it: NinjaOne answers `user_context_required`. */
  readonly needsUser: boolean;
  readonly paging: Paging | undefined;
  /** Deletes or changes many objects at once: confirmed with typed text (E9). */
  readonly bulk: boolean;
  /** Where the list is in an answer that has one, paged or not (`''`: the answer itself); undefined where there is none. */
  readonly items?: string | undefined;
}

/** How the next page is asked for, and where in the answer the items are (`''`: the answer itself is the list). */
export interface Paging {
  readonly style: PagingStyle;
  readonly items: string;
}

export const PAGING_STYLES = [
  'after',
  'cursor',
  'olderThan',
  'cursorName',
  'anchorId',
  'anchorNaturalId',
  'boardRun',
] as const;
export type PagingStyle = (typeof PAGING_STYLES)[number];
