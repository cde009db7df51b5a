import assert from 'node:assert/strict';
import { NinjaOneError } from '../../../src/core/base/errors.ts';
import type { Catalog } from '../../../src/core/catalog/catalog.ts';
import { createCatalogSource, type CatalogSource } from '../../../src/core/catalog/catalogSource.ts';
import { parseSpecText } from '../../../src/core/catalog/parseSpec.ts';
import type { HttpRequest } from '../../../src/core/http/transport.ts';
import { mediaText, specOf } from '../../support/bundledMedia.ts';
import { silentLogger } from '../../support/silentLogger.ts';

const ORIGIN = 'https://eu.ninjarmm.com';
const JSON_PLACE = `${ORIGIN}/apidocs/NinjaRMM-API-v2.json`;
const YAML_PLACE = `${ORIGIN}/apidocs-beta/NinjaRMM-API-v2.yaml`;
const VERSION_PLACE = `${ORIGIN}/app-version.txt`;
const DAY = 86_400_000;

const SPEC = JSON.stringify(
  specOf({
    'GET /v2/devices': { operationId: 'getDevices', description: 'All devices.' },
    'POST /v2/device/{id}/wipe': { operationId: 'wipeDevice', requestBody: body() },
  }),
);
const YAML = `openapi: 3.0.1
info: { version: 9-yaml }
paths:
  /v2/alerts:
    get:
      operationId: getAlerts
      parameters:
        - { name: country, in: query, schema: { type: string, enum: [NO, SE] } }
`;

