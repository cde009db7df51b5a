import { asRecord, getOwn } from '../base/untrusted.ts';

/**
 * What JSON says of its own request; `part` if it says both. The saved scripts are made from the tables of this file, so
 * that they cannot disagree with Send (E9, E10).
 */
export type Verdict = 'done' | 'failed' | 'part';

/**
 * What the answer to a write, or an item in it, says of itself; `undefined` if it says nothing. Beside anything else, a
 * failure in a form that is not NinjaOne's own may be that of a part, because what else came may be what was executed.
 */
export function verdictOf(value: unknown, isMultiStatus: boolean): Verdict | undefined {
  const said = ownVerdict(value) ?? (isMultiStatus ? statusVerdict(value) : undefined) ?? resultVerdict(value);
  const form = formVerdict(value);
  if (said !== undefined) {
    return form === undefined || form === said ? said : 'part';
  }
  if (hasOnlyFailure(value)) {
    return form ?? (isFailedWord(getOwn(value, 'status')) ? 'failed' : undefined);
  }
  return form === 'failed' ? 'part' : form;
}

/** As NinjaOne says it. A code that nobody knows is none of a failure, unless there is a message. */
export function ownVerdict(value: unknown): Verdict | undefined {
  const [code, message, incident] = ['resultCode', 'errorMessage', 'incidentId'].map((name) => getOwn(value, name));
  if (typeof code === 'string' && code !== '') {
    return verdictOfCode(code) ?? (hasProblem(message) ? undefined : 'done');
  }
  return hasProblem(message) && hasWords(incident) ? 'failed' : undefined;
}

function verdictOfCode(code: string): Verdict | undefined {
  const found = CODES.find(([pattern]) => pattern.test(code));
  return found?.[1];
}

const FAILURE_CODE = /fail|error|unsucce|reject|denied|exception/i;

/** The first one that matches decides. */
export const CODES: readonly (readonly [RegExp, Verdict])[] = [
  [
    /^(?:0|ok|none|success(?:ful(?:ly)?)?|succeeded|done|completed?|(?:no|without|zero)[ _-]?(?:error|failure)s?(?:[ _-][a-z]+)*)(?![\s\S])/i,
    'done',
  ],
  [/partial|(?<!un)succe.*(?:fail|error|warn)|(?:fail|error).*(?<!un)succe|complete.*(?:fail|error|warn)/i, 'part'],
  [FAILURE_CODE, 'failed'],
];

/**
 * In the forms of other servers: `{"error":…}` of OAuth (RFC 6749 §5.2), `{"status":404,"title":…}` (RFC 9457),
 * `{"success":false}` or `{"result":"ERROR"}`.
 */
export function formVerdict(value: unknown): Verdict | undefined {
  const said = resultVerdict(value);
  const isFailed =
    said === 'failed' ||
    getOwn(value, 'error') === true ||
    PROBLEMS.some((name) => hasProblem(getOwn(value, name))) ||
    (STATUSES.some((name) => isErrorStatus(getOwn(value, name))) &&
      FORM_TEXTS.some((name) => hasWords(getOwn(value, name))));
  return !isFailed ? said : said === undefined || said === 'failed' ? 'failed' : 'part';
}

/** By a member that is there to say it: the word of a result, or a flag. */
function resultVerdict(value: unknown): Verdict | undefined {
  const result = getOwn(value, 'result');
  const code = typeof result === 'string' && RESULT_WORD.test(result) ? verdictOfCode(result) : undefined;
  const flag = SUCCESS_FLAGS.map((name) => getOwn(value, name)).find((each) => typeof each === 'boolean');
  const said = flag === undefined ? undefined : flag ? 'done' : 'failed';
  return code === undefined || said === undefined || code === said ? (code ?? said) : 'part';
}

/** The member `result` with other text is data. */
export const RESULT_WORD = /^[a-z_]+(?![\s\S])/i;
export const SUCCESS_FLAGS: readonly string[] = ['success', 'ok'];
/** Members with the words of an error. */
export const PROBLEMS: readonly string[] = ['error', 'errorCode', 'errorMessage', 'fault'];
/** Members with a status of HTTP. */
export const STATUSES: readonly string[] = ['status', 'statusCode'];
/** Members beside the status of an error. */
export const FORM_TEXTS: readonly string[] = ['title', 'detail', 'message'];

