import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { notOpenApi } from './openApiReader.ts';

/**
 * The text of an API description as a value: JSON, or YAML, whose parser is loaded when it is needed. Throws a
 * NinjaOneError `catalog.*` for anything else.
 */
export async function parseSpecText(text: string): Promise<unknown> {
  const start = /^[\uFEFF\s]*(\S)/.exec(text.slice(0, 1000))?.[1];
  if (start === undefined || start === '<') {
    throw notOpenApi();
  }
  try {
    return start === '{' ? (JSON.parse(text.replace(/^\uFEFF/, '')) as unknown) : await yaml(text);
  } catch (error) {
    throw error instanceof NinjaOneError ? error : unreadable(error);
  }
}

export function unreadable(cause: unknown): NinjaOneError {
  return new NinjaOneError({
    code: 'catalog.unreadable',
    intent: 'invalidInput',
    message: l10n.t(
      'The API description is neither JSON nor YAML that can be read. It is not used, and the operations stay as they are.',
    ),
    action: 'showLog',
    cause,
  });
}

/** Characters, twice as many as there are. YAML takes a second or more for each million, and nothing else runs then. */
const MOST_YAML = 1_000_000;

/** YAML 1.2 §6.8: no description needs one, and the time that the parser takes for many of them grows with their square. */
const DIRECTIVE = /^%/m;

async function yaml(text: string): Promise<unknown> {
  if (text.length > MOST_YAML || DIRECTIVE.test(text)) {
    throw new NinjaOneError({
      code: 'catalog.tooLarge',
      intent: 'invalidInput',
      message: l10n.t(
        'The API description is not plain YAML of at most {0} MB. It is not used, and the operations stay as they are.',
        MOST_YAML / 1_000_000,
      ),
      action: 'showLog',
    });
  }
  const { parseYaml } = await import('./yaml.ts');
  return parseYaml(text);
}
