import { isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import { KeyedSingleFlight, lazy } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Transport } from '../http/transport.ts';
import { bundledCatalogOf } from './preparedCatalog.ts';
import { createCatalog, type Catalog } from './catalog.ts';
import { fetchSpec, readSpec, type LiveSpec } from './fetchSpec.ts';
import { readSchemas } from './openApiReader.ts';
import type { SpecFacts } from './spec.ts';
import type { Operation, Schemas } from './operation.ts';
import { readOverlay, type Overlay } from './overlay.ts';
import { specNotReadable } from './parseSpec.ts';
import { getOwn } from '../base/untrusted.ts';

export interface CatalogSourceOptions {
  /** Reads a file of the extension. `operations.json` is made at build time (`bundledOperationsFile`). */
  readonly bundled: (name: BundledFile) => string | Promise<string>;
  readonly send: Transport;
  readonly cache: SpecCache;
  /** Whether requests to the origin are allowed: a host of NinjaOne, or one that the user confirmed. */
  readonly isConfirmed: (origin: string) => boolean | Promise<boolean>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Logger;
}

export type BundledFile = 'operations.json' | 'schemas.json' | 'overlay.json';

/** Stores one text per origin. The content is not trusted. If the cache fails, the description is fetched again. */
export interface SpecCache {
  read(origin: string): Promise<string | undefined>;
  write(origin: string, text: string): Promise<void>;
  /** Deletes what was written before `time` (milliseconds since 1970) for other origins than these. */
  expire(origins: readonly string[], time: number): Promise<void>;
  clear(): Promise<void>;
}

export interface LiveResult {
  /** The description of the instance, else the cached one, else the bundled one. */
  readonly catalog: Catalog;
  /** The reason if the catalog is not the current one of the instance. */
  readonly problem: NinjaOneError | undefined;
  /** If the description that was just fetched lacks so many bundled operations that it may have been cut on the way. */
  readonly incomplete?: IncompleteSpec | undefined;
}

export interface IncompleteSpec {
  /** Number of bundled operations that the description has. */
  readonly found: number;
  /** Number of all bundled operations. */
  readonly bundled: number;
}

/** Bundled, cached, and live catalogs (E1, E2). Only `live` sends requests. */
export interface CatalogSource {
  bundled(): Promise<Catalog>;
  /** The catalog that was last fetched from the instance, else the bundled one. */
  cached(origin: string): Promise<Catalog>;
  /** Whether the cached description has the operation; undefined if there is none. Never rejects. */
  describes(origin: string, key: string): Promise<boolean | undefined>;
  /**
   * Fetches the description after a sign-in, at most once a day and only if its version is not cached, or when the user
   * refreshes. A cached one that may be incomplete does not count as its version. Rejects only if the bundled files
   * cannot be read.
   */
  live(origin: string, why: 'signedIn' | 'refresh'): Promise<LiveResult>;
  /** Deletes descriptions of instances that no connection has used for 30 days. Never rejects. */
  expire(origins: readonly string[]): Promise<void>;
  /** Deletes all cached descriptions. Rejects if the files cannot be deleted. */
  forget(): Promise<void>;
}

