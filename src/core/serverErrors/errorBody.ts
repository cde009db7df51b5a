import { withoutSecrets } from '../base/secretSearch.ts';
import { asArray, asRecord, getOwn, parseJson } from '../base/untrusted.ts';

/** An error response, or a success response that cannot be used. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Secrets in the request. Some servers quote the request in their error message, which is shown to the user. */
  readonly secrets?: readonly string[];
  /** The text may contain secrets, or repeat the body of the request, so nothing of it is logged. */
  readonly isPrivate?: boolean;
  /** The body of the request. Support IDs that repeat a part of it are left out. */
  readonly requestBody?: string | undefined;
}

export interface ParsedErrorBody {
  readonly status: number;
  /** `json` is an object; a bare JSON string or number is `text`. */
  readonly form: 'json' | 'html' | 'text' | 'empty';
  readonly error: string;
  readonly resultCode: string;
  /** Human-readable message. */
  readonly words: string;
  readonly incidentId: string;
}

export const EMPTY_ERROR_BODY: ParsedErrorBody = {
  status: 0,
  form: 'empty',
  error: '',
  resultCode: '',
  words: '',
  incidentId: '',
};

/** Never throws, whatever the response. */
export function parseErrorBody({ status, headers, text, secrets = [] }: ErrorResponse): ParsedErrorBody {
  const clean = (words: string): string => withoutSecrets(words, secrets, '…', MAX_MESSAGE_LENGTH).trim();
  const json = parseJson(text);
  const fields = asRecord(json);
  if (fields) {
    const first = (...names: readonly string[]): string =>
      names.map((name) => clean(messageIn(getOwn(fields, name)))).find((words) => words !== '') ?? '';
    return {
      status,
      form: 'json',
      error: first('error', 'errorCode'),
      resultCode: first('resultCode'),
      words:
        first('error_description', 'errorMessage', 'message', 'detail', 'title') ||
        clean(wordsOfList(asArray(getOwn(fields, 'errors')))),
      incidentId: first('incidentId'),
    };
  }
  if (/html/i.test(headers.get('content-type') ?? '') || /^\s*</.test(text)) {
    return { ...EMPTY_ERROR_BODY, status, form: 'html' };
  }
  const words = clean(typeof json === 'string' ? json : Array.isArray(json) ? wordsOfList(json) || text : text);
  // A truncated token response is not JSON but may contain a complete token, so text of a success is never quoted.
  return { ...EMPTY_ERROR_BODY, status, form: words === '' ? 'empty' : 'text', words: status < 400 ? '' : words };
}

/** A response can have many megabytes, but longer messages are not readable. */
const MAX_MESSAGE_LENGTH = 2000;

/** The messages of a list of errors. */
function wordsOfList(list: readonly unknown[]): string {
  const words = list.slice(0, 10).map((each) => {
    const fields = asRecord(each);
    const message = fields && (getOwn(fields, 'errorMessage') ?? getOwn(fields, 'message') ?? getOwn(fields, 'error'));
    return messageIn(message ?? (fields ? '' : each));
  });
  return words.filter((each) => each !== '').join('; ');
}

/** NinjaOne's `errorMessage` may be an object `{ code, params }`. */
function messageIn(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    const { code, message } = value as { readonly code?: unknown; readonly message?: unknown };
    return [code, message]
      .map((part) => (typeof part === 'object' ? '' : messageIn(part)))
      .join(' ')
      .trim();
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
