import { isNinjaOneError, NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { endpointsOf } from '../connections/instance.ts';
import type { HttpResponse, Transport } from '../http/transport.ts';
import { readOpenApi } from './openApiReader.ts';
import type { SpecFacts } from './spec.ts';
import { parseSpecText, unreadable } from './parseSpec.ts';

/** An instance's own API description, as it is kept (E2). */
export interface LiveSpec {
  /** What `/app-version.txt` said; empty when it said nothing. */
  readonly appVersion: string;
  /** JSON, whatever was sent. */
  readonly text: string;
  readonly facts: SpecFacts;
}

export interface SpecFetchOptions {
  readonly origin: string;
  readonly send: Transport;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Bytes of an answer, and milliseconds for all questions together. */
const MOST_BYTES = 10_000_000;
const PATIENCE = 5_000;

const PLACES = ['/apidocs/NinjaRMM-API-v2.json', '/apidocs-beta/NinjaRMM-API-v2.yaml'] as const;

/**
 * Asks the instance for its description without token or cookie, unless its version is the one that `kept` names: then
 * the answer is undefined. Throws the error of the last place that was tried.
 */
export async function fetchSpec(options: SpecFetchOptions, cached: string | undefined): Promise<LiveSpec | undefined> {
  const ask = createFetcher(options);
  const appVersion = await ask(endpointsOf(options.origin).appVersion)
    .then(({ body }) => /^[\w.+-]{1,40}$/.exec(textOf(body).trim())?.[0] ?? '')
    .catch(() => '');
  if (appVersion !== '' && appVersion === cached) {
    return undefined;
  }
  let failure: unknown;
  for (const place of PLACES) {
    try {
      const { body } = await ask(options.origin + place);
      return { appVersion, ...(await readSpec(textOf(body))) };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Text that was fetched or kept, as facts with prose. Throws a NinjaOneError `catalog.*`. */
export async function readSpec(text: string): Promise<Pick<LiveSpec, 'text' | 'facts'>> {
  const document = await parseSpecText(text);
  try {
    const facts = readOpenApi(document, { prose: true });
    return { facts, text: text.trimStart().startsWith('{') ? text : JSON.stringify(document) };
  } catch (error) {
    // YAML can hold an object that contains itself, which has no JSON.
    throw isNinjaOneError(error) ? error : unreadable(error);
  }
}

function createFetcher({ send, now }: SpecFetchOptions): (url: string) => Promise<HttpResponse> {
  const end = now() + PATIENCE;
  return async (url) => {
    const request = { url, method: 'GET', headers: { accept: '*/*' }, maxBytes: MOST_BYTES } as const;
    const response = await send({ ...request, timeout: Math.max(1, end - now()) }).catch((error: unknown) => {
      // Nobody who wants the operations can ask for less of them.
      throw isNinjaOneError(error) && error.code === 'network.tooLarge' ? tooLarge(url) : error;
    });
    if (response.status !== 200) {
      throw new NinjaOneError({
        code: 'catalog.notThere',
        intent: 'transient',
        message: l10n.t(
          '{0} has no API description at its usual addresses, so the operations stay as they are.',
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
      'The API description of {0} is larger than {1} MB. It is not used, and the operations stay as they are.',
      new URL(url).host,
      MOST_BYTES / 1_000_000,
    ),
    action: 'showLog',
  });
}

function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}
