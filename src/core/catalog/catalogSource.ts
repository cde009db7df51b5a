import { isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import { KeyedSingleFlight, lazy } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Transport } from '../http/transport.ts';
import { createCatalog, type Catalog } from './catalog.ts';
import { fetchSpec, readSpec, type LiveSpec } from './fetchSpec.ts';
import { readOpenApi, readSchemas } from './openApiReader.ts';
import type { SpecFacts } from './spec.ts';
import type { Schemas } from './operation.ts';
import { readOverlay, type Overlay } from './overlay.ts';
import { specNotReadable } from './parseSpec.ts';
import { getOwn } from '../base/untrusted.ts';

export interface CatalogSourceOptions {
  /** Reads a file of `media/`. */
  readonly bundled: (name: 'catalog.json' | 'schemas.json' | 'overlay.json') => Promise<string>;
  readonly send: Transport;
  readonly cache: SpecCache;
  /** Whether requests may go to the origin: NinjaOne's own host, or one that the user confirmed. */
  readonly isConfirmed: (origin: string) => boolean | Promise<boolean>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** One text for each origin; what it gives back is not trusted. A failure of it is a fetch more, never an error. */
export interface SpecCache {
  read(origin: string): Promise<string | undefined>;
  write(origin: string, text: string): Promise<void>;
  clear(): Promise<void>;
}

export interface LiveResult {
  /** Always one that can be used: the instance's own, the one that was kept of it, or the bundled one. */
  readonly catalog: Catalog;
  /** Why it is not the instance's present one. */
  readonly problem: NinjaOneError | undefined;
}

/** Bundled, kept and live catalogs (E1, E2). Nothing is requested but by `live`. */
export interface CatalogSource {
  bundled(): Promise<Catalog>;
  /** What was fetched of the instance before, else the bundled one. */
  cached(origin: string): Promise<Catalog>;
  /**
   * After a sign-in, which asks the instance at most once a day, or when the user wants it. A description of the version
   * that is kept already is not fetched again. Never rejects while the bundled files are there.
   */
  live(origin: string, why: 'signedIn' | 'refresh'): Promise<LiveResult>;
  /** Deletes what was fetched of any instance. Rejects if the disk refuses. */
  forget(): Promise<void>;
}

export function createCatalogSource(options: CatalogSourceOptions): CatalogSource {
  const { bundled: file, send, now, logger } = options;
  const flights = new KeyedSingleFlight<LiveResult>();
  const attempts = new Map<string, number>();
  const overlay = lazy(async () => readOverlay(JSON.parse(await file('overlay.json'))));
  const bundled = lazy(async () => {
    const [text, rows] = await Promise.all([file('catalog.json'), overlay()]);
    const facts = readOpenApi(JSON.parse(text));
    return createCatalog({
      facts,
      overlay: rows,
      schemas: lazy(async () => readSchemas(JSON.parse(await file('schemas.json')))),
    });
  });
  const cachedSpec = (origin: string): Promise<CachedSpec | undefined> => readCached(options, origin);

  async function ask(origin: string, why: 'signedIn' | 'refresh'): Promise<LiveResult> {
    const rows = await overlay();
    const before = await cachedSpec(origin);
    const stay = async (problem?: NinjaOneError): Promise<LiveResult> => ({
      catalog: before ? liveCatalog(before, rows) : await bundled(),
      problem,
    });
    const last = Math.max(before?.checkedAt ?? 0, attempts.get(origin) ?? 0);
    const isRecent = now() - last < DAY && last <= now();
    if (!(await options.isConfirmed(origin)) || (why === 'signedIn' && isRecent)) {
      return stay();
    }
    attempts.set(origin, now());
    try {
      const spec = (await fetchSpec({ origin, send, now }, before?.appVersion)) ?? before;
      if (!spec) {
        return await stay();
      }
      await writeCached(options, origin, spec);
      return {
        catalog: spec === before ? (await stay()).catalog : liveCatalog(spec, rows),
        problem: undefined,
      };
    } catch (error) {
      const problem = isNinjaOneError(error) ? error : specNotReadable(error);
      logger.warn(`API description of ${origin}: ${problem.code}`);
      return stay(problem);
    }
  }

  return {
    bundled,
    cached: async (origin) => {
      const spec = await cachedSpec(origin);
      return spec ? liveCatalog(spec, await overlay()) : bundled();
    },
    live: (origin, why) => flights.run(`${why} ${origin}`, () => ask(origin, why)),
    forget: async () => {
      attempts.clear();
      await options.cache.clear();
    },
  };
}

const DAY = 86_400_000;

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
    const [of, appVersion, checkedAt, text] = ['origin', 'appVersion', 'checkedAt', 'text'].map((key) =>
      getOwn(record, key),
    );
    return of === origin && typeof appVersion === 'string' && typeof checkedAt === 'number' && typeof text === 'string'
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
    logger.debug(`The API description of ${origin} could not be kept.`);
  }
}
