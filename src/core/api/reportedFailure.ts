import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import { isAttachment } from '../http/attachments.ts';
import { utf8Body } from '../http/charset.ts';
import type { HttpResponse } from '../http/transport.ts';
import {
  FAILURE_CODE,
  failedByForm,
  hasErrorList,
  hasOnlyFailure,
  hasWords,
  isFailedWord,
  isPartialSuccess,
} from './failureForms.ts';

/** A failure that a response with a status of success reports in its JSON. */
export interface ReportedFailure {
  /** Whether every item failed, so that nothing was executed. */
  readonly isWhole: boolean;
  /** The JSON of the first item that failed. */
  readonly text: string;
}

/**
 * The failure in the success of a write, such as `{"resultCode":"FAILURE"}`, or in the items of a 207 (RFC 4918 §13);
 * `undefined` if none is reported. A file to download is never read.
 */
export function reportedFailure(response: HttpResponse): ReportedFailure | undefined {
  if (!isJudged(response)) {
    return undefined;
  }
  const results = resultsIn(jsonOf(response), response.status === 207);
  const failed = results.find(({ failed }) => failed === true);
  const isWhole = results.every((each) => each.failed === true && !isPartialSuccess(each.value));
  return failed && { isWhole, text: JSON.stringify(failed.value) };
}

/**
 * The failure that the success of a read reports in place of data. A form that is not NinjaOne's own counts only if there
 * is nothing else, because the members of an object that was asked for can have any name.
 */
export function reportedReadFailure(response: HttpResponse): ReportedFailure | undefined {
  if (response.body.byteLength > MAX_REPORT || !isJudged(response)) {
    return undefined;
  }
  const value = jsonOf(response);
  const failed = hasFailed(value, false) ?? (hasOnlyFailure(value) && saysFailed(value));
  return failed ? { isWhole: true, text: JSON.stringify(value) } : undefined;
}

/** Bytes. Longer JSON is data. */
export const MAX_REPORT = 65_536;

function saysFailed(value: unknown): boolean {
  return failedByForm(value) ?? (hasErrorList(value) || isFailedWord(value));
}

function isJudged({ status, headers, overflow }: HttpResponse): boolean {
  const isRead = overflow === undefined && !isAttachment(headers.get('content-disposition'));
  return status >= 200 && status < 300 && isRead;
}

function jsonOf({ body, headers }: HttpResponse): unknown {
  return parseJson(new TextDecoder().decode(utf8Body(body, headers.get('content-type') ?? undefined)));
}

interface Result {
  readonly value: unknown;
  /** `undefined` if the value does not say whether it failed. */
  readonly failed: boolean | undefined;
}

/**
 * The value itself, and the lists in it that say of an item whether it failed. What else came with a failure may be what
 * was executed.
 */
function resultsIn(value: unknown, isMultiStatus: boolean): readonly Result[] {
  const toResult = (each: unknown): Result => ({
    value: each,
    failed: isPartialSuccess(each) ? true : (hasFailed(each, isMultiStatus) ?? failedByForm(each)),
  });
  const isResult = ({ failed }: Result): boolean => failed !== undefined;
  const lists = Array.isArray(value) ? [value] : Object.values(asRecord(value) ?? {}).filter(Array.isArray);
  const whole = isFailedWord(value) ? { value, failed: true } : toResult(value);
  const own = [whole, toResult(getOwn(value, 'result'))].filter(isResult);
  const errors = whole.failed !== true && hasErrorList(value) ? [{ value, failed: true }] : [];
  const isReport =
    [value, getOwn(value, 'result')].some((each) => hasFailed(each, isMultiStatus)) || hasOnlyFailure(value);
  const rest = [...own, ...errors].some(({ failed }) => failed === true) && !isReport ? [NOT_JUDGED] : [];
  return [
    ...own,
    ...errors,
    ...rest,
    ...lists
      .map((list) => list.map(toResult))
      .filter((list) => list.some(isResult))
      .flat(),
  ];
}

const NOT_JUDGED: Result = { value: undefined, failed: undefined };

/** As NinjaOne says it. */
function hasFailed(value: unknown, isMultiStatus: boolean): boolean | undefined {
  const [code, message, incident] = ['resultCode', 'errorMessage', 'incidentId'].map((name) => getOwn(value, name));
  if (typeof code === 'string' && code !== '') {
    return FAILURE_CODE.test(code) || hasWords(message);
  }
  if (hasWords(message) && hasWords(incident)) {
    return true;
  }
  const status = isMultiStatus ? getOwn(value, 'status') : undefined;
  return typeof status === 'number' ? status >= 400 : undefined;
}
