import { stringify } from 'yaml';
import type { SandboxResponse } from './response.ts';
import type { Operations, Schema } from './operations.ts';

/**
 * The API description as NinjaOne serves it without a token, in JSON and YAML. It is made from the facts that the
 * project has, without prose. Switches change it or make it invalid. Faults of any response, such as a web page, a
 * redirect or a delay, are misbehavior of the endpoint `spec`.
 */
export class LiveSpec {
  readonly #operations: Operations;
  readonly #first: LiveSpecSwitches;
  #switches: LiveSpecSwitches;
  #texts = new Map<Form, string>();

  constructor(operations: Operations, switches: LiveSpecSwitches = {}) {
    this.#operations = operations;
    this.#first = switches;
    this.#switches = switches;
  }

  get appVersion(): string {
    return this.#switches.appVersion ?? '13.0.20';
  }

  /** Replaces all switches. */
  set(switches: LiveSpecSwitches): void {
    this.#switches = switches;
    this.#texts.clear();
  }

  /** Restores the switches of the start. */
  reset(): void {
    this.set(this.#first);
  }

  /** Undefined if the path is another one or nothing is served there. */
  respond(path: string): SandboxResponse | undefined {
    const form = FORMS.get(path);
    const { only, flaw } = this.#switches;
    if (form === undefined || only === 'none' || (only !== undefined && only !== form)) {
      return undefined;
    }
    const contentType = form === 'json' ? 'application/json' : 'application/yaml';
    if (flaw === 'huge') {
      return { status: 200, contentType, stream: () => hugeText(form) };
    }
    // JSON has no aliases.
    return flaw === 'aliasBomb' && form === 'json' ? undefined : { status: 200, contentType, body: this.#text(form) };
  }

  #text(form: Form): string {
    const known = this.#texts.get(form);
    const text = known ?? write(this.#operations, this.#switches, form);
    this.#texts.set(form, text);
    return text;
  }
}

export interface LiveSpecSwitches {
  /** The content of `/app-version.txt`; clients cache a description as long as it stays the same. */
  readonly appVersion?: string;
  /** Served only at this one of the two addresses, or at none; the others respond with 404. */
  readonly only?: Form | 'none';
  /** Keys of omitted operations, such as `GET /v2/devices`. */
  readonly without?: readonly string[];
  /** Additional or replaced operations by key. */
  readonly added?: Readonly<Record<string, unknown>>;
  /** The description of each operation and parameter, to test hostile text. */
  readonly description?: string;
  readonly flaw?: Flaw;
}

export type Flaw =
  /** The first half of the text, which is invalid. */
  | 'truncated'
  /** YAML of 10^12 aliases; 404 where JSON is served. */
  | 'aliasBomb'
  /** `__proto__` and `constructor` as keys of paths, path items, operations and schemas. */
  | 'prototypeKeys'
  /** A schema that refers to itself, and two that refer to each other, as body of an operation. */
  | 'cycle'
  /** Bodies that refer to missing schemas. */
  | 'deadReference'
  /** 50 MB, created while they are sent. */
  | 'huge';

/** For switches that arrive over HTTP. Throws a `TypeError` that names the first unknown value. */
export function parseLiveSpecSwitches(value: unknown): LiveSpecSwitches {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('switches are an object: {"only": "yaml", "without": ["GET /v2/devices"]}');
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(SWITCHES, name));
  if (unknown !== undefined) {
    throw new TypeError(`unknown switch ${unknown}`);
  }
  const switches = value as LiveSpecSwitches;
  if (switches.flaw !== undefined && !Object.hasOwn(FLAWS, switches.flaw)) {
    throw new TypeError(`unknown flaw ${switches.flaw}`);
  }
  return switches;
}

export const SPEC_PATHS = {
  json: '/apidocs/NinjaRMM-API-v2.json',
  yaml: '/apidocs-beta/NinjaRMM-API-v2.yaml',
} as const;

export const HUGE_SPEC_BYTES = 50_000_000;

type Form = keyof typeof SPEC_PATHS;

const FORMS: ReadonlyMap<string, Form> = new Map([
  [SPEC_PATHS.json, 'json'],
  [SPEC_PATHS.yaml, 'yaml'],
]);

const SWITCHES: { readonly [K in keyof Required<LiveSpecSwitches>]: true } = {
  appVersion: true,
  only: true,
  without: true,
  added: true,
  description: true,
  flaw: true,
};

/** Additions to the description for a flaw; `undefined` if it is not about members. */
const FLAWS: { readonly [K in Flaw]: Additions | undefined } = {
  truncated: undefined,
  aliasBomb: undefined,
  huge: undefined,
  prototypeKeys: hostileKeys(),
  cycle: {
    operations: { 'POST /v2/sandbox/cycle': taking('Self'), 'PUT /v2/sandbox/cycle': taking('Ping') },
    schemas: {
      Self: { $ref: componentOf('Self') },
      Ping: { type: 'object', properties: { pong: { $ref: componentOf('Pong') } } },
      Pong: { type: 'object', properties: { ping: { $ref: componentOf('Ping') } } },
    },
  },
  deadReference: { operations: { 'POST /v2/sandbox/dead': taking('NobodyKnows') }, schemas: {} },
};

interface Additions {
  readonly operations: Readonly<Record<string, unknown>>;
  readonly schemas: Readonly<Record<string, unknown>>;
}

function write(operations: Operations, switches: LiveSpecSwitches, form: Form): string {
  const { flaw } = switches;
  if (flaw === 'aliasBomb') {
    return aliasBomb();
  }
  const document = describe(operations, switches);
  // NinjaOne repeats equal parts in full instead of using YAML aliases.
  const text = form === 'json' ? JSON.stringify(document) : stringify(document, { aliasDuplicateObjects: false });
  return flaw === 'truncated' ? text.slice(0, cutOf(text, form)) : text;
}

/** About half. Most prefixes of YAML are valid YAML, but not one that ends in the middle of a key. */
function cutOf(text: string, form: Form): number {
  const half = Math.floor(text.length / 2);
  return form === 'json' ? half : text.indexOf('tags:', half) + 2;
}

function describe(operations: Operations, { without = [], added, description, flaw }: LiveSpecSwitches): unknown {
  const additions = flaw && FLAWS[flaw];
  const prose = description === undefined ? {} : { description };
  // `Object.fromEntries` and maps treat `__proto__` like any other key.
  const paths = new Map<string, Map<string, unknown>>();
  const put = (key: string, operation: unknown): void => {
    const [method = '', path = ''] = key.split(' ');
    const item = paths.get(path) ?? new Map<string, unknown>();
    paths.set(path, item.set(method.toLowerCase(), operation));
  };
  for (const { key, facts, shape } of operations.all) {
    if (!without.includes(key)) {
      const parameters = facts.parameters?.map((parameter) => ({ ...parameter, ...prose }));
      put(key, { ...facts, ...(parameters ? { parameters } : {}), ...prose, responses: responsesOf(shape) });
    }
  }
  for (const [key, operation] of [...Object.entries(added ?? {}), ...Object.entries(additions?.operations ?? {})]) {
    put(key, operation);
  }
  return {
    openapi: '3.0.1',
    info: { title: 'Sandbox API', version: operations.version },
    paths: Object.fromEntries([...paths].map(([path, item]) => [path, Object.fromEntries(item)])),
    components: {
      schemas: Object.fromEntries<unknown>([
        ...Object.entries(operations.shapes).map(([name, schema]) => [name, asComponent(schema)] as const),
        // The schemas of bodies have all values of their enums.
        ...Object.entries(operations.components),
        ...Object.entries(additions?.schemas ?? {}),
      ]),
    },
  };
}

function responsesOf({ status, schema }: { readonly status: number; readonly schema?: Schema }): unknown {
  const content = schema && { content: { 'application/json': { schema: asComponent(schema) } } };
  // OpenAPI requires a description, which may be empty.
  return { [status]: { description: '', ...content } };
}

function asComponent(schema: Schema): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/schemas/', `"${componentOf('')}`)) as unknown;
}

