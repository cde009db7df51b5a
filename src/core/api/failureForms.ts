import { asRecord, getOwn } from '../base/untrusted.ts';

/**
 * Whether JSON says in a form that is not NinjaOne's own that something failed: `{"error":…}` of OAuth (RFC 6749 §5.2),
 * `{"status":404,"title":…}` (RFC 9457), `{"success":false}` or `{"result":"ERROR"}`. `undefined` if it does not say so.
 */
export function failedByForm(value: unknown): boolean | undefined {
  const [success, result, error, status] = ['success', 'result', 'error', 'status'].map((name) => getOwn(value, name));
  const isErrorStatus = typeof status === 'number' && status >= 400 && status < 600;
  if (success === false || error === true) {
    return true;
  }
  if ([error, getOwn(value, 'errorCode'), getOwn(value, 'errorMessage')].some(hasWords)) {
    return true;
  }
  if (isErrorStatus && FORM_TEXTS.some((name) => hasWords(getOwn(value, name)))) {
    return true;
  }
  if (typeof result === 'string' && /^[a-z_]+$/i.test(result)) {
    return FAILURE_CODE.test(result) ? true : /^success$/i.test(result) ? false : undefined;
  }
  return success === true ? false : undefined;
}

/** Whether JSON is nothing but a word such as `"FAILURE"`. In a list, such a word is a name. */
export function isFailedWord(value: unknown): boolean {
  return typeof value === 'string' && FAILED_WORD.test(value);
}

export const FAILED_WORD = /^(?:failure|failed|error)$/i;

/** Whether a code such as `PARTIAL_SUCCESS` says that only a part was executed. */
export function isPartialSuccess(value: unknown): boolean {
  const code = getOwn(value, 'resultCode');
  return typeof code === 'string' && PARTIAL_CODE.test(code);
}

export const PARTIAL_CODE = /partial/i;

/** Codes of a failure, such as `FAILURE` or `VALIDATION_ERROR`. */
export const FAILURE_CODE = /fail|error/i;

/** Members beside the status of an error. */
export const FORM_TEXTS: readonly string[] = ['title', 'detail', 'message'];

/** Whether JSON has a list of errors, which may be of a part only. */
export function hasErrorList(value: unknown): boolean {
  const errors = getOwn(value, 'errors');
  return Array.isArray(errors) ? errors.length > 0 : hasWords(errors);
}

/** Whether an object has nothing but what such a form has, so that it has no result. */
export function hasOnlyFailure(value: unknown): boolean {
  return Object.entries(asRecord(value) ?? {}).every(([name, member]) => FORM_MEMBERS.has(name) || isEmpty(member));
}

export const FORM_MEMBERS: ReadonlySet<string> = new Set([
  ...['code', 'detail', 'error', 'error_description', 'error_uri', 'errorCode', 'errorMessage', 'errors', 'incidentId'],
  ...['instance', 'message', 'path', 'result', 'resultCode', 'status', 'success', 'timestamp', 'title', 'type'],
]);

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** A text, or an object such as `{ code, params }`. */
export function hasWords(value: unknown): boolean {
  return asRecord(value) !== undefined || (typeof value === 'string' && value.trim() !== '');
}
