import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import { isAttachment } from '../http/attachments.ts';
import type { HttpResponse } from '../http/transport.ts';

/** A failure that a response with a status of success reports in its JSON. */
export interface ReportedFailure {
  /** Whether every item failed, so that nothing was executed. */
  readonly isWhole: boolean;
  /** The JSON of the first item that failed. */
  readonly text: string;
}

/**
 * The failure in a success, such as `{"resultCode":"FAILURE"}`, or in the items of a 207 (RFC 4918 §13); `undefined` if
 * none is reported. A file to download is never read.
 */
export function reportedFailure(response: HttpResponse): ReportedFailure | undefined {
  const { status, headers, body, overflow } = response;
  const isRead = overflow === undefined && !isAttachment(headers.get('content-disposition'));
  if (status < 200 || status >= 300 || !isRead) {
    return undefined;
  }
  const results = resultsIn(parseJson(new TextDecoder().decode(body)), status === 207);
  const failed = results.find(({ failed }) => failed === true);
  return failed && { isWhole: results.every((each) => each.failed === true), text: JSON.stringify(failed.value) };
}

interface Result {
  readonly value: unknown;
  /** `undefined` if the value does not say whether it failed. */
  readonly failed: boolean | undefined;
}

/** The value itself, and the lists in it that say of an item whether it failed. */
function resultsIn(value: unknown, isMultiStatus: boolean): readonly Result[] {
  const toResult = (each: unknown): Result => ({ value: each, failed: hasFailed(each, isMultiStatus) });
  const isResult = ({ failed }: Result): boolean => failed !== undefined;
  const lists = Array.isArray(value) ? [value] : Object.values(asRecord(value) ?? {}).filter(Array.isArray);
  const own = Array.isArray(value) ? [] : [toResult(value)].filter(isResult);
  return [
    ...own,
    ...lists
      .map((list) => list.map(toResult))
      .filter((list) => list.some(isResult))
      .flat(),
  ];
}

function hasFailed(value: unknown, isMultiStatus: boolean): boolean | undefined {
  const [code, message, incident] = ['resultCode', 'errorMessage', 'incidentId'].map((name) => getOwn(value, name));
  if (typeof code === 'string' && code !== '') {
    return /fail|error/i.test(code) || hasText(message);
  }
  if (hasText(message) && hasText(incident)) {
    return true;
  }
  const status = isMultiStatus ? getOwn(value, 'status') : undefined;
  return typeof status === 'number' ? status >= 400 : undefined;
}

function hasText(value: unknown): boolean {
  return asRecord(value) !== undefined || (typeof value === 'string' && value.trim() !== '');
}
