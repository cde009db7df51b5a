import { PATH_PARAMETER, type ApiRequest } from '../api/apiRequest.ts';
import { plainText } from '../base/errors.ts';
import { dateFormatOf } from '../catalog/dateParameters.ts';
import type { DateFormat, Parameter } from '../catalog/operation.ts';
import { SEPARATORS } from '../catalog/listSeparators.ts';
import { powershellText, powershellTexts } from './powershellSnippet.ts';

export interface ScriptParameter {
  readonly location: 'path' | 'query';
  readonly name: string;
  /** Name of the script parameter, without the dollar sign. */
  readonly variable: string;
  readonly value: string;
  /** All values of a parameter of the query that is a list. */
  readonly list?: readonly string[] | undefined;
  /** What separates the values of a list that is sent in one parameter. */
  readonly separator?: string | undefined;
  readonly declared: Parameter | undefined;
}

/** The path and query values of the request. Each becomes a parameter of the script; none has a name in `reserved`. */
export function scriptParameters(
  { operation, url }: ApiRequest,
  reserved: Iterable<string>,
): readonly ScriptParameter[] {
  const { pathname, searchParams } = new URL(url);
  const segments = pathname.split('/');
  const used = new Set([...RESERVED, ...reserved].map((name) => name.toLowerCase()));
  const parameterOf = (location: 'path' | 'query', name: string, value: string): ScriptParameter => ({
    location,
    name,
    variable: variableOf(name, used),
    value,
    declared: operation.parameters.find((each) => each.in === location && each.name === name),
  });
  const ofPath = operation.path.split('/').flatMap((segment, index) => {
    const name = PATH_PARAMETER.exec(segment)?.[1];
    return name === undefined ? [] : [parameterOf('path', name, decodeURIComponent(segments[index] ?? ''))];
  });
  const ofQuery = [...new Set(searchParams.keys())].map((name) => {
    const values = searchParams.getAll(name);
    const parameter = parameterOf('query', name, values[0] ?? '');
    const list = parameter.declared?.list;
    if (values.length > 1 || list === 'repeated') {
      return { ...parameter, list: values };
    }
    const separator = list && SEPARATORS[list];
    return separator === undefined ? parameter : { ...parameter, separator, list: parameter.value.split(separator) };
  });
  return [...ofPath, ...ofQuery];
}

/** Names that PowerShell uses. It ignores the case of variable names. The script adds its own. */
const RESERVED = [
  ...['args', 'input', 'error', 'host', 'home', 'pid', 'this', 'true', 'false', 'null', 'matches', 'profile'],
  ...['verbose', 'debug', 'erroraction', 'warningaction', 'informationaction', 'progressaction', 'errorvariable'],
  ...['warningvariable', 'informationvariable', 'outvariable', 'outbuffer', 'pipelinevariable', 'whatif', 'confirm'],
  ...['psitem', 'pscmdlet', 'psboundparameters', 'event', 'sender'],
  ...['foreach', 'switch', 'ofs', 'pwd', 'shellid', 'stacktrace', 'nestedpromptlevel', 'executioncontext', 'iswindows'],
  ...['islinux', 'ismacos', 'iscoreclr', 'lastexitcode', 'myinvocation', 'psversiontable', 'pshome', 'psscriptroot'],
];

/** Converts `scan-group-id` to `ScanGroupId`. The result contains only ASCII letters and digits. */
function variableOf(name: string, used: Set<string>): string {
  const words = name.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  const base = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Value';
  const clean = /^\d/.test(base) ? `Value${base}` : base;
  let variable = clean;
  for (let number = 2; used.has(variable.toLowerCase()); number++) {
    variable = number === 2 ? `${clean}Value` : `${clean}Value${number}`;
  }
  used.add(variable.toLowerCase());
  return variable;
}

/**
 * The declaration of a parameter. It has no type and no check, because PowerShell would convert any object to a text, and
 * its refusal would not end a script that called this one. `conversion()` does both.
 */
export function declaration(parameter: ScriptParameter): string {
  const { variable, value, list } = parameter;
  const own = list ? `@(${powershellTexts(list)})` : powershellText(value);
  const values = ruleOf(parameter)?.values;
  const completer = values
    ? `[ArgumentCompleter({ foreach ($choice in ${powershellTexts(values)}) { if ($choice.StartsWith($args[2], 'OrdinalIgnoreCase')) { $choice } } })] `
    : '';
  return `${completer}$${variable} = ${own}`;
}

