import { plainText } from '../base/errors.ts';
import { formatMessage } from '../base/messages.ts';
import { membersOfSchema, resolvedSchema, typesOf } from '../catalog/bodyMembers.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { isListRead, type Parameter, type Schemas } from '../catalog/operation.ts';
import { parameterDescription } from '../catalog/parameterDescriptions.ts';
import { FILTER_KEYS } from '../deviceFilter/filterKeys.ts';
import { FILTER_PARAMETER } from '../deviceFilter/filterPlace.ts';
import { PAGING_TABLE } from '../api/pagingTable.ts';
import { dataBlock } from './dataBlock.ts';
import type { ToolOperation } from './toolOperations.ts';

/** One line for a search result, of our own texts. */
export function toolOperationLine({ known }: ToolOperation): string {
  const list = known.traits.paging ? '; a list in pages' : isListRead(known) ? '; a list' : '';
  return `- ${known.key}: ${known.title} (${known.traits.group}${list})`;
}

/** All that a language model needs for a call. The parameters come from the instance, so they are marked as data. */
export async function describeForTool(
  { known, operation }: ToolOperation,
  { schemas }: Pick<Catalog, 'schemas'>,
): Promise<string> {
  const { title, traits } = known;
  const { paging } = traits;
  const described = {
    ...(operation.description === undefined ? {} : { description: plainText(operation.description, MAX_DESCRIPTION) }),
    parameters: operation.parameters.map(parameterForTool),
    ...(operation.body ? { body: bodyForTool(operation.body.schema, await schemas()) } : {}),
  };
  return [
    `${known.key}: ${title}. It only reads. Group: ${traits.group}. Scope: ${traits.scope}.`,
    paging
      ? `The response is a list in pages. ninjaone_read says with which values to call it again for the next page (${PAGING_TABLE[paging.style].name}).`
      : isListRead(known)
        ? 'The response is a list without pages.'
        : 'The response is one object.',
    `Call ninjaone_read with operation "${known.key}" and the values of the parameters in "path" and "query".`,
    dataBlock(JSON.stringify(described, undefined, 1)),
  ].join('\n');
}

const MAX_DESCRIPTION = 400;
const MAX_VALUES = 40;

function parameterForTool(parameter: Parameter): object {
  const { name, in: location, type, required, values, description, list } = parameter;
  const about = parameterDescription(parameter);
  const examples =
    name === FILTER_PARAMETER && values === undefined ? FILTER_KEYS.map(({ example }) => example) : undefined;
  return {
    name: plainText(name, 100),
    in: location,
    type: list === undefined ? type : `list of ${type}`,
    ...(required ? { required } : {}),
    ...(values ? { values: values.slice(0, MAX_VALUES).map((value) => plainText(value, 60)) } : {}),
    ...(values && values.length > MAX_VALUES ? { moreValues: values.length - MAX_VALUES } : {}),
    ...(about ? { about: formatMessage(about) } : {}),
    ...(examples ? { examples } : {}),
    ...(description === undefined ? {} : { description: plainText(description, MAX_DESCRIPTION) }),
  };
}

/** Names and types of the members. */
function bodyForTool(schema: unknown, schemas: Schemas): object {
  const { properties } = membersOfSchema(schema, schemas);
  return Object.fromEntries(
    [...properties]
      .slice(0, MAX_VALUES)
      .map(([name, member]) => [plainText(name, 100), typesOf(resolvedSchema(member, schemas)).join(' or ') || 'any']),
  );
}
