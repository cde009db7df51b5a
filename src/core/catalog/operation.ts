import type { Scope } from '../connections/connection.ts';

/** An operation of the API: method, path, names, and types (E1). */
export interface Operation {
  /** Method and path template, such as `GET /v2/device/{id}`. Operation IDs are not unique in all versions of the API. */
  readonly key: string;
  readonly method: Method;
  /** Path template with `{name}` placeholders. Begins with `/`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  /** Built from the operation ID, or from method and path if the ID is not descriptive. */
  readonly title: string;
  /** Only in a live catalog. The text is not trusted, so it is shown as plain text. */
  readonly description?: string | undefined;
  readonly parameters: readonly Parameter[];
  readonly body: Body | undefined;
  /** From the overlay. The strictest values if the overlay has no row for the operation (E4). */
  readonly traits: Traits;
}

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  /** For a list, the type of its items. */
  readonly type: 'string' | 'integer' | 'number' | 'boolean';
  /**
   * How the items of a list are sent: `type=A&type=B`, or with separators, such as `type=A,B` (OpenAPI `explode` and
   * `style`). Not a list if undefined.
   */
  readonly list?: 'repeated' | 'commas' | 'pipes' | 'spaces' | undefined;
  /** `int32`, `int64`, `uuid`, … */
  readonly format: string | undefined;
  readonly values: readonly string[] | undefined;
  /** Bounds of a number, both inclusive. */
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  /** The type of resource that an ID identifies, such as `device` or `organization`. */
  readonly kind: ResourceType | undefined;
  readonly date: DateFormat | undefined;
  /** Only in a live catalog. The text is not trusted, so it is shown as plain text. */
  readonly description?: string | undefined;
}

/** The type of resource that an ID parameter identifies. Comes from the overlay. */
export type ResourceType = string;

/** The format of a date in a query: epoch seconds or milliseconds, ISO 8601 with a time, or only the day. */
export type DateFormat = 'epochSeconds' | 'epochMilliseconds' | 'iso' | 'day';

/** A draft-07 schema. Operations refer to named schemas, which are stored separately. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** The targets of `#/schemas/<name>` references, by name. */
export type Schemas = ReadonlyMap<string, JsonSchema>;

export interface Body {
  readonly contentType: string;
  readonly required: boolean;
  /** References point to `#/schemas/<name>` in the catalog. */
  readonly schema: JsonSchema;
  /** Content types of the parts of a form, by name, where the API description specifies them. */
  readonly partTypes?: Readonly<Record<string, string>> | undefined;
}

/** Sorted from the least to the most dangerous. The order is compared. */
export const RISK_LEVELS = ['read', 'secretRead', 'write', 'deviceAction', 'destructive'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

export interface Traits {
  readonly group: string;
  readonly riskLevel: RiskLevel;
  readonly scope: Scope;
  /** Client credentials cannot call the operation: NinjaOne returns `user_context_required`. */
  readonly needsUser: boolean;
  readonly paging: Paging | undefined;
  /** Deletes or changes many objects at once, so the user confirms it by typing a text (E9). */
  readonly bulk: boolean;
  /** Asks like a deletion, although it is none (E9). */
  readonly typed?: boolean | undefined;
  /** Changes data, and its response contains secrets (E4). */
  readonly secret?: boolean | undefined;
  /** The scope is inferred from what the operation does. No description or report says which one NinjaOne checks. */
  readonly isScopeGuess?: boolean | undefined;
  /**
   * Names of members of the body that are passwords, such as `password` or `headers`, in addition to those whose
   * names say so (`passwordValues()`).
   */
  readonly passwords?: readonly string[] | undefined;
  /** The property that has the list, paged or not. Empty if the response is the list, undefined if it has none. */
  readonly items?: string | undefined;
}

/** Whether it is a read whose response is a list, in pages or not. */
export function isListRead({ traits: { riskLevel, items, paging } }: Pick<Operation, 'traits'>): boolean {
  return (riskLevel === 'read' || riskLevel === 'secretRead') && (items !== undefined || paging !== undefined);
}

/** How to request the next page, and the property that has the items (empty if the response is the list). */
export interface Paging {
  readonly style: PagingStyle;
  readonly items: string;
  /** Found from the parameters only, so a response without a trace of a cursor does not prove that the list ends. */
  readonly isInferred?: true;
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
