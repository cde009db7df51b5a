import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCatalogSource, type CatalogSource } from '../../src/core/catalog/catalogSource.ts';
import { parseSpecText } from '../../src/core/catalog/parseSpec.ts';
import { createTransport } from '../../src/core/http/transport.ts';
import { bundledCatalog, bundledText } from '../../test/support/bundledMedia.ts';
import { HUGE_SPEC_BYTES, SPEC_PATHS, type LiveSpecSwitches } from '../liveSpec.ts';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { jsonBody } from '../../test/support/apiCalls.ts';
import { silentLogger } from '../../tooling/silentLogger.ts';

const { json: JSON_PATH, yaml: YAML_PATH } = SPEC_PATHS;
const KEYS = bundledCatalog.operations.map(({ key }) => key);

describe('the API description of the sandbox', () => {
  const transport = createTransport({
    fetch: globalThis.fetch,
    logger: silentLogger,
    proxySupport: () => 'off',
  });
  let sandbox: Sandbox;
  let source: CatalogSource;
  let clock: number;
  before(async () => {
    sandbox = await startSandbox();
  });
  after(async () => {
    await transport.close();
    await sandbox.stop();
  });
  beforeEach(() => {
    clock = Date.now();
    const cache = new Map<string, string>();
    source = createCatalogSource({
      bundled: (name) => Promise.resolve(bundledText(name)),
      send: transport.send,
      cache: {
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
      isConfirmed: () => true,
      now: () => clock,
      logger: silentLogger,
    });
  });
  afterEach(() => {
    sandbox.reset();
  });

  for (const only of ['json', 'yaml'] as const) {
    it(`as ${only} has the operations of the bundled catalog with parameters, bodies and schemas (E2)`, async () => {
      sandbox.setLiveSpec({ only });
      const { catalog, problem } = await live();
      assert.equal(problem, undefined);
      assert.notEqual(catalog, await source.bundled());
      assert.deepEqual(catalog.operations, bundledCatalog.operations);
      assert.equal(catalog.operations.length, 310);
      assert.deepEqual(catalog.skipped, []);
      const [schemas, bundled] = [await catalog.schemas(), await source.bundled().then((own) => own.schemas())];
      for (const [name, schema] of bundled) {
        assert.deepEqual(schemas.get(name), schema, name);
      }
      assert.deepEqual(
        requests()
          .filter(({ status }) => status === 200)
          .map(({ path }) => path),
        ['/app-version.txt', SPEC_PATHS[only]],
      );
      assert.ok(requests().every(({ authorization }) => authorization === undefined));
    });
  }

  it('has no prose, and the schema of each response exists', async () => {
    const text = await (await fetch(sandbox.baseUrl + JSON_PATH)).text();
    assert.doesNotMatch(text, /"(?:summary|externalDocs|example)":|"description":"[^"]/);
    const { paths, components } = JSON.parse(text) as {
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
      components: { schemas: Record<string, unknown> };
    };
    assert.deepEqual(Object.keys(paths['/v2/contact/{id}']?.['delete']?.responses ?? {}), ['204']);
    for (const [, name = ''] of text.matchAll(/"\$ref":"([^"]*)"/g)) {
      assert.ok(Object.hasOwn(components.schemas, name.replace('#/components/schemas/', '')), name);
    }
    const yaml = await fetch(sandbox.baseUrl + YAML_PATH);
    assert.match(yaml.headers.get('content-type') ?? '', /yaml/);
    assert.deepEqual(await parseSpecText(await yaml.text()), JSON.parse(text));
  });

  it('is served at its two addresses only, and only for GET', async () => {
    const status = async (path: string, method = 'GET'): Promise<number> =>
      (await fetch(sandbox.baseUrl + path, { method })).status;
    assert.equal(await status('/apidocs/NinjaRMM-API-v2.yaml'), 404);
    assert.equal(await status('/apidocs/'), 404);
    assert.equal(await status(JSON_PATH, 'POST'), 404);
    assert.equal(await status(`${JSON_PATH}?x=1`), 200);
  });

  it('can lack operations, have additional ones and have any description', async () => {
    const description = '[click](command:evil) <img src=x onerror=alert(1)>';
    sandbox.setLiveSpec({
      without: ['GET /v2/devices', 'DELETE /v2/device/{id}/owner'],
      added: { 'POST /v2/device/{id}/explode': { operationId: 'explode' } },
      description,
    });
    const { catalog } = await live();
    const keys = new Set(catalog.operations.map(({ key }) => key));
    assert.deepEqual(
      KEYS.filter((key) => !keys.has(key)),
      ['DELETE /v2/device/{id}/owner', 'GET /v2/devices'],
    );
    const explode = catalog.operations.find(({ operationId }) => operationId === 'explode');
    assert.equal(explode?.traits.riskLevel, 'destructive', 'an unknown operation gets the strictest risk level');
    const device = catalog.operations.find(({ key }) => key === 'GET /v2/device/{id}');
    assert.equal(device?.description, description);
    assert.ok(device.parameters.every((parameter) => parameter.description === description));
  });

  it('is fetched again by a sign-in when the version changes, and by Refresh always (E2)', async () => {
    const signedIn = async (): Promise<number> => {
      clock += 2 * 86_400_000;
      return (await source.live(sandbox.baseUrl, 'signedIn')).catalog.operations.length;
    };
    assert.equal(await signedIn(), 310);
    sandbox.setLiveSpec({ without: ['GET /v2/devices'] });
    assert.equal(await signedIn(), 310, 'the version is the same');
    assert.equal((await live()).catalog.operations.length, 309);
    sandbox.setLiveSpec({ without: ['GET /v2/devices', 'GET /v2/users'], appVersion: '13.1.0' });
    assert.equal(await signedIn(), 308);
  });

  const bad: readonly [what: string, switches: LiveSpecSwitches, code: string][] = [
    ['missing at both addresses', { only: 'none' }, 'catalog.notThere'],
    ['truncated as JSON and missing as YAML', { only: 'json', flaw: 'truncated' }, 'catalog.unreadable'],
    ['truncated at both addresses', { flaw: 'truncated' }, 'catalog.unreadable'],
    ['an alias bomb', { flaw: 'aliasBomb' }, 'catalog.unreadable'],
    ['huge', { flaw: 'huge' }, 'catalog.tooLarge'],
  ];
  for (const [what, switches, code] of bad) {
    it(`is replaced by the bundled catalog if it is ${what} (E2)`, async () => {
      sandbox.setLiveSpec(switches);
      const { catalog, problem } = await live();
      assert.equal(problem?.code, code);
      assert.equal(catalog, await source.bundled());
    });
  }

  it('contains half of its text if it is truncated, and is YAML only if it is an alias bomb', async () => {
    const whole = await (await fetch(sandbox.baseUrl + JSON_PATH)).text();
    sandbox.setLiveSpec({ flaw: 'truncated' });
    const half = await (await fetch(sandbox.baseUrl + JSON_PATH)).text();
    assert.ok(half.length > 10_000 && whole.startsWith(half) && half.length < whole.length);
    sandbox.setLiveSpec({ flaw: 'aliasBomb' });
    assert.equal((await fetch(sandbox.baseUrl + JSON_PATH)).status, 404);
    assert.match(await (await fetch(sandbox.baseUrl + YAML_PATH)).text(), /^a12: &a12 \[\*a11,/m);
  });

  for (const only of ['json', 'yaml'] as const) {
    it(`as ${only} is streamed with more than 50 MB if it is huge`, async () => {
      sandbox.setLiveSpec({ flaw: 'huge', only });
      let bytes = 0;
      for await (const chunk of (await fetch(sandbox.baseUrl + SPEC_PATHS[only])).body ?? []) {
        bytes += (chunk as Uint8Array).byteLength;
      }
      assert.ok(bytes > HUGE_SPEC_BYTES && bytes < HUGE_SPEC_BYTES * 1.01);
    });
  }

  for (const only of ['json', 'yaml'] as const) {
    it(`as ${only} changes no prototype and hides nothing with __proto__ as a key (E2)`, async () => {
      sandbox.setLiveSpec({ flaw: 'prototypeKeys', only });
      assert.match(await (await fetch(sandbox.baseUrl + SPEC_PATHS[only])).text(), /__proto__"?: ?\{?\n? *"?polluted/);
      const { catalog, problem } = await live();
      assert.equal(problem, undefined);
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
      const keys = new Set(catalog.operations.map(({ key }) => key));
      assert.deepEqual(
        KEYS.filter((key) => !keys.has(key)),
        [],
      );
      assert.ok(keys.has('GET /v2/sandbox/item') && !keys.has('GET __proto__'));
      assert.notDeepEqual(catalog.skipped, []);
    });

    it(`as ${only} loses nothing else with schemas that contain themselves or are missing (E2)`, async () => {
      sandbox.setLiveSpec({ flaw: 'cycle', only });
      assert.deepEqual(keysBeyond((await live()).catalog.operations), [
        'POST /v2/sandbox/cycle',
        'PUT /v2/sandbox/cycle',
      ]);
      sandbox.setLiveSpec({ flaw: 'deadReference', only, appVersion: '2' });
      const { catalog } = await live();
      assert.deepEqual(keysBeyond(catalog.operations), ['POST /v2/sandbox/dead']);
      assert.deepEqual(
        catalog.skipped.map(({ where }) => where),
        ['POST /v2/sandbox/dead'],
      );
    });
  }

  it('can be replaced by a web page or a redirect, which is not followed (E2)', async () => {
    sandbox.misbehave({ spec: { kind: 'html' } });
    assert.equal((await live()).problem?.code, 'catalog.notOpenApi');
    sandbox.reset();
    let visits = 0;
    const other = createServer((_, response) => response.end(String(visits++)));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}${JSON_PATH}`;
      sandbox.misbehave({ spec: { kind: 'redirect', status: 302, location } });
      assert.equal((await live()).problem?.code, 'network.redirect');
      assert.equal(visits, 0);
      await fetch(sandbox.baseUrl + YAML_PATH);
      assert.equal(visits, 1, 'a client that follows it reaches the other origin');
    } finally {
      other.closeAllConnections();
      other.close();
    }
  });

  it('is held until it is released', async () => {
    sandbox.misbehave({ spec: { kind: 'hold', times: 1 } });
    const arrived = sandbox.nextRequest(({ path }) => path === JSON_PATH);
    const result = live();
    assert.equal((await arrived).outcome, 'pending');
    sandbox.release();
    assert.notEqual((await result).catalog, await source.bundled());
  });

  it('is switched over HTTP and at the start, and reset() restores the switches of the start', async () => {
    const set = async (value: unknown): Promise<number> =>
      (await fetch(`${sandbox.baseUrl}/sandbox/liveSpec`, { ...jsonBody(JSON.stringify(value)), method: 'POST' }))
        .status;
    assert.equal(await set({ only: 'yaml' }), 204);
    assert.equal((await fetch(sandbox.baseUrl + JSON_PATH)).status, 404);
    assert.equal(await set({ onyl: 'yaml' }), 400);
    assert.equal(await set({ flaw: 'none' }), 400);
    assert.equal(await set(['yaml']), 400);
    sandbox.reset();
    assert.equal((await fetch(sandbox.baseUrl + JSON_PATH)).status, 200);

    const other = await startSandbox({ liveSpec: { only: 'none', appVersion: '11.0.70' } });
    try {
      const status = async (): Promise<number> => (await fetch(other.baseUrl + YAML_PATH)).status;
      assert.equal(await status(), 404);
      assert.equal(await (await fetch(`${other.baseUrl}/app-version.txt`)).text(), '11.0.70');
      other.setLiveSpec({});
      assert.equal(await status(), 200);
      other.reset();
      assert.equal(await status(), 404);
    } finally {
      await other.stop();
    }
  });

  function live(): ReturnType<CatalogSource['live']> {
    return source.live(sandbox.baseUrl, 'refresh');
  }

  function requests(): Sandbox['requests'] {
    return sandbox.requests;
  }
});

function keysBeyond(operations: readonly { readonly key: string }[]): string[] {
  const known = new Set(KEYS);
  return operations.map(({ key }) => key).filter((key) => !known.has(key));
}