/** The statement that makes the text to send from what was given, or ends the script; for a list, one text of each item. */
export function conversion(parameter: ScriptParameter): string {
  const { variable, list } = parameter;
  const given = list ? 'value' : variable;
  const date = dateFormat(parameter);
  const rule = date === undefined ? ruleText(parameter) : '';
  const converted =
    date === undefined
      ? `ConvertTo-Text $${given} '-${variable}'${rule === '' ? '' : ` @{ ${rule} }`}`
      : `ConvertTo-Date $${given} '${date}' '-${variable}'`;
  return list
    ? `$${variable} = @(foreach ($value in (Split-Items $${variable} ${isSplit(parameter) ? '$true' : '$false'})) { ${converted} })`
    : `$${variable} = ${converted}`;
}

function ruleText(parameter: ScriptParameter): string {
  const { values, range, form } = ruleOf(parameter) ?? {};
  const { separator = ',' } = parameter;
  return [
    ...(values ? [`Choice = ${powershellTexts(values)}`] : []),
    ...(range ? [`Least = ${range[0]}; Most = ${range[1]}`] : []),
    ...(form ? [`Form = ${powershellText(form.pattern)}; Sample = ${powershellText(form.sample)}`] : []),
    ...(separator === ',' ? [] : [`Separator = ${powershellText(separator)}`]),
    ...(isPlain(parameter) ? [] : ['AsItIs = $true']),
  ].join('; ');
}

/** Whether the values are as Send takes them from a document. A cursor of Next Page can have any text. */
function isPlain({ value, list = [value] }: ScriptParameter): boolean {
  const isUnsendable = new RegExp(UNSENDABLE);
  return list.every((each) => each === each.trim() && each.length <= MAX_CHARACTERS && !isUnsendable.test(each));
}

/** Whether the values are the items of a text with commas, as in a document. */
function isSplit({ list, declared }: ScriptParameter): boolean {
  return declared?.list !== undefined && list?.every((each) => !each.includes(',')) === true;
}

interface ValueRule {
  /** All that is allowed. */
  readonly values?: readonly string[];
  /** The bounds of a whole number, both inclusive. */
  readonly range?: readonly [number | string, number | string];
  /** A regular expression of both languages, and what the message names. */
  readonly form?: { readonly pattern: string; readonly sample: string };
}

/**
 * The API description's rule for a value and for each item of a list, as Send checks it. Undefined if a value of the
 * request does not fit it, because Send sends it as it is.
 */
function ruleOf(parameter: ScriptParameter): ValueRule | undefined {
  const { value, list = [value], declared } = parameter;
  if (!declared || dateFormat(parameter) !== undefined) {
    return undefined;
  }
  const { type, format, values } = declared;
  if (values !== undefined && values.length > 0) {
    // A list of values, such as "A,B", is sent in one parameter, too.
    const isKnown = list.every((each) => values.includes(each)) && values.every((each) => !/[\p{Cc},]/u.test(each));
    return isKnown ? { values } : undefined;
  }
  if (type === 'boolean') {
    return list.every((each) => /^(?:true|false)$/.test(each)) ? { values: ['true', 'false'] } : undefined;
  }
  const form = type === 'number' ? NUMBER : format === 'uuid' ? UUID : undefined;
  if (form) {
    return list.every((each) => new RegExp(form.pattern).test(each)) ? { form } : undefined;
  }
  const isInteger =
    type === 'integer' &&
    list.every((each) => Number.isSafeInteger(Number(each)) && String(Number(each)) === each) &&
    (format !== 'int32' || list.every((each) => Math.abs(Number(each)) <= MAX_INT));
  return isInteger ? { range: rangeOf(declared, list.map(Number)) } : undefined;
}

