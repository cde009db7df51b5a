import { PATH_PARAMETER, type ApiRequest } from '../api/apiRequest.ts';
import { plainText } from '../base/errors.ts';
import { dateFormatOf } from '../catalog/dateParameters.ts';
import type { DateFormat, Parameter } from '../catalog/operation.ts';
import { powershellText } from './powershellSnippet.ts';

export interface ScriptParameter {
  readonly location: 'path' | 'query';
  readonly name: string;
  /** Name of the script parameter, without the dollar sign. */
  readonly variable: string;
  readonly value: string;
  /** All values of a parameter of the query that is repeated. */
  readonly list?: readonly string[] | undefined;
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
    const isList = values.length > 1 || parameter.declared?.list === 'repeated';
    return isList ? { ...parameter, list: values } : parameter;
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
  const own = list ? `@(${list.map(powershellText).join(', ')})` : powershellText(value);
  const values = ruleOf(parameter)?.values;
  const completer = values
    ? `[ArgumentCompleter({ foreach ($choice in ${values.map(powershellText).join(', ')}) { if ($choice.StartsWith($args[2], 'OrdinalIgnoreCase')) { $choice } } })] `
    : '';
  return `${completer}$${variable} = ${own}`;
}

/** The statement that makes the text to send from what was given, or ends the script. */
export function conversion(parameter: ScriptParameter): string {
  const { variable, list } = parameter;
  const date = dateFormat(parameter);
  if (date !== undefined) {
    return `$${variable} = ConvertTo-Date $${variable} '${date}' '-${variable}'`;
  }
  const { values, range } = ruleOf(parameter) ?? {};
  const rule = values
    ? ` @{ Choice = ${values.map(powershellText).join(', ')} }`
    : range
      ? ` @{ Least = ${range[0]}; Most = ${range[1]} }`
      : isPlain(parameter)
        ? ''
        : ' @{ AsItIs = $true }';
  return list
    ? `$${variable} = ConvertTo-Texts $${variable} '-${variable}' ${isSplit(parameter) ? '$true' : '$false'}${rule}`
    : `$${variable} = ConvertTo-Text $${variable} '-${variable}'${rule}`;
}

/** Whether the values are as Send takes them from a document. A cursor of Next Page can have any text. */
function isPlain({ value, list = [value] }: ScriptParameter): boolean {
  const isUnsendable = new RegExp(UNSENDABLE);
  return list.every((each) => each === each.trim() && each.length <= MAX_CHARACTERS && !isUnsendable.test(each));
}

/** Whether the values are the items of a text with commas, as in a document. */
function isSplit({ list, declared }: ScriptParameter): boolean {
  return declared?.list === 'repeated' && list?.every((each) => !each.includes(',')) === true;
}

interface ValueRule {
  /** All that is allowed. */
  readonly values?: readonly string[];
  /** The bounds of a whole number, both inclusive. */
  readonly range?: readonly [number | string, number | string];
}

/**
 * The API description's rule for a value. Undefined if the value of the request does not fit it, because Send sends it as
 * it is.
 */
function ruleOf(parameter: ScriptParameter): ValueRule | undefined {
  const { value, list, declared } = parameter;
  if (list || dateFormat(parameter) !== undefined) {
    return undefined;
  }
  if (declared?.values !== undefined && declared.values.length > 0) {
    // A list of values, such as "A,B", is sent in one parameter, too.
    const isKnown = declared.values.includes(value) && declared.values.every((each) => !/[\p{Cc},]/u.test(each));
    return isKnown ? { values: declared.values } : undefined;
  }
  if (declared?.type === 'boolean') {
    return /^(?:true|false)$/.test(value) ? { values: ['true', 'false'] } : undefined;
  }
  const isInteger =
    declared?.type === 'integer' && Number.isSafeInteger(Number(value)) && String(Number(value)) === value;
  if (!isInteger || (declared.format === 'int32' && Math.abs(Number(value)) > MAX_INT)) {
    return undefined;
  }
  return { range: rangeOf(declared, Number(value)) };
}

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
    return $text
}

function ConvertTo-Texts($Given, [string] $OptionName, [bool] $IsSplit, $ValueRule) {
    $givenTexts = @($Given)
    if ($IsSplit -and $givenTexts.Count -eq 1 -and $givenTexts[0] -is [string]) {
        # A task gives a list as one text.
        $givenTexts = $givenTexts[0].Split(',')
    }
    if ($givenTexts.Count -eq 0) {
        $givenTexts = @($null)
    }
    return , @(foreach ($givenText in $givenTexts) { ConvertTo-Text $givenText $OptionName $ValueRule })
}
`;

const MAX_INT = 2_147_483_647;
const MAX_LONG = '9223372036854775807';

/** The bounds of the API description, or of the type, both inclusive. */
function rangeOf({ format, minimum, maximum }: Parameter, value: number): readonly [number | string, number | string] {
  const limit = format === 'int32' ? MAX_INT : MAX_LONG;
  const fits = value >= (minimum ?? value) && value <= (maximum ?? value);
  return fits ? [minimum ?? `-${limit}`, maximum ?? limit] : [`-${limit}`, limit];
}

/** The form in which a date of the query is sent; undefined if it is none, or if the request has something else there. */
export function dateFormat({ location, value, list, declared }: ScriptParameter): DateFormat | undefined {
  const format = declared && location === 'query' && !list ? dateFormatOf(declared) : undefined;
  return format !== undefined && SENT_DATES[format].test(value) ? format : undefined;
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