export function createCatalogSource(options: CatalogSourceOptions): CatalogSource {
  const { bundled: file, send, now, logger } = options;
  const flights = new KeyedSingleFlight<LiveResult>();
  const attempts = new Map<string, number>();
  const overlay = lazy(async () => readOverlay(JSON.parse(await file('overlay.json'))));
  const bundled = lazy(async () =>
    bundledCatalogOf(
      await file('operations.json'),
      lazy(async () => readSchemas(JSON.parse(await file('schemas.json')))),
    ),
  );
  const cachedSpec = (origin: string): Promise<CachedSpec | undefined> => readCached(options, origin);

  async function fetchLive(origin: string, why: 'signedIn' | 'refresh'): Promise<LiveResult> {
    const rows = await overlay();
    const before = await cachedSpec(origin);
    const unchanged = async (problem?: NinjaOneError): Promise<LiveResult> => ({
      catalog: before ? liveCatalog(before, rows) : await bundled(),
      problem,
    });
    const last = Math.max(before?.checkedAt ?? 0, attempts.get(origin) ?? 0);
    const isRecent = now() - last < DAY && last <= now();
    if (!(await options.isConfirmed(origin)) || (why === 'signedIn' && isRecent)) {
      return unchanged();
    }
    attempts.set(origin, now());
    try {
      const isWhole = before && !incompleteSpec(liveCatalog(before, rows), await bundled());
      const known = why === 'signedIn' && isWhole ? before.appVersion : undefined;
      const spec = (await fetchSpec({ origin, send, now }, known)) ?? before;
      if (!spec) {
        return await unchanged();
      }
      await writeCached(options, origin, spec);
      if (spec === before) {
        return await unchanged();
      }
      const catalog = liveCatalog(spec, rows);
      return { catalog, problem: undefined, incomplete: incompleteSpec(catalog, await bundled()) };
    } catch (error) {
      const problem = isNinjaOneError(error) ? error : specNotReadable(error);
      logger.warn(`API description of ${origin}: ${problem.code}`);
      return unchanged(problem);
    }
  }

  return {
    bundled,
    cached: async (origin) => {
      // Both at once, because the tree waits for one of them.
      const [spec, fallback] = await Promise.all([cachedSpec(origin), bundled()]);
      return spec ? liveCatalog(spec, await overlay()) : fallback;
    },
    describes: async (origin, key) => {
      const spec = await cachedSpec(origin);
      return spec?.facts.operations.some((operation) => operation.key === key);
    },
    live: (origin, why) => flights.run(`${why} ${origin}`, () => fetchLive(origin, why)),
    expire: async (origins) => {
      await options.cache.expire(origins, now() - UNUSED_LIFE).catch(() => {
        logger.debug('Unused API descriptions could not be deleted.');
      });
    },
    forget: async () => {
      attempts.clear();
      await options.cache.clear();
    },
  };
}

const DAY = 86_400_000;
/** A connection that is restored earlier has its description again (C4). */
const UNUSED_LIFE = 30 * DAY;

/** YAML that is cut between two lines is still valid, and operations would be missing without a word (E2). */
function incompleteSpec(live: Catalog, bundled: Catalog): IncompleteSpec | undefined {
  const keys = new Set(live.operations.map(keyWithoutNames));
  const found = bundled.operations.filter((operation) => keys.has(keyWithoutNames(operation))).length;
  const all = bundled.operations.length;
  return found < all * USUAL_PART ? { found, bundled: all } : undefined;
}

/** An instance may name path parameters differently. */
function keyWithoutNames({ key }: Operation): string {
  return key.replaceAll(/\{[^{}]*\}/g, '{}');
}

/** Instances of different versions have more of the operations in common. */
const USUAL_PART = 0.8;

interface CachedSpec extends LiveSpec {
  readonly checkedAt: number;
}

function liveCatalog({ facts }: LiveSpec, overlay: Overlay): Catalog {
  return createCatalog({
    facts: facts satisfies SpecFacts,
    overlay,
    schemas: (): Promise<Schemas> => Promise.resolve(facts.schemas),
  });
}

async function readCached({ cache }: CatalogSourceOptions, origin: string): Promise<CachedSpec | undefined> {
  try {
    const record: unknown = JSON.parse((await cache.read(origin)) ?? 'null');
    const [storedOrigin, appVersion, checkedAt, text] = ['origin', 'appVersion', 'checkedAt', 'text'].map((key) =>
      getOwn(record, key),
    );
    return storedOrigin === origin &&
      typeof appVersion === 'string' &&
      typeof checkedAt === 'number' &&
      typeof text === 'string'
      ? { appVersion, checkedAt, ...(await readSpec(text)) }
      : undefined;
  } catch {
    return undefined;
  }
}

async function writeCached(
  { cache, now, logger }: CatalogSourceOptions,
  origin: string,
  spec: LiveSpec,
): Promise<void> {
  const { appVersion, text } = spec;
  try {
    await cache.write(origin, JSON.stringify({ origin, appVersion, checkedAt: now(), text }));
  } catch {
    logger.debug(`The API description of ${origin} could not be cached.`);
  }
}
