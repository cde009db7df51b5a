import { readConsoleAddress } from './consoleAddresses.ts';
import { objectValues, type ParameterValues } from './objectOperations.ts';
import { METHODS, type Method, type Operation } from './operation.ts';

/** A path that somebody typed or pasted, such as `GET https://eu.ninjarmm.com/v2/device/42?expand=true`. */
export interface PathQuery {
  readonly method: Method | undefined;
  /** Without host and query. Values of parameters may stand in it, or placeholders. */
  readonly segments: readonly string[];
  /** The values behind the question mark. */
  readonly query: URLSearchParams;
  /** The words beside method and path. */
  readonly rest: string;
}

/** Undefined if the text has no path: nothing with a scheme, a leading slash, or a version, such as `v2/devices`. */
export function readPathQuery(text: string): PathQuery | undefined {
  const tokens = text.split(/[\s'"`]+/).filter((token) => token !== '');
  const at = tokens.findIndex((token) => pathIn(token) !== undefined);
  const path = pathIn(tokens[at] ?? '');
  if (path === undefined) {
    return undefined;
  }
  const before = tokens[at - 1];
  const method = METHODS.find((each) => each === before?.toUpperCase() || tokens.includes(each));
  return {
    method,
    segments: path.split('/').slice(1),
    query: new URLSearchParams(/\?([^#]*)/.exec(tokens[at] ?? '')?.[1] ?? ''),
    rest: TOOL.test(tokens[0] ?? '')
      ? ''
      : tokens.filter((token, index) => index !== at && token.toUpperCase() !== method).join(' '),
  };
}

/**
 * How well the path of an operation fits; undefined if it does not. A value fits every placeholder, best one of its type,
 * so that the path of a request finds its operation. Otherwise the path has to begin with what was typed.
 */
export function pathFit({ segments }: PathQuery, operation: Operation): PathFit | undefined {
  const template = operation.path.split('/').slice(1);
  const typed = typedAlong(template, segments);
  // `/v2/devices/` is `/v2/devices` to a person, and the beginning of longer paths to a search.
  const wanted = typed.at(-1) === '' ? typed.slice(0, -1) : typed;
  if (wanted.length > template.length) {
    return undefined;
  }
  let likeness = 0;
  for (const [index, segment] of wanted.entries()) {
    const isLast = index === wanted.length - 1 && typed.at(-1) !== '';
    const fit = segmentFit(segment, template[index] ?? '', operation, isLast);
    if (fit === undefined) {
      return undefined;
    }
    likeness += fit;
  }
  const isBeginning = wanted.some((segment, index) => isLiteral(template[index]) && !isSame(segment, template[index]));
  return { isWhole: wanted.length === template.length && !isBeginning, likeness };
}

export interface PathFit {
  /** Whether it is the whole path, and not only its beginning. */
  readonly isWhole: boolean;
  /** Higher if more of it is the same text. */
  readonly likeness: number;
}

/**
 * The values of parameters that stand in a typed path or address, such as 42 for `id` in `/v2/device/42`, or in a console
 * address of an object that the operation takes. Empty if there is neither. Nothing is checked.
 */
export function typedValues(text: string, operation: Operation): ParameterValues {
  const address = readConsoleAddress(text);
  if (address) {
    return objectValues(operation, [address.object]) ?? { path: new Map(), query: new Map() };
  }
  const typed = readPathQuery(text);
  if (!typed || !pathFit(typed, operation)) {
    return { path: new Map(), query: new Map() };
  }
  const template = operation.path.split('/').slice(1);
  const segments = typedAlong(template, typed.segments);
  const path = template.flatMap((wanted, index): [string, string][] => {
    const value = segments[index] ?? '';
    return isLiteral(wanted) || value === '' || isPlaceholder(value) ? [] : [[wanted.slice(1, -1), value]];
  });
  return { path: new Map(path), query: new Map(typed.query) };
}

/** The typed segments from the one on that has the version in the template. */
function typedAlong(template: readonly string[], segments: readonly string[]): readonly string[] {
  const [first = ''] = template;
  return VERSION.test(segments[0] ?? '') || !VERSION.test(first) ? segments : [first, ...segments];
}

/** A command line that was pasted as a whole has options beside the address, and no words to search for. */
const TOOL = /^(?:curl|wget|http|https|xh|Invoke-\w+|irm|iwr)$/i;

const VERSION = /^v\d+$/i;

function pathIn(token: string): string | undefined {
  const found =
    /^[a-z][a-z\d+.-]*:\/\/[^/]*(\/[^?#]*)/i.exec(token)?.[1] ??
    /^(?:[^/?#]*\.[^/?#]*)?(\/[^?#]*)/.exec(token)?.[1] ??
    /^v\d+(?:\/[^?#]*)?$/i.exec(token.replace(/[?#].*/, ''))?.[0];
  // A proxy or a collection of requests may have something in front of the version.
  return found === undefined
    ? undefined
    : decoded(found.replace(/^.*?\/?(?=v\d+(?:\/|$))/i, '/').replace(/^(?!\/)/, '/'));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function segmentFit(typed: string, wanted: string, { parameters }: Operation, isLast: boolean): number | undefined {
  if (isSame(typed, wanted)) {
    return 4;
  }
  if (isLiteral(wanted)) {
    return isLast && wanted.toLowerCase().startsWith(typed.toLowerCase()) ? 3 : undefined;
  }
  if (isPlaceholder(typed)) {
    return 2;
  }
  const type = parameters.find(({ name }) => `{${name}}` === wanted)?.type;
  return (type === 'integer' || type === 'number') === /^-?\d+$/.test(typed) ? 2 : 1;
}

function isSame(typed: string, wanted = ''): boolean {
  return typed.toLowerCase() === wanted.toLowerCase();
}

/** `{id}`, or as other tools write it: `:id`, `<id>`, `$id`. */
function isPlaceholder(segment: string): boolean {
  return /^[{:<$]/.test(segment);
}

function isLiteral(segment = ''): boolean {
  return !segment.startsWith('{');
}