function isErrorStatus(status: unknown): boolean {
  return typeof status === 'number' && status >= 400 && status < 600;
}

/** Of an item of a 207 (RFC 4918 §13), by its status: a number, or a text such as `404` or `HTTP/1.1 404 Not Found`. */
function statusVerdict(value: unknown): Verdict | undefined {
  for (const name of STATUSES) {
    const status = getOwn(value, name);
    const number = typeof status === 'string' ? Number(STATUS_TEXT.exec(status)?.[1]) : status;
    if (typeof number === 'number' && !Number.isNaN(number)) {
      return number >= 400 ? 'failed' : 'done';
    }
  }
  return undefined;
}

export const STATUS_TEXT = /^(?:HTTP\/[0-9.]+ )?([1-5][0-9][0-9])(?![0-9])/;

/** Whether JSON is nothing but a word such as `"FAILURE"`. In a list, such a word is a name. */
export function isFailedWord(value: unknown): boolean {
  return typeof value === 'string' && FAILED_WORD.test(value);
}

export const FAILED_WORD = /^(?:failure|failed|error)(?![\s\S])/i;

/** Whether JSON has a list of errors, which may be of a part only. */
export function hasErrorList(value: unknown): boolean {
  return hasErrors(getOwn(value, ERRORS));
}

export function hasErrors(errors: unknown): boolean {
  return Array.isArray(errors) ? errors.length > 0 : hasWords(errors);
}

export const ERRORS = 'errors';
/** Members with what failed, beside what did not. */
export const FAILED_PARTS: readonly string[] = ['failed', 'failures', 'failedIds', 'failedItems', 'rejected'];
/** Members with the result itself. */
export const INNER_RESULTS: readonly string[] = ['result', 'data', 'response'];

/** A member that can be that of a failure, in text that is too large to be read as JSON. */
export const FAILURE_SIGN = new RegExp(
  [
    String.raw`"(?:resultCode|result)"\s{0,9}:\s{0,9}"[^"]{0,99}(?:partial|${FAILURE_CODE.source})`,
    String.raw`"(?:${PROBLEMS.join('|')})"\s{0,9}:\s{0,9}(?:"[^"]|\{\s{0,9}"|true)`,
    String.raw`"(?:${SUCCESS_FLAGS.join('|')})"\s{0,9}:\s{0,9}false`,
    String.raw`"(?:${[ERRORS, ...FAILED_PARTS].join('|')})"\s{0,9}:\s{0,9}(?:"[^"]|[[{]\s{0,9}[^\s\]}])`,
  ].join('|'),
  'i',
);

/** The length of such a sign in characters, at most. */
export const MAX_SIGN = 200;

/**
 * Whether an object has nothing but what such a form has, so that it has no result. The members of `judged` are known to
 * be failures.
 */
export function hasOnlyFailure(value: unknown, judged?: ReadonlySet<string>): boolean {
  return Object.entries(asRecord(value) ?? {}).every(
    ([name, member]) =>
      isEmpty(member) ||
      judged?.has(name) === true ||
      (FORM_MEMBERS.has(name) && (typeof member !== 'object' || !INNER_RESULTS.includes(name))),
  );
}

export const FORM_MEMBERS: ReadonlySet<string> = new Set([
  ...['code', 'detail', 'error', 'error_description', 'error_uri', 'errorCode', 'errorMessage', ERRORS, 'fault'],
  ...['incidentId', 'instance', 'message', 'path', 'result', 'resultCode', 'status', 'statusCode', 'success'],
  ...['timestamp', 'title', 'type'],
]);

function isEmpty(value: unknown): boolean {
  const record = asRecord(value);
  return (
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0) ||
    (record !== undefined && Object.keys(record).length === 0)
  );
}

/** Words that are not those of a success, such as `NONE`. */
export function hasProblem(value: unknown): boolean {
  return hasWords(value) && !(typeof value === 'string' && verdictOfCode(value.trim()) === 'done');
}

/** A text, or an object such as `{ code, params }`. */
function hasWords(value: unknown): boolean {
  return typeof value === 'string' ? value.trim() !== '' : asRecord(value) !== undefined && !isEmpty(value);
}
