import { isNinjaOneError, NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { endpointsOf } from '../connections/instance.ts';
import type { HttpResponse, Transport } from '../http/transport.ts';
import { readOpenApi } from './openApiReader.ts';
import type { SpecFacts } from './spec.ts';
import { parseSpecText, refuseDeepJson, specNotReadable } from './parseSpec.ts';

/** The API description of an instance, as cached (E2). */
export interface LiveSpec {
  /** Content of `/app-version.txt`; empty if it is not available. */
  readonly appVersion: string;
  /** JSON, even if the instance sent YAML. */
  readonly text: string;
  readonly facts: SpecFacts;
}

export interface SpecFetchOptions {
  readonly origin: string;
  readonly send: Transport;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Bytes of a response, and milliseconds for all requests together. */
const MAX_BYTES = 10_000_000;
const TIMEOUT_MS = 5_000;

const SPEC_PATHS = ['/apidocs/NinjaRMM-API-v2.json', '/apidocs-beta/NinjaRMM-API-v2.yaml'] as const;

/**
 * Fetches the API description of the instance without a token or cookie. Returns undefined if the instance has the
 * version `cached`. Throws the reason why the first description
 * that is there was refused.
 */
export async function fetchSpec(options: SpecFetchOptions, cached: string | undefined): Promise<LiveSpec | undefined> {
  const fetchText = createFetcher(options);
  const appVersion = await fetchText(endpointsOf(options.origin).appVersion)
    .then(({ body }) => /^[\w.+-]{1,40}$/.exec(decodeBody(body).trim())?.[0] ?? '')
    .catch(() => '');
  if (appVersion !== '' && appVersion === cached) {
    return undefined;
  }
  let failure: unknown;
  for (const path of SPEC_PATHS) {
    try {
      const { body } = await fetchText(options.origin + path);
      const text = decodeBody(body);
      refuseDeepJson(text);
      return { appVersion, ...(await readSpec(text)) };
    } catch (error) {
      // That a description was refused says more than that there is no other one.
      failure = failure === undefined || isNotThere(failure) ? error : failure;
    }
  }
  throw failure;
}

/** Parses a fetched or cached text, including descriptions. Throws a NinjaOneError `catalog.*`. */
export async function readSpec(text: string): Promise<Pick<LiveSpec, 'text' | 'facts'>> {
  const document = await parseSpecText(text);
  try {
    const facts = readOpenApi(document, { prose: true });
    return { facts, text: text.trimStart().startsWith('{') ? text : JSON.stringify(document) };
  } catch (error) {
    // YAML can have an object that contains itself, which cannot be converted to JSON.
    throw isNinjaOneError(error) ? error : specNotReadable(error);
  }
}

function isNotThere(error: unknown): boolean {
  return isNinjaOneError(error) && error.code === 'catalog.notThere';
}

function createFetcher({ send, now }: SpecFetchOptions): (url: string) => Promise<HttpResponse> {
  const end = now() + TIMEOUT_MS;
  return async (url) => {
    const request = { url, method: 'GET', headers: { accept: '*/*' }, maxBytes: MAX_BYTES } as const;
    const response = await send({ ...request, timeout: Math.max(1, end - now()) }).catch((error: unknown) => {
      // The general message advises to request less, which is not possible here.
      throw isNinjaOneError(error) && error.code === 'network.tooLarge' ? tooLarge(url) : error;
    });
    if (response.status !== 200) {
      throw new NinjaOneError({
        code: 'catalog.notThere',
        intent: 'transient',
        message: l10n.t(
          'Could not find the API description of {0}. The list of operations was not changed.',
          new URL(url).host,
        ),
        action: 'showLog',
        support: { status: response.status },
      });
    }
    return response;
  };
}

function tooLarge(url: string): NinjaOneError {
  return new NinjaOneError({
    code: 'catalog.tooLarge',
    intent: 'transient',
    message: l10n.t(
      'The API description of {0} is larger than {1} MB and cannot be used. The list of operations was not changed.',
      new URL(url).host,
      MAX_BYTES / 1_000_000,
    ),
    action: 'showLog',
  });
}

function decodeBody(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}
