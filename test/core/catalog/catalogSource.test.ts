import assert from 'node:assert/strict';
import { NinjaOneError } from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';
import type { Catalog } from '../../../src/core/catalog/catalog.ts';
import { createCatalogSource, type CatalogSource } from '../../../src/core/catalog/catalogSource.ts';
import { parseSpecText } from '../../../src/core/catalog/parseSpec.ts';
import type { HttpRequest } from '../../../src/core/http/transport.ts';
import { bundledCatalog, bundledText, specOf } from '../../support/bundledMedia.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';

const ORIGIN = 'https://eu.ninjarmm.com';
const JSON_URL = `${ORIGIN}/apidocs/NinjaRMM-API-v2.json`;
const YAML_URL = `${ORIGIN}/apidocs-beta/NinjaRMM-API-v2.yaml`;
const VERSION_URL = `${ORIGIN}/app-version.txt`;
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
  it('is the bundled one without a request (E1)', async () => {
    const fixture = fixtureOf({});
    const catalog = await fixture.source.bundled();
    assert.equal(catalog.operations.length, 310);
    assert.equal(kindOf(catalog), 'bundled');
    assert.ok((await catalog.schemas()).size > 100);
    assert.equal(await fixture.source.cached(ORIGIN), catalog);
    assert.deepEqual(fixture.urls, []);
    assert.deepEqual(fixture.read, ['operations.json', 'schemas.json']);
  });

  it('has every operation with the same facts as the API description and the overlay (E1, E4)', async () => {
    const bundled = await fixtureOf({}).source.bundled();
    assert.deepEqual(
      JSON.parse(JSON.stringify(bundled.operations)),
      JSON.parse(JSON.stringify(bundledCatalog.operations)),
    );
    assert.deepEqual(bundled.groups('resource').length, bundledCatalog.groups('resource').length);
    assert.equal(bundled.find('GET /v2/devices')?.traits.scope, 'monitoring');
  });

  it('comes from the instance after a sign-in, with its operations and descriptions and the bundled risk levels (E2)', async () => {
    const fixture = fixtureOf({ [VERSION_URL]: '13.0.20\n', [JSON_URL]: SPEC });
    const { catalog, problem } = await fixture.source.live(ORIGIN, 'signedIn');
    assert.equal(problem, undefined);
    assert.equal(fixture.cachedVersion(), '13.0.20');
    assert.deepEqual(
      catalog.operations.map(({ key, traits, description }) => [key, traits.riskLevel, description]),
      [
        ['POST /v2/device/{id}/wipe', 'destructive', undefined],
        ['GET /v2/devices', 'read', 'All devices.'],
      ],
    );
    assert.deepEqual(fixture.urls, [VERSION_URL, JSON_URL]);
    assert.deepEqual((await fixture.source.cached(ORIGIN)).operations, catalog.operations);
  });

  it('is deleted by a reset, and fetched again after the next sign-in (A13, E2)', async () => {
    const fixture = fixtureOf({ [VERSION_URL]: '13.0.20\n', [JSON_URL]: SPEC });
    await fixture.source.live(ORIGIN, 'signedIn');
    await fixture.source.forget();
    assert.equal(kindOf(await fixture.source.cached(ORIGIN)), 'bundled');
    const { catalog } = await fixture.source.live(ORIGIN, 'signedIn');
    assert.equal(kindOf(catalog), 'live');
    assert.equal(fixture.urls.length, 4);
  });

  it('is fetched without a token or cookie, with at most 10 MB and 5 seconds in total (E2)', async () => {
    const fixture = fixtureOf({ [VERSION_URL]: '1', [YAML_URL]: YAML }, { msPerRequest: 1_500 });
    await fixture.source.live(ORIGIN, 'refresh');
    assert.deepEqual(
      fixture.requests.map(({ headers, maxBytes, timeout, method, body: sent }) => [
        headers,
        maxBytes,
        timeout,
        method,
        sent,
      ]),
      [5_000, 3_500, 2_000].map((timeout) => [{ accept: '*/*' }, 10_000_000, timeout, 'GET', undefined]),
    );
  });

  it('is read from YAML if there is no JSON, without turning NO into a boolean (E2)', async () => {
    const fixture = fixtureOf({ [YAML_URL]: YAML });
    const { catalog } = await fixture.source.live(ORIGIN, 'signedIn');
    assert.deepEqual(fixture.urls, [VERSION_URL, JSON_URL, YAML_URL]);
    assert.deepEqual(catalog.operations[0]?.parameters[0]?.values, ['NO', 'SE']);
    assert.deepEqual((await fixture.source.cached(ORIGIN)).operations, catalog.operations);
  });

  it('is fetched once a day after a sign-in, and at once when the user asks for it (E2)', async () => {
    const fixture = fixtureOf({ [VERSION_URL]: '1', [JSON_URL]: specWith(300) });
    await fixture.source.live(ORIGIN, 'signedIn');
    fixture.clock.now += DAY - 1;
    await fixture.source.live(ORIGIN, 'signedIn');
    assert.equal(fixture.urls.length, 2);
    fixture.clock.now += 2;
    await fixture.source.live(ORIGIN, 'signedIn');
    assert.deepEqual(fixture.urls.slice(2), [VERSION_URL]);
    fixture.responses[VERSION_URL] = '2';
    const { catalog } = await fixture.source.live(ORIGIN, 'refresh');
    assert.deepEqual(fixture.urls.slice(3), [VERSION_URL, JSON_URL]);
    assert.deepEqual([kindOf(catalog), fixture.cachedVersion()], ['live', '2']);
  });

  it('is fetched again after the sign-in of another day if the cached one of the same version may be cut (E2)', async () => {
    const fixture = fixtureOf({ [VERSION_URL]: '1', [JSON_URL]: specWith(100) });
    assert.ok((await fixture.source.live(ORIGIN, 'signedIn')).incomplete);
    fixture.clock.now += 2 * DAY;
    fixture.responses[JSON_URL] = specWith(bundledCatalog.operations.length);
    const { catalog, incomplete } = await fixture.source.live(ORIGIN, 'signedIn');
    assert.deepEqual([catalog.operations.length, incomplete], [bundledCatalog.operations.length, undefined]);
    fixture.clock.now += 2 * DAY;
    await fixture.source.live(ORIGIN, 'signedIn');
    assert.deepEqual(fixture.urls, [VERSION_URL, JSON_URL, VERSION_URL, JSON_URL, VERSION_URL]);
  });

  it('is fetched when the user asks for it, even if the version is the same, because the cached one may be cut (E2)', async () => {
    const rest = '  /v2/devices: { get: { operationId: getDevices } }\n';
    const fixture = fixtureOf({ [VERSION_URL]: '1', [YAML_URL]: YAML });
    await fixture.source.live(ORIGIN, 'signedIn');
    fixture.responses[YAML_URL] = YAML + rest;
    const { catalog } = await fixture.source.live(ORIGIN, 'refresh');
    assert.equal(catalog.operations.length, 2);
    assert.equal((await fixture.source.cached(ORIGIN)).operations.length, 2);
  });

  it('is said to be incomplete when it is fetched and has less than four fifths of the bundled operations (E2)', async () => {
    const fixture = fixtureOf({ [VERSION_URL]: '1' });
    for (const [count, incomplete] of [
      [310, undefined],
      [248, undefined],
      [247, { found: 247, bundled: 310 }],
      [148, { found: 148, bundled: 310 }],
    ] as const) {
      fixture.responses[JSON_URL] = specWith(count);
      const result = await fixture.source.live(ORIGIN, 'refresh');
      assert.deepEqual(result.incomplete, incomplete, String(count));
    }
  });

  it('is not fetched again by other sign-ins on the day of a failure (E2)', async () => {
    const fixture = fixtureOf({});
    await fixture.source.live(ORIGIN, 'signedIn');
    const { problem } = await fixture.source.live(ORIGIN, 'signedIn');
    assert.equal(problem, undefined);
    assert.equal(fixture.urls.length, 3);
    await fixture.source.live(ORIGIN, 'refresh');
    assert.equal(fixture.urls.length, 6);
  });

  it('is fetched once for concurrent sign-ins (E2)', async () => {
    const fixture = fixtureOf({ [VERSION_URL]: '1', [JSON_URL]: SPEC });
    await Promise.all(Array.from({ length: 5 }, () => fixture.source.live(ORIGIN, 'signedIn')));
    assert.equal(fixture.urls.length, 2);
  });

  it('is not fetched from a host that the user has not confirmed (E2)', async () => {
    const fixture = fixtureOf({ [JSON_URL]: SPEC }, { isConfirmed: false });
    const { catalog } = await fixture.source.live(ORIGIN, 'refresh');
    assert.equal(kindOf(catalog), 'bundled');
    assert.deepEqual(fixture.urls, []);
  });

  it('is cached per origin, and the cached copy is used while the instance does not respond (E2)', async () => {
    const fixture = fixtureOf({ [VERSION_URL]: '1', [JSON_URL]: SPEC });
    await fixture.source.live(ORIGIN, 'signedIn');
    const other = 'https://oc.ninjarmm.com';
    fixture.cache.set(other, fixture.cache.get(ORIGIN) ?? '');
    assert.equal(kindOf(await fixture.source.cached(other)), 'bundled');
    fixture.responses = {};
    fixture.clock.now += 2 * DAY;
    const { catalog, problem } = await fixture.source.live(ORIGIN, 'signedIn');
    assert.equal(catalog.operations.length, 2);
    assert.equal(problem?.code, 'catalog.notThere');
  });

  it('ignores a cache that is damaged, forged or failing (E2)', async () => {
    const fixture = fixtureOf({ [JSON_URL]: SPEC });
    for (const text of [
      '{',
      'null',
      '7',
      JSON.stringify({ origin: ORIGIN, appVersion: '1', checkedAt: 0, text: '<html>' }),
    ]) {
      fixture.cache.set(ORIGIN, text);
      assert.equal(kindOf(await fixture.source.cached(ORIGIN)), 'bundled', text);
    }
    const failing = fixtureOf({ [JSON_URL]: SPEC }, { cacheFails: true });
    const { catalog, problem } = await failing.source.live(ORIGIN, 'signedIn');
    assert.deepEqual([kindOf(catalog), problem], ['live', undefined]);
  });

  it('is fetched again if the cached copy of the same version cannot be read (E2)', async () => {
    const fixture = fixtureOf({ [VERSION_URL]: '1', [JSON_URL]: SPEC });
    fixture.cache.set(
      ORIGIN,
      JSON.stringify({ origin: ORIGIN, appVersion: '1', checkedAt: fixture.clock.now, text: '{}' }),
    );
    const { catalog } = await fixture.source.live(ORIGIN, 'refresh');
    assert.equal(kindOf(catalog), 'live');
  });

  it('ignores an invalid response at the address of the version (E2)', async () => {
    const fixture = fixtureOf({ [VERSION_URL]: '<html>1</html>', [JSON_URL]: SPEC });
    const { catalog } = await fixture.source.live(ORIGIN, 'signedIn');
    assert.deepEqual([kindOf(catalog), fixture.cachedVersion()], ['live', '']);
  });
});

