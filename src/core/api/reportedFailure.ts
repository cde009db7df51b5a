import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import { isAttachment } from '../http/attachments.ts';
import { utf8Body } from '../http/charset.ts';
import type { HttpResponse } from '../http/transport.ts';
import { MULTI_STATUS, PARTIAL_CONTENT } from '../http/statusCodes.ts';
import {
  ERRORS,
  FAILED_PARTS,
  formVerdict,
  hasErrorList,
  hasErrors,
  hasOnlyFailure,
  hasProblem,
  INNER_RESULTS,
  isFailedWord,
  ownVerdict,
  verdictOf,
  type Verdict,
} from './failureForms.ts';

/** A failure that a response with a status of success reports in its JSON. */
export interface ReportedFailure {
  /** Whether the response proves that nothing was executed: every result in it failed, and nothing else came. */
  readonly isWhole: boolean;
  /** The JSON of the first item that failed. */
  readonly text: string;
}

/**
 * The failure in the success of a write, such as `{"resultCode":"FAILURE"}`, or in the items of a 207 (RFC 4918 §13);
 * `undefined` if none is reported. A file to download is never read.
 */
export function reportedFailure(response: HttpResponse): ReportedFailure | undefined {
  if (!isJudged(response) || response.status === PARTIAL_CONTENT) {
    return undefined;
  }
  const results = resultsIn(jsonOf(response), response.status === MULTI_STATUS);
  const failed = results.find(({ verdict }) => verdict === 'failed' || verdict === 'part');
  const isWhole = results.every(({ verdict }) => verdict === 'failed');
  return failed && { isWhole, text: JSON.stringify(failed.value) };
}

/** Whether the body of a 207 says of every result that it was executed, or is a file. */
export function provesAllDone(response: HttpResponse): boolean {
  const results = resultsIn(jsonOf(response), true);
  const isDone = results.length > 0 && results.every(({ verdict }) => verdict === 'done');
  return isDone || isAttachment(response.headers.get('content-disposition'));
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
  const own = ownVerdict(value);
  const isFailed =
    own === undefined
      ? hasOnlyFailure(value) && saysFailed(value)
      : own !== 'done' || hasProblem(getOwn(value, 'errorMessage'));
  return isFailed ? { isWhole: true, text: JSON.stringify(value) } : undefined;
}

/** Bytes. Longer JSON is data. */
export const MAX_REPORT = 65_536;

function saysFailed(value: unknown): boolean {
  const verdict = formVerdict(value);
  return verdict === undefined ? hasErrorList(value) || isFailedWord(value) : verdict !== 'done';
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
  readonly verdict: Verdict | undefined;
}

/** The value itself, the result in it, and the lists in it that say of an item whether it failed. */
function resultsIn(value: unknown, isMultiStatus: boolean): readonly Result[] {
  const toResult = (each: unknown): Result => ({ value: each, verdict: verdictOf(each, isMultiStatus) });
  const itemsOf = (list: readonly unknown[]): readonly Result[] => {
    const items = list.map(toResult);
    return items.some(isResult) ? items : [];
  };
  if (isFailedWord(value)) {
    return [{ value, verdict: 'failed' }];
  }
  if (Array.isArray(value)) {
    return itemsOf(value);
  }
  const judged = new Set<string>();
  const results = [toResult(value)].filter(isResult);
  if (hasErrorList(value)) {
    results.push({ value, verdict: 'failed' });
  }
  for (const [name, member] of Object.entries(asRecord(value) ?? {})) {
    const inner = Array.isArray(member)
      ? name === ERRORS
        ? []
        : itemsOf(member)
      : INNER_RESULTS.includes(name)
        ? [toResult(member)].filter(isResult)
        : [];
    results.push(...inner);
    if (inner.length > 0) {
      judged.add(name);
    } else if (FAILED_PARTS.includes(name) && hasErrors(member)) {
      results.push({ value: { [ERRORS]: member }, verdict: 'part' });
    }
  }
  // What else came with a failure may be what was executed.
  const hasRest = results.length > 0 && !hasOnlyFailure(value, judged);
  return hasRest && results.some(({ verdict }) => verdict !== 'done') ? [...results, NOT_JUDGED] : results;
}

function isResult({ verdict }: Result): boolean {
  return verdict !== undefined;
}

const NOT_JUDGED: Result = { value: undefined, verdict: undefined };
