import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { asArray, asRecord } from '../base/untrusted.ts';
import type { JsonSchema } from './operation.ts';
import { COMBINATORS, SCHEMAS } from './openApiSchema.ts';

export type Translate = (message: LocalizableMessage) => string;

export interface BodySchemaOptions {
  /** Names of all members that any schema of the body requires. */
  readonly required: ReadonlySet<string>;
  readonly translate: Translate;
}

/**
 * The schema of a body or of a part of it, as the editor needs it:
 * - Without `required`. A member with such a name also allows the empty value that it has in a new document
 *   (`bodySkeleton()`), and is listed first by completion. The others follow in the order of the API description, which
 *   begins with what is usual, such as a name.
 * - Without `oneOf`: when nothing is required, several of its schemas can fit, and that would be an error.
 * - In this API, `object` without any detail is Java's `Object`, which is any value. Only the body itself is an object
 *   then.
 */
export function bodyEditorSchema(schema: JsonSchema, place: 'root' | 'value', options: BodySchemaOptions): JsonSchema {
  if (typeof schema === 'boolean') {
    return schema;
  }
  const inner = (part: unknown): JsonSchema => bodyEditorSchema(part as JsonSchema, 'value', options);
  const entries = Object.entries(schema).flatMap(([keyword, content]): [string, unknown][] => {
    switch (keyword) {
      case 'required':
      case 'oneOf':
        return [];
      case '$ref':
        return [[keyword, String(content).replace(SCHEMAS, '#/definitions/')]];
      case 'properties':
        return [
          [
            keyword,
            Object.fromEntries(
              Object.entries(asRecord(content) ?? {}).map(([name, part], position) => [
                name,
                options.required.has(name)
                  ? requiredMember(name, inner(part), options)
                  : listedInOrder(position, inner(part)),
              ]),
            ),
          ],
        ];
      case 'items':
      case 'additionalProperties':
        return [[keyword, inner(content)]];
      case 'allOf':
      case 'anyOf':
        return [[keyword, asArray(content).map((part) => bodyEditorSchema(part as JsonSchema, place, options))]];
      default:
        return [[keyword, content]];
    }
  });
  const { type, ...converted } = Object.fromEntries(entries);
  const choices = asArray(schema['oneOf']).map((part) => bodyEditorSchema(part as JsonSchema, place, options));
  const kind = schema['type'];
  return {
    ...(typeof kind === 'string' && isSimple(kind) ? sentenceFor(kind, options.translate) : {}),
    ...(type === undefined || (place === 'value' && isAnyValue(schema)) ? {} : { type }),
    ...converted,
    ...(choices.length === 0
      ? {}
      : 'anyOf' in converted
        ? { allOf: [...asArray(converted['allOf']), { anyOf: choices }] }
        : { anyOf: choices }),
  };
}

function isAnyValue(schema: Readonly<Record<string, unknown>>): boolean {
  const isObject = [schema['type']].flat().includes('object');
  return isObject && !DETAILS.some((keyword) => keyword in schema);
}

const DETAILS = ['properties', 'additionalProperties', 'enum', ...COMBINATORS];

/** The names of the members that a schema requires, at any depth. */
export function namesRequiredIn(schema: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = (part: unknown): void => {
    const record = asRecord(part);
    for (const name of asArray(record?.['required'])) {
      if (typeof name === 'string') {
        names.add(name);
      }
    }
    for (const inner of Array.isArray(part) ? (part as readonly unknown[]) : Object.values(record ?? {})) {
      walk(inner);
    }
  };
  walk(schema);
  return names;
}

/** A schema that also allows the empty value of a new document. */
function requiredMember(name: string, schema: JsonSchema, { translate }: BodySchemaOptions): JsonSchema {
  if (typeof schema === 'boolean') {
    return schema;
  }
  const { description, ...rest } = schema;
  const first = { ...(description === undefined ? {} : { description }), ...listedFirst(name, translate) };
  const types = [schema['type']].flat();
  const isChoice = 'enum' in schema;
  if (!isChoice && types.some((type) => type === 'number' || type === 'integer' || type === 'boolean')) {
    return { ...first, ...COMPLETED, anyOf: [rest, NO_NUMBER] };
  }
  const isLimited = ['enum', '$ref', 'format', 'minLength', 'minItems'].some((keyword) => keyword in schema);
  const empty = types.includes('array') ? NO_ITEMS : '$ref' in schema ? NO_VALUE : NO_TEXT;
  // VS Code shows the errors of the schema that fits best.
  return isLimited
    ? { ...first, ...COMPLETED, anyOf: [rest, empty] }
    : { ...schema, ...first, ...('type' in schema ? {} : COMPLETED) };
}

/** Without a type, VS Code would complete a name without its colon. A snippet without a text is not offered as a value. */
const COMPLETED = { defaultSnippets: [{}] };

/** Neither values nor the type `null`, because VS Code would suggest them. */
const NO_TEXT: JsonSchema = { type: 'string', maxLength: 0 };
const NO_ITEMS: JsonSchema = { type: 'array', maxItems: 0 };
const NO_NUMBER: JsonSchema = { not: { type: ['string', 'number', 'boolean', 'array', 'object'] } };
const NO_VALUE: JsonSchema = { not: { type: ['number', 'boolean', 'object'] }, maxLength: 0, maxItems: 0 };

/** For completion, which sorts by names otherwise. */
function listedInOrder(place: number, schema: JsonSchema): JsonSchema {
  return typeof schema === 'boolean' ? schema : { ...schema, suggestSortText: String(place).padStart(4, '0') };
}

/** For completion, before all others. */
export function listedFirst(name: string, translate: Translate): Readonly<Record<string, unknown>> {
  return { completionDetail: translate(REQUIRED), suggestSortText: `\t${name}` };
}

const REQUIRED = l10n.t({ message: '(required)', comment: 'Beside the name of a member in a list of completions.' });

type SimpleType = keyof typeof SENTENCES;

function isSimple(type: string): type is SimpleType {
  return Object.hasOwn(SENTENCES, type);
}

/** The messages for a value of another type, in place of a list of types or a regular expression. */
export function sentenceFor(type: SimpleType, translate: Translate): Readonly<Record<string, unknown>> {
  const sentence = translate(SENTENCES[type]);
  return { errorMessage: sentence, patternErrorMessage: sentence };
}

const SENTENCES = {
  integer: l10n.t('Enter a whole number, such as 42.'),
  number: l10n.t('Enter a number, such as 1.5.'),
  boolean: l10n.t('Enter true or false.'),
};
