import { isNinjaOneError, NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { JsonScanner } from '../json/jsonScanner.ts';
import { notOpenApi } from './openApiReader.ts';

/**
 * Parses an API description as JSON, or as YAML, whose parser is loaded on demand. Throws a NinjaOneError `catalog.*`
 * for anything else.
 */
export async function parseSpecText(text: string): Promise<unknown> {
  const start = /^[\uFEFF\s]*(\S)/.exec(text.slice(0, 1000))?.[1];
  if (start === undefined || start === '<') {
    throw notOpenApi();
  }
  try {
    return start === '{' ? (JSON.parse(text.replace(/^\uFEFF/, '')) as unknown) : await yaml(text);
  } catch (error) {
    throw isNinjaOneError(error) ? error : specNotReadable(error);
  }
}

/**
 * Throws a NinjaOneError if the text is JSON that is nested more deeply than any description. Parts of it that are not
 * read would otherwise be stored and parsed again at each start.
 */
export function refuseDeepJson(text: string): void {
  const scanner = new JsonScanner(/^[\uFEFF\s]*\{/.test(text.slice(0, 1000)) ? text : '');
  for (let depth = 0; scanner.next();) {
    depth += OPENERS.has(scanner.kind) ? 1 : CLOSERS.has(scanner.kind) ? -1 : 0;
    if (depth > MAX_DEPTH) {
      throw new NinjaOneError({
        code: 'catalog.tooDeep',
        intent: 'invalidInput',
        message: l10n.t(
          'The API description is nested too deeply and cannot be used. The list of operations was not changed.',
        ),
        action: 'showLog',
      });
    }
  }
}

const OPENERS: ReadonlySet<string> = new Set(['{', '[']);
const CLOSERS: ReadonlySet<string> = new Set(['}', ']']);

/** NinjaOne's current description has 15 levels. */
const MAX_DEPTH = 200;

export function specNotReadable(cause: unknown): NinjaOneError {
  return new NinjaOneError({
    code: 'catalog.unreadable',
    intent: 'invalidInput',
    message: l10n.t(
      'The API description is not valid JSON or YAML and cannot be used. The list of operations was not changed.',
    ),
    action: 'showLog',
    cause,
  });
}

/** Twice the current size, in characters. Parsing YAML blocks the process for a second or more per million. */
const MAX_YAML = 1_000_000;

/** YAML 1.2 §6.8: no description needs a directive, and the parser needs quadratic time for many of them. */
const DIRECTIVE = /^%/m;

async function yaml(text: string): Promise<unknown> {
  if (text.length > MAX_YAML || DIRECTIVE.test(text)) {
    throw new NinjaOneError({
      code: 'catalog.tooLarge',
      intent: 'invalidInput',
      message: l10n.t(
        'The API description is larger than {0} MB or uses YAML directives, and cannot be used. The list of operations was not changed.',
        MAX_YAML / 1_000_000,
      ),
      action: 'showLog',
    });
  }
  const { parseYaml } = await import('./yaml.ts');
  return parseYaml(text);
}
