import { plainText } from '../base/errors.ts';
import { getOwn, parseJson } from '../base/untrusted.ts';
import type { ApiRequest } from '../api/apiRequest.ts';
import { isFilePart } from '../api/formParts.ts';
import { PAGING_TABLE } from '../api/pagingTable.ts';
import { beginning } from './powershellPaging.ts';
import { describeParameter, type ScriptParameter } from './powershellParameters.ts';

export interface HelpContext {
  readonly parameters: readonly ScriptParameter[];
  readonly changes: boolean;
  /** Environment variables with secrets of the request. */
  readonly variables: readonly string[];
  /** Cmdlets of the public module NinjaOne that do the same. */
  readonly cmdlets: readonly string[];
}

/** The name under which the script is saved. */
export function scriptFileName(title: string): string {
  return `${title.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '') || 'NinjaOne'}.ps1`;
}

/** In one line that is no keyword. */
function foreignText(text: string, length: number): string {
  return plainText(text, length).replace(/^[.\s]+/, '');
}

/**
 * Comment-based help, which `Get-Help` shows. In line comments, because no text of one line can end one.
 */
export function scriptHelp(request: ApiRequest, { parameters, changes, variables, cmdlets }: HelpContext): string {
  const { operation, body, form } = request;
  const file = `.\\${scriptFileName(plainText(operation.title, 100))}`;
  const description = foreignText(operation.description ?? '', 1000);
  const lines: readonly (readonly [keyword: string, ...texts: string[]])[] = [
    ['SYNOPSIS', foreignText(operation.title, 200)],
    [
      'DESCRIPTION',
      `${changes ? 'Sends' : 'Gets the response to'} ${plainText(operation.key, 300)}${operation.traits.paging ? ' and outputs the items of all pages one by one' : ''}.`,
      ...(description === '' ? [] : [description]),
      ...beginnings(request),
      'It ends with an error, and in a task with exit code 1, unless the response is complete.',
      ...(changes
        ? ['The request is never sent again by itself.']
        : ['While NinjaOne is busy, it waits and asks again.']),
      ...(changes
        ? []
        : [
            'Export-Csv takes its columns from the first object, so name them before it, with Select-Object -Property.',
            `The names of all columns: ${file} | ForEach-Object { $_.PSObject.Properties.Name } | Sort-Object -Unique`,
            'In Windows PowerShell 5.1, it loses letters without -Encoding UTF8 -NoTypeInformation.',
            "It writes the decimal separator of the computer. For a point, run [cultureinfo]::CurrentCulture = 'en-US' first.",
          ]),
      'Whole numbers have the type long, other numbers decimal. Dates, and numbers with too many digits for these types, are strings.',
    ],
    ['PARAMETER Instance', 'The https address of NinjaOne, without a path.'],
    ...parameters.map((parameter) => [`PARAMETER ${parameter.variable}`, describeParameter(parameter)] as const),
    ...(body === undefined || form ? [] : [['PARAMETER Body', 'The body of the request as JSON text.'] as const]),
    [
      'PARAMETER OutFile',
      operation.traits.paging
        ? 'Saves the pages unchanged, as one JSON list of pages, and outputs nothing.'
        : 'Saves the response unchanged and outputs nothing.',
    ],
    ...examples(file, changes),
    [
      'NOTES',
      'Sign-in, from the environment: NINJAONE_ACCESS_TOKEN,',
      'or NINJAONE_CLIENT_ID and NINJAONE_CLIENT_SECRET of a client app of the platform API Services.',
      ...(form ?? []).filter(isFilePart).map(({ file }) => `Sends the file ${plainText(file, 300)}.`),
      ...variables.map((variable) => `Also from the environment: ${variable}.`),
      ...(cmdlets.length === 0
        ? []
        : [`The public module NinjaOne does the same with ${plainText(cmdlets.join(' or '), 300)}.`]),
    ],
  ];
  return lines
    .flatMap(([keyword, ...texts]) => [`.${keyword}`, ...texts])
    .map((line) => `# ${line}`)
    .join('\n');
}

/** For a list that begins with the cursor of the request. */
function beginnings({ operation, url, body }: ApiRequest): readonly string[] {
  const { paging } = operation.traits;
  if (!paging) {
    return [];
  }
  const { location, name, none } = PAGING_TABLE[paging.style];
  const value = location === 'query' ? new URL(url).searchParams.get(name) : getOwn(parseJson(body ?? ''), name);
  const isNone = value === null || value === undefined || none.some((each) => each === value);
  return isNone ? [] : [beginning(name)];
}

function examples(file: string, changes: boolean): readonly (readonly [string, string])[] {
  return changes
    ? [
        ['EXAMPLE', `${file} -WhatIf`],
        ['EXAMPLE', `${file} -Confirm:$false`],
      ]
    : [
        ['EXAMPLE', `${file} | ConvertTo-Json -Depth 50`],
        ['EXAMPLE', `${file} -OutFile answer.json -Verbose`],
      ];
}
