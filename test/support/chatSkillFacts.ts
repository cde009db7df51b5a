import { PAGING_TABLE, type CursorStep, type PagingRule } from '../../src/core/api/pagingTable.ts';
import { dateFormatOf } from '../../src/core/catalog/dateParameters.ts';
import { PAGING_STYLES, type DateFormat, type Operation } from '../../src/core/catalog/operation.ts';

/** The text of the chat skill with what the overlay and the table of paging styles say between its marks. */
export function withSkillFacts(text: string, operations: readonly Operation[]): string {
  const facts: Readonly<Record<string, string>> = {
    paging: pagingFacts(operations),
    filters: filterFacts(operations),
    dates: dateFacts(operations),
    scopes: scopeFacts(operations),
  };
  return Object.entries(facts).reduce((changed, [name, fact]) => {
    const place = new RegExp(`<!-- ${name} -->\\n[^]*?<!-- /${name} -->`);
    if (!place.test(changed)) {
      throw new Error(`The skill has no place for ${name}.`);
    }
    return changed.replace(place, () => `<!-- ${name} -->\n\n${fact}\n\n<!-- /${name} -->`);
  }, text);
}

function pagingFacts(operations: readonly Operation[]): string {
  const styles = PAGING_STYLES.map((style) => {
    const rule = PAGING_TABLE[style];
    const keys = operations.filter(({ traits }) => traits.paging?.style === style);
    const place = rule.location === 'query' ? `query \`${rule.name}\`` : `body \`${rule.name}\``;
    const lists = new Set(keys.map(({ traits }) => traits.paging?.items ?? ''));
    const where = [...lists]
      .map((items) => (items === '' ? 'the response is the list' : `the list is in \`${items}\``))
      .join(' or ');
    return `- ${place}: ${nextCursor(rule)}; ${where}. ${shortList(keys)}`;
  });
  return styles.join('\n');
}

/** Many operations below one path are named by the path. */
function shortList(operations: readonly Operation[]): string {
  const queries = operations.filter(({ key }) => key.startsWith('GET /v2/queries/'));
  const others = operations.filter((each) => queries.length < 5 || !queries.includes(each));
  return [...(queries.length < 5 ? [] : [`\`GET /v2/queries/…\` (${queries.length})`]), ...others.map(codeOf)].join(
    ', ',
  );
}

function codeOf({ key }: Operation): string {
  return `\`${key}\``;
}

function nextCursor({ next }: PagingRule): string {
  return next.flatMap((step) => stepText(step) ?? []).join(', or ');
}

function stepText(step: CursorStep): string | undefined {
  switch (step.take) {
    case 'response':
      return `\`${[...step.path, ...(step.member === undefined ? [] : [step.member])].join('.')}\` of the response`;
    case 'lastItem':
      return `\`${step.member}\` of the last item`;
    case 'greatestItem':
      return `the greatest \`${step.member}\` of the page`;
    case 'leastItem':
      return `the least \`${step.member}\` of the page`;
    case 'endOfShortPage':
      return undefined;
  }
}

function filterFacts(operations: readonly Operation[]): string {
  const having = operations.filter(({ parameters }) => parameters.some(({ name }) => name === 'df'));
  return `These operations have \`df\`: ${shortList(having)}.`;
}

const UNITS: { readonly [K in DateFormat]: string } = {
  epochSeconds: 'Seconds since 1970',
  epochMilliseconds: 'Milliseconds since 1970',
  iso: 'ISO 8601 with a time',
  day: 'A day, such as 2025-06-30',
};

function dateFacts(operations: readonly Operation[]): string {
  const named = operations.flatMap((operation) =>
    operation.parameters.map((parameter) => ({ operation, name: parameter.name, format: dateFormatOf(parameter) })),
  );
  return (Object.keys(UNITS) as DateFormat[])
    .flatMap((format) => {
      const of = named.filter((each) => each.format === format);
      const names = [...new Set(of.map(({ name }) => name))].sort().map((name) => {
        const keys = of.filter((each) => each.name === name).map(({ operation }) => codeOf(operation));
        return `\`${name}\` (${keys.length > 2 ? `${keys.length} operations` : keys.join(', ')})`;
      });
      return names.length === 0 ? [] : [`- ${UNITS[format]}, in the query: ${names.join(', ')}`];
    })
    .join('\n');
}

function scopeFacts(operations: readonly Operation[]): string {
  const isGet = ({ method }: Operation): boolean => method === 'GET';
  const usual = (operation: Operation): string => (isGet(operation) ? 'monitoring' : 'management');
  const others = operations.filter((operation) => operation.traits.scope !== usual(operation));
  const isControlUnused = operations.every(({ traits }) => traits.scope !== 'control');
  const user = operations.filter(({ traits }) => traits.needsUser);
  return [
    `- A GET needs the scope \`monitoring\`, all other methods need \`management\`, except: ${others
      .map((operation) => `${codeOf(operation)} (\`${operation.traits.scope}\`)`)
      .join(', ')}.`,
    ...(isControlUnused ? ['- No known operation needs `control`. Do not ask for it.'] : []),
    `- Client credentials have no user. These operations need one and answer \`user_context_required\` otherwise: ${user
      .map(codeOf)
      .join(', ')}.`,
  ].join('\n');
}