const NUMBER = { pattern: '^-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$', sample: 'a number, such as 1.5' };
const UUID = { pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', sample: 'a UUID' };

const MAX_CHARACTERS = 4000;

/** Control characters, and lone surrogates, which have no UTF-8 encoding, for both languages. */
const UNSENDABLE = String.raw`[\x00-\x1f\x7f-\x9f\u2028\u2029]|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])`;

/** The functions that `conversion()` calls, without those for dates. */
export const POWERSHELL_VALUES = String.raw`
# The text to send for a parameter: a text that is not blank, or a number. NinjaOne answers an empty filter with everything.
function ConvertTo-Text($Given, [string] $OptionName, $ValueRule) {
    if ($null -eq $Given -or ($Given -is [string] -and $Given.Trim().Length -eq 0)) {
        Stop-Script 'Value' ('The parameter ' + $OptionName + ' is empty. Remove it to use the value of the script, or enter a value. Nothing was sent.')
    }
    if ($Given -is [bool] -and $ValueRule.Choice -ccontains 'true') {
        $Given = ([string] $Given).ToLowerInvariant()
    }
    if ($Given.GetType().Name -notin 'String', 'Char', 'Byte', 'SByte', 'Int16', 'UInt16', 'Int32', 'UInt32', 'Int64', 'UInt64', 'Single', 'Double', 'Decimal', 'BigInteger', 'Guid', 'Uri') {
        Stop-Script 'Value' ('The parameter ' + $OptionName + ' must be one text or number. Nothing was sent.')
    }
    $text = [string] $Given
    if (-not $ValueRule.AsItIs -and ($text.Length -gt ${MAX_CHARACTERS} -or $text -cmatch '${UNSENDABLE}')) {
        Stop-Script 'Value' ('The parameter ' + $OptionName + ' has more than ${MAX_CHARACTERS} characters, or some that cannot be sent, such as line breaks. Nothing was sent.')
    }
    if ($ValueRule.Choice -and $ValueRule.Choice -cnotcontains $text) {
        Stop-Script 'Value' ('The parameter ' + $OptionName + ' must be one of ' + ($ValueRule.Choice -join ', ') + '. Nothing was sent.')
    }
    if ($null -ne $ValueRule.Least -and ($text -cnotmatch '^(0|-?[1-9][0-9]{0,18})\z' -or [decimal] $text -lt $ValueRule.Least -or [decimal] $text -gt $ValueRule.Most)) {
        Stop-Script 'Value' ('The parameter ' + $OptionName + ' must be a whole number from ' + $ValueRule.Least + ' to ' + $ValueRule.Most + '. Nothing was sent.')
    }
    if (-not $ValueRule.AsItIs) {
        $text = $text.Trim()
    }
    if ($ValueRule.Form -and $text -cnotmatch $ValueRule.Form) {
        Stop-Script 'Value' ('The parameter ' + $OptionName + ' must be ' + $ValueRule.Sample + '. Nothing was sent.')
    }
    if ($ValueRule.Separator -and $text.Contains($ValueRule.Separator)) {
        Stop-Script 'Value' ('The parameter ' + $OptionName + ' is a list whose items cannot contain "' + $ValueRule.Separator + '". Nothing was sent.')
    }
    return $text
}

function Split-Items($Given, [bool] $IsSplit) {
    $givenItems = @($Given)
    if ($IsSplit -and $givenItems.Count -eq 1 -and $givenItems[0] -is [string]) {
        # A task gives a list as one text.
        $givenItems = @(foreach ($part in $givenItems[0].Split(',')) { $part.Trim() })
    }
    if ($givenItems.Count -eq 0) {
        $givenItems = @($null)
    }
    return , $givenItems
}
`;

const MAX_INT = 2_147_483_647;
const MAX_LONG = '9223372036854775807';

/** The bounds of the API description, or of the type, both inclusive. */
function rangeOf(
  { format, minimum, maximum }: Parameter,
  values: readonly number[],
): readonly [number | string, number | string] {
  const limit = format === 'int32' ? MAX_INT : MAX_LONG;
  const fits = values.every((value) => value >= (minimum ?? value) && value <= (maximum ?? value));
  return fits ? [minimum ?? `-${limit}`, maximum ?? limit] : [`-${limit}`, limit];
}

/** The form in which a date of the query is sent; undefined if it is none, or if the request has something else there. */
export function dateFormat({ location, value, list = [value], declared }: ScriptParameter): DateFormat | undefined {
  const format = declared && location === 'query' ? dateFormatOf(declared) : undefined;
  return format !== undefined && list.every((each) => SENT_DATES[format].test(each)) ? format : undefined;
}

const SENT_DATES: { readonly [F in DateFormat]: RegExp } = {
  epochSeconds: /^\d{9,11}$/,
  epochMilliseconds: /^\d{12,14}$/,
  iso: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  day: /^\d{4}-\d\d-\d\d$/,
};

/** Comment-based help for a parameter, in one line. */
export function describeParameter(parameter: ScriptParameter): string {
  const { name, location, list, declared } = parameter;
  const description = plainText(declared?.description ?? '', 300);
  const place = location === 'path' ? 'Path' : 'Query';
  const isDate = dateFormat(parameter) !== undefined;
  const form = isDate
    ? ' A date, such as 2025-06-30 or (Get-Date).AddDays(-1).'
    : declared?.type === 'integer'
      ? ' A whole number.'
      : '';
  const values = ruleOf(parameter)?.values;
  const choice = values ? ` One of ${plainText(values.join(', '), 300)}.` : '';
  const isList = list ? ' One or more values, such as A, B.' : '';
  return `${place} parameter ${plainText(name, 60)} of the API.${form}${choice}${isList}${description === '' ? '' : ` ${description}`}`;
}
