import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';

/** An answer that is not the wished one. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What was sent and must not be shown: some servers repeat what they refuse, and their words are shown. */
  readonly secrets?: readonly string[];
}

export interface ParsedErrorBody {
  readonly status: number;
  /** `json` is an object; a bare JSON string or number is `text`. */
  readonly form: 'json' | 'html' | 'text' | 'empty';
  readonly error: string;
  readonly resultCode: string;
  /** What it says to people. */
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

/** Never throws, whatever came. */
export function parseErrorBody({ status, headers, text, secrets = [] }: ErrorResponse): ParsedErrorBody {
  const parsed = (words: string): string => withoutSecrets(words, secrets).slice(0, MOST_WORDS).trim();
  const json = parseJson(text);
  const fields = asRecord(json);
  if (fields) {
    const first = (...names: readonly string[]): string =>
      names.map((name) => parsed(wordsOf(getOwn(fields, name)))).find((words) => words !== '') ?? '';
    return {
      status,
      form: 'json',
      error: first('error', 'errorCode'),
      resultCode: first('resultCode'),
      words: first('error_description', 'errorMessage', 'message'),
      incidentId: first('incidentId'),
    };
  }
  if (/html/i.test(headers.get('content-type') ?? '') || /^\s*</.test(text)) {
    return { ...EMPTY_ERROR_BODY, status, form: 'html' };
  }
  const words = parsed(typeof json === 'string' ? json : text);
  // Half of a token answer is no JSON, but it may hold a whole token: what came with a success is not repeated.
  return { ...EMPTY_ERROR_BODY, status, form: words === '' ? 'empty' : 'text', words: status < 400 ? '' : words };
}

/** In the shapes in which a server may have them at hand: as they are, from the form, from JSON. */
function withoutSecrets(words: string, secrets: readonly string[]): string {
  let result = words;
  for (const secret of secrets.filter(({ length }) => length >= SHORTEST_SECRET)) {
    const encoded = encodeURIComponent(secret);
    const shapes = [
      secret,
      encoded,
      encoded.replace(/%../g, (escape) => escape.toLowerCase()),
      new URLSearchParams({ '': secret }).toString().slice(1),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
    ];
    for (const shape of shapes) {
      result = result.replaceAll(shape, '…');
    }
  }
  return result;
}

/** Shorter ones would make the words of the server unreadable, and are no secrets. */
const SHORTEST_SECRET = 6;

/** Nobody reads more, and an answer may be of many megabytes. */
const MOST_WORDS = 2000;

/** NinjaOne's `errorMessage` may be an object `{ code, params }`. */
function wordsOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    const { code, message } = value as { readonly code?: unknown; readonly message?: unknown };
    return [code, message]
      .map((part) => (typeof part === 'object' ? '' : wordsOf(part)))
      .join(' ')
      .trim();
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