function componentOf(name: string): string {
  return `#/components/schemas/${name}`;
}

function taking(name: string): object {
  return { requestBody: { content: { 'application/json': { schema: { $ref: componentOf(name) } } } } };
}

function hostileKeys(): Additions {
  const hostile = Object.fromEntries([
    ['__proto__', { polluted: true }],
    ['constructor', { prototype: { polluted: true } }],
  ]);
  return {
    operations: Object.fromEntries([
      ['GET __proto__', { operationId: 'polluted' }],
      ['GET /v2/sandbox/constructor', { ...taking('constructor'), operationId: 'constructor' }],
      ['__proto__ /v2/sandbox/item', { polluted: true }],
      ['GET /v2/sandbox/item', Object.fromEntries([...Object.entries(hostile), ['tags', ['__proto__']]])],
    ]),
    schemas: Object.fromEntries([
      ['__proto__', { polluted: true }],
      ['constructor', { type: 'object', properties: hostile }],
    ]),
  };
}

function aliasBomb(): string {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `a${level + 1}: &a${level + 1} [${Array(10).fill(`*a${level}`).join(',')}]`,
  );
  return ['openapi: 3.0.1', 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]', ...levels, 'paths: {/v2/devices: {get: {}}}', ''].join(
    '\n',
  );
}

/** Valid in either form apart from its size. */
function* hugeText(form: Form): Generator<string> {
  const line = form === 'json' ? ' '.repeat(99) + '\n' : `#${'x'.repeat(98)}\n`;
  const piece = line.repeat(1000);
  const start = form === 'json' ? '{"openapi":"3.0.1","paths":{"/v2/devices":{"get":{}}}' : 'openapi: 3.0.1\n';
  const end = form === 'json' ? '}' : 'paths: {/v2/devices: {get: {}}}\n';
  yield start;
  for (let sent = 0; sent < HUGE_SPEC_BYTES; sent += piece.length) {
    yield piece;
  }
  yield end;
}