describe('fetching a catalog from a broken server', () => {
  const bomb = `a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(',')}]`).join('\n')}\nopenapi: 3.0.1\npaths: {/a: {get: {}}}\n`;
  const cases: readonly (readonly [string, string, string])[] = [
    ['a web page', '<!DOCTYPE html><html><body>Sign in</body></html>', 'catalog.notOpenApi'],
    ['an empty body', '', 'catalog.notOpenApi'],
    ['truncated JSON', SPEC.slice(0, -20), 'catalog.unreadable'],
    ['a bare string', '"ok"', 'catalog.notOpenApi'],
    ['broken YAML', 'openapi: [3.0.1\n  paths: {', 'catalog.unreadable'],
    ['an alias bomb', bomb, 'catalog.unreadable'],
    ['YAML that contains itself', 'openapi: 3.0.1\npaths: {/a: {get: {}}}\nx: &x [*x]\n', 'catalog.unreadable'],
    ['YAML nested 50,000 levels deep', `openapi: ${'['.repeat(50_000)}`, 'catalog.unreadable'],
    ['2 MB of YAML', `openapi: 3.0.1\n${'# filler\n'.repeat(250_000)}`, 'catalog.tooLarge'],
    ['900 kB of YAML directives', '%a\n'.repeat(300_000), 'catalog.tooLarge'],
    ['two YAML documents', 'openapi: 3.0.1\n---\npaths: {}\n', 'catalog.unreadable'],
  ];
  for (const [name, text, code] of cases) {
    it(`reports ${name} quickly and uses the bundled catalog (E2, T42)`, async () => {
      const fixture = fixtureOf({ [JSON_URL]: text, [YAML_URL]: text });
      const start = performance.now();
      const { catalog, problem } = await fixture.source.live(ORIGIN, 'refresh');
      assert.ok(performance.now() - start < 5_000);
      assert.equal(problem?.code, code);
      assert.match(problem.message, /^[A-Z].*\.$/);
      assert.equal(catalog.operations.length, 310);
      assert.equal(fixture.cache.size, 0);
    });
  }

  it('omits only the schema that is nested 90 levels deep, and refuses what is deeper than 200 (E2)', async () => {
    const deep = `${'{"not":{"items":'.repeat(45)}{}${'}}'.repeat(45)}`;
    const items = `${'{"items":'.repeat(90)}{}${'}'.repeat(90)}`;
    const post = (schema: string): string =>
      `{"post":{"requestBody":{"content":{"application/json":{"schema":${schema}}}}}}`;
    const fixture = fixtureOf({ [JSON_URL]: `{"openapi":"3.0.1","paths":{"/a":${post(deep)},"/b":${post(items)}}}` });
    const { catalog, problem } = await fixture.source.live(ORIGIN, 'refresh');
    assert.deepEqual([catalog.operations.length, problem], [2, undefined]);
    assert.equal(catalog.skipped.length, 1);
    assert.equal((await fixture.source.cached(ORIGIN)).operations.length, 2);
    for (const levels of [200, 100_000]) {
      const hostile = `${'{"items":'.repeat(levels)}{}${'}'.repeat(levels)}`;
      const refusing = fixtureOf({ [JSON_URL]: `{"openapi":"3.0.1","paths":{"/b":${post(hostile)}}}` });
      const refused = await refusing.source.live(ORIGIN, 'refresh');
      assert.deepEqual([refused.catalog.operations.length, refused.problem?.code], [310, 'catalog.tooDeep']);
      assert.equal(refusing.cache.size, 0);
    }
  });

  it('stops reading after 10 MB and uses the bundled catalog (E2, T42)', async () => {
    const fixture = fixtureOf({ [JSON_URL]: 'x'.repeat(50_000_000), [YAML_URL]: 'x'.repeat(50_000_000) });
    const { catalog, problem } = await fixture.source.live(ORIGIN, 'refresh');
    assert.equal(problem?.code, 'catalog.tooLarge');
    assert.match(problem.message, /larger than 10 MB/);
    assert.equal(catalog.operations.length, 310);
  });

  it('accepts a few YAML aliases but not many (E2, T42)', async () => {
    const withAliases = (count: number): string => `a: &a [1]\nb: [${Array(count).fill('*a').join(', ')}]\n`;
    assert.deepEqual(await parseSpecText(withAliases(2)), { a: [1], b: [[1], [1]] });
    await assert.rejects(parseSpecText(withAliases(100)), { code: 'catalog.unreadable' });
  });

  it('changes no prototype with the YAML key __proto__ (E2)', async () => {
    const value = await parseSpecText(
      'openapi: 3.0.1\n__proto__: { polluted: 1 }\npaths: { /a: { __proto__: { get: {} } } }\n',
    );
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });
});

/** A description with so many of the bundled operations. An instance may name the parameters of a path differently. */
function specWith(count: number): string {
  const keys = bundledCatalog.operations.map(({ key }) => key.replace('{id}', '{number}'));
  return JSON.stringify(specOf(Object.fromEntries(keys.slice(0, count).map((key) => [key, {}]))));
}

interface Fixture {
  readonly source: CatalogSource;
  responses: Record<string, string>;
  readonly requests: HttpRequest[];
  readonly urls: string[];
  readonly read: string[];
  readonly cache: Map<string, string>;
  /** The version of the instance with the cached description. */
  readonly cachedVersion: () => string | undefined;
  readonly clock: { now: number };
}

/** The descriptions of these tests have a few operations each. */
function kindOf({ operations }: Catalog): 'bundled' | 'live' {
  return operations.length === 310 ? 'bundled' : 'live';
}

/**
 * An instance that responds with 404 to everything but `responses`. Its transport has the size limit of the real one.
 */
function fixtureOf(
  responses: Record<string, string>,
  options: { readonly isConfirmed?: boolean; readonly cacheFails?: boolean; readonly msPerRequest?: number } = {},
): Fixture {
  const cache = new Map<string, string>();
  const clock = { now: 1_700_000_000_000 };
  const failing = (): Promise<never> => Promise.reject(new Error('disk full'));
  const fixture: Fixture = {
    responses,
    requests: [],
    urls: [],
    read: [],
    cache,
    cachedVersion: () => (JSON.parse(cache.get(ORIGIN) ?? '{}') as { readonly appVersion?: string }).appVersion,
    clock,
    source: createCatalogSource({
      bundled: (name) => {
        fixture.read.push(name);
        return Promise.resolve(bundledText(name));
      },
      send: (request) => {
        fixture.requests.push(request);
        fixture.urls.push(request.url);
        clock.now += options.msPerRequest ?? 0;
        const text = fixture.responses[request.url];
        const sent = Buffer.from(text ?? '<html>404</html>');
        return sent.byteLength > request.maxBytes
          ? Promise.reject(
              new NinjaOneError({ code: 'network.tooLarge', intent: 'transient', message: l10n.t('Too large.') }),
            )
          : Promise.resolve({ status: text === undefined ? 404 : 200, headers: new Headers(), body: sent });
      },
      cache: options.cacheFails
        ? { read: failing, write: failing, expire: failing, clear: failing }
        : {
            read: (origin) => Promise.resolve(cache.get(origin)),
            write: (origin, text) => {
              cache.set(origin, text);
              return Promise.resolve();
            },
            expire: () => Promise.resolve(),
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
  return fixture;
}

function body(): object {
  return { content: { 'application/json': { schema: { type: 'object' } } } };
}