describe('the catalog of an instance', () => {
  it('E1: is the bundled one without any request', async () => {
    const world = worldOf({});
    const catalog = await world.source.bundled();
    assert.equal(catalog.operations.length, 310);
    assert.equal(kindOf(catalog), 'bundled');
    assert.ok((await catalog.schemas()).size > 100);
    assert.equal(await world.source.cached(ORIGIN), catalog);
    assert.deepEqual(world.asked, []);
    assert.deepEqual(world.read, ['catalog.json', 'overlay.json', 'schemas.json']);
  });

  it('E2: comes from the instance after a sign-in, with its operations, descriptions and our tiers', async () => {
    const world = worldOf({ [VERSION_PLACE]: '13.0.20\n', [JSON_PLACE]: SPEC });
    const { catalog, problem } = await world.source.live(ORIGIN, 'signedIn');
    assert.equal(problem, undefined);
    assert.equal(world.cachedVersion(), '13.0.20');
    assert.deepEqual(
      catalog.operations.map(({ key, traits, description }) => [key, traits.riskLevel, description]),
      [
        ['POST /v2/device/{id}/wipe', 'destructive', undefined],
        ['GET /v2/devices', 'read', 'All devices.'],
      ],
    );
    assert.deepEqual(world.asked, [VERSION_PLACE, JSON_PLACE]);
    assert.deepEqual((await world.source.cached(ORIGIN)).operations, catalog.operations);
  });

  it('A13, E2: is forgotten with everything else, and asked for again by the next sign-in', async () => {
    const world = worldOf({ [VERSION_PLACE]: '13.0.20\n', [JSON_PLACE]: SPEC });
    await world.source.live(ORIGIN, 'signedIn');
    await world.source.forget();
    assert.equal(kindOf(await world.source.cached(ORIGIN)), 'bundled');
    const { catalog } = await world.source.live(ORIGIN, 'signedIn');
    assert.equal(kindOf(catalog), 'live');
    assert.equal(world.asked.length, 4);
  });

  it('E2: is asked for without token or cookie, with at most 10 MB and 5 s for everything', async () => {
    const world = worldOf({ [VERSION_PLACE]: '1', [YAML_PLACE]: YAML }, { msPerRequest: 1_500 });
    await world.source.live(ORIGIN, 'refresh');
    assert.deepEqual(
      world.requests.map(({ headers, maxBytes, timeout, method, body: sent }) => [
        headers,
        maxBytes,
        timeout,
        method,
        sent,
      ]),
      [5_000, 3_500, 2_000].map((timeout) => [{ accept: '*/*' }, 10_000_000, timeout, 'GET', undefined]),
    );
  });

  it('E2: comes as YAML where there is no JSON, and NO stays a word', async () => {
    const world = worldOf({ [YAML_PLACE]: YAML });
    const { catalog } = await world.source.live(ORIGIN, 'signedIn');
    assert.deepEqual(world.asked, [VERSION_PLACE, JSON_PLACE, YAML_PLACE]);
    assert.deepEqual(catalog.operations[0]?.parameters[0]?.values, ['NO', 'SE']);
    assert.deepEqual((await world.source.cached(ORIGIN)).operations, catalog.operations);
  });

  it('E2: is asked for once a day after a sign-in, and at once when the user wants it', async () => {
    const world = worldOf({ [VERSION_PLACE]: '1', [JSON_PLACE]: SPEC });
    await world.source.live(ORIGIN, 'signedIn');
    world.clock.now += DAY - 1;
    await world.source.live(ORIGIN, 'signedIn');
    assert.equal(world.asked.length, 2);
    world.clock.now += 2;
    await world.source.live(ORIGIN, 'signedIn');
    assert.deepEqual(world.asked.slice(2), [VERSION_PLACE]);
    await world.source.live(ORIGIN, 'refresh');
    assert.deepEqual(world.asked.slice(3), [VERSION_PLACE]);
    world.answers[VERSION_PLACE] = '2';
    const { catalog } = await world.source.live(ORIGIN, 'refresh');
    assert.deepEqual(world.asked.slice(4), [VERSION_PLACE, JSON_PLACE]);
    assert.deepEqual([kindOf(catalog), world.cachedVersion()], ['live', '2']);
  });

  it('E2: that failed is not asked for again by sign-ins of the day', async () => {
    const world = worldOf({});
    await world.source.live(ORIGIN, 'signedIn');
    const { problem } = await world.source.live(ORIGIN, 'signedIn');
    assert.equal(problem, undefined);
    assert.equal(world.asked.length, 3);
    await world.source.live(ORIGIN, 'refresh');
    assert.equal(world.asked.length, 6);
  });

  it('E2: is asked for once by sign-ins at the same time', async () => {
    const world = worldOf({ [VERSION_PLACE]: '1', [JSON_PLACE]: SPEC });
    await Promise.all(Array.from({ length: 5 }, () => world.source.live(ORIGIN, 'signedIn')));
    assert.equal(world.asked.length, 2);
  });

  it('E2: of a host that the user has not confirmed is not asked for', async () => {
    const world = worldOf({ [JSON_PLACE]: SPEC }, { isConfirmed: false });
    const { catalog } = await world.source.live(ORIGIN, 'refresh');
    assert.equal(kindOf(catalog), 'bundled');
    assert.deepEqual(world.asked, []);
  });

  it('E2: is kept for its origin alone, and what was kept serves while the instance does not answer', async () => {
    const world = worldOf({ [VERSION_PLACE]: '1', [JSON_PLACE]: SPEC });
    await world.source.live(ORIGIN, 'signedIn');
    const other = 'https://oc.ninjarmm.com';
    world.cache.set(other, world.cache.get(ORIGIN) ?? '');
    assert.equal(kindOf(await world.source.cached(other)), 'bundled');
    world.answers = {};
    world.clock.now += 2 * DAY;
    const { catalog, problem } = await world.source.live(ORIGIN, 'signedIn');
    assert.equal(catalog.operations.length, 2);
    assert.equal(problem?.code, 'catalog.notThere');
  });

  it('E2: survives a cache that is broken, forged, or fails', async () => {
    const world = worldOf({ [JSON_PLACE]: SPEC });
    for (const text of [
      '{',
      'null',
      '7',
      JSON.stringify({ origin: ORIGIN, appVersion: '1', checkedAt: 0, text: '<html>' }),
    ]) {
      world.cache.set(ORIGIN, text);
      assert.equal(kindOf(await world.source.cached(ORIGIN)), 'bundled', text);
    }
    const failing = worldOf({ [JSON_PLACE]: SPEC }, { cacheFails: true });
    const { catalog, problem } = await failing.source.live(ORIGIN, 'signedIn');
    assert.deepEqual([kindOf(catalog), problem], ['live', undefined]);
  });

  it('E2: is asked for again when what was kept of the same version cannot be read', async () => {
    const world = worldOf({ [VERSION_PLACE]: '1', [JSON_PLACE]: SPEC });
    world.cache.set(
      ORIGIN,
      JSON.stringify({ origin: ORIGIN, appVersion: '1', checkedAt: world.clock.now, text: '{}' }),
    );
    const { catalog } = await world.source.live(ORIGIN, 'refresh');
    assert.equal(kindOf(catalog), 'live');
  });

  it('E2: does not take whatever stands at the address of the version for one', async () => {
    const world = worldOf({ [VERSION_PLACE]: '<html>1</html>', [JSON_PLACE]: SPEC });
    const { catalog } = await world.source.live(ORIGIN, 'signedIn');
    assert.deepEqual([kindOf(catalog), world.cachedVersion()], ['live', '']);
  });
});

describe('an answer that is no description', () => {
  const bomb = `a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(',')}]`).join('\n')}\nopenapi: 3.0.1\npaths: {/a: {get: {}}}\n`;
  const cases: readonly (readonly [string, string, string])[] = [
    ['HTML', '<!DOCTYPE html><html><body>Sign in</body></html>', 'catalog.notOpenApi'],
    ['empty', '', 'catalog.notOpenApi'],
    ['truncated JSON', SPEC.slice(0, -20), 'catalog.unreadable'],
    ['a bare string', '"ok"', 'catalog.notOpenApi'],
    ['broken YAML', 'openapi: [3.0.1\n  paths: {', 'catalog.unreadable'],
    ['an alias bomb', bomb, 'catalog.unreadable'],
    ['YAML that contains itself', 'openapi: 3.0.1\npaths: {/a: {get: {}}}\nx: &x [*x]\n', 'catalog.unreadable'],
    ['YAML nested 50,000 levels deep', `openapi: ${'['.repeat(50_000)}`, 'catalog.unreadable'],
    ['2 MB of YAML', `openapi: 3.0.1\n${'# filler\n'.repeat(250_000)}`, 'catalog.tooLarge'],
    ['YAML of directives', '%a\n'.repeat(300_000), 'catalog.tooLarge'],
    ['two YAML documents', 'openapi: 3.0.1\n---\npaths: {}\n', 'catalog.unreadable'],
  ];
  for (const [name, text, code] of cases) {
    it(`E2: ${name}: a clear message, no hang, and the bundled catalog serves`, async () => {
      const world = worldOf({ [JSON_PLACE]: text, [YAML_PLACE]: text });
      const start = performance.now();
      const { catalog, problem } = await world.source.live(ORIGIN, 'refresh');
      assert.ok(performance.now() - start < 5_000);
      assert.equal(problem?.code, code);
      assert.match(problem.message, /^[A-Z].*\.$/);
      assert.equal(catalog.operations.length, 310);
      assert.equal(world.cache.size, 0);
    });
  }

  it('E2: JSON nested 100,000 levels deep costs the operation its schema, and nothing else', async () => {
    const deep = `${'{"not":{"items":'.repeat(50_000)}{}${'}}'.repeat(50_000)}`;
    const items = `${'{"items":'.repeat(100_000)}{}${'}'.repeat(100_000)}`;
    const post = (schema: string): string =>
      `{"post":{"requestBody":{"content":{"application/json":{"schema":${schema}}}}}}`;
    const world = worldOf({ [JSON_PLACE]: `{"openapi":"3.0.1","paths":{"/a":${post(deep)},"/b":${post(items)}}}` });
    const { catalog, problem } = await world.source.live(ORIGIN, 'refresh');
    assert.deepEqual([catalog.operations.length, problem], [2, undefined]);
    assert.equal(catalog.skipped.length, 1);
    assert.equal((await world.source.cached(ORIGIN)).operations.length, 2);
  });

  it('E2: 50 MB: the transport stops reading, and the bundled catalog serves', async () => {
    const world = worldOf({ [JSON_PLACE]: 'x'.repeat(50_000_000), [YAML_PLACE]: 'x'.repeat(50_000_000) });
    const { catalog, problem } = await world.source.live(ORIGIN, 'refresh');
    assert.equal(problem?.code, 'catalog.tooLarge');
    assert.match(problem.message, /larger than 10 MB/);
    assert.equal(catalog.operations.length, 310);
  });

  it('E2: YAML may have a few aliases, and not many', async () => {
    const withAliases = (count: number): string => `a: &a [1]\nb: [${Array(count).fill('*a').join(', ')}]\n`;
    assert.deepEqual(await parseSpecText(withAliases(2)), { a: [1], b: [[1], [1]] });
    await assert.rejects(parseSpecText(withAliases(100)), { code: 'catalog.unreadable' });
  });

  it('E2: __proto__ in YAML changes no prototype', async () => {
    const value = await parseSpecText(
      'openapi: 3.0.1\n__proto__: { polluted: 1 }\npaths: { /a: { __proto__: { get: {} } } }\n',
    );
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });
});

interface World {
  readonly source: CatalogSource;
  answers: Record<string, string>;
  readonly requests: HttpRequest[];
  readonly asked: string[];
  readonly read: string[];
  readonly cache: Map<string, string>;
  /** The version of the instance whose description is kept. */
  readonly cachedVersion: () => string | undefined;
  readonly clock: { now: number };
}

/** The descriptions of these tests have a few operations each. */
function kindOf({ operations }: Catalog): 'bundled' | 'live' {
  return operations.length === 310 ? 'bundled' : 'live';
}

/** An instance that answers 404 to everything but `answers`, with a transport that keeps the rules of the real one. */
function worldOf(
  answers: Record<string, string>,
  options: { readonly isConfirmed?: boolean; readonly cacheFails?: boolean; readonly msPerRequest?: number } = {},
): World {
  const cache = new Map<string, string>();
  const clock = { now: 1_700_000_000_000 };
  const failing = (): Promise<never> => Promise.reject(new Error('disk full'));
  const world: World = {
    answers,
    requests: [],
    asked: [],
    read: [],
    cache,
    cachedVersion: () => (JSON.parse(cache.get(ORIGIN) ?? '{}') as { readonly appVersion?: string }).appVersion,
    clock,
    source: createCatalogSource({
      bundled: (name) => {
        world.read.push(name);
        return Promise.resolve(mediaText(name));
      },
      send: (request) => {
        world.requests.push(request);
        world.asked.push(request.url);
        clock.now += options.msPerRequest ?? 0;
        const text = world.answers[request.url];
        const sent = Buffer.from(text ?? '<html>404</html>');
        return sent.byteLength > request.maxBytes
          ? Promise.reject(new NinjaOneError({ code: 'network.tooLarge', intent: 'transient', template: 'Too large.' }))
          : Promise.resolve({ status: text === undefined ? 404 : 200, headers: new Headers(), body: sent });
      },
      cache: options.cacheFails
        ? { read: failing, write: failing, clear: failing }
        : {
            read: (origin) => Promise.resolve(cache.get(origin)),
            write: (origin, text) => {
              cache.set(origin, text);
              return Promise.resolve();
            },
            clear: () => {
              cache.clear();
              return Promise.resolve();
            },
          },
      isConfirmed: () => options.isConfirmed ?? true,
      now: () => clock.now,
      logger: silentLogger,
    }),
  };
  return world;
}

function body(): object {
  return { content: { 'application/json': { schema: { type: 'object' } } } };
}
