import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { parseJson } from '../base/untrusted.ts';
import { charsetOfBody, decoderOf } from '../http/charset.ts';
import { isWebPage } from '../http/webPage.ts';
import { cutNotice } from './cutNotices.ts';
import { signatureEnding } from './fileSignatures.ts';
import { DOTS, formatJson, type FormattedJson, type MaskedValue } from '../json/formatJson.ts';

/** How a response is displayed. Depends on its bytes, not on its headers (E7). */
export interface ResponseView {
  readonly kind: 'json' | 'jsonLines' | 'html' | 'text' | 'binary' | 'empty';
  /** VS Code language ID; plain text if highlighting is not useful. */
  readonly language: 'json' | 'jsonl' | 'html' | 'xml' | 'plaintext';
  readonly text: string;
  /** Length of the list in the response; undefined if there is none or the length is unknown. */
  readonly items: number | undefined;
  /** Number of list items in the text. */
  readonly shownItems: number | undefined;
  /** Whether the text is only the first part. */
  readonly truncated: boolean;
  /** The response ends in the middle of its JSON, so saving it does not complete it. */
  readonly isCut?: true;
  /** In the part that is not shown, more text follows after the JSON, or it is not valid. */
  readonly fault?: 'more' | 'invalid';
  /** Some bytes are no text. */
  readonly isDamaged?: true;
  /** Notes about the text: that it is truncated, damaged, or missing. */
  readonly notices: readonly LocalizableMessage[];
  /** Values that are masked in the text, with their JSON. */
  readonly masked: readonly MaskedValue[];
}

export interface ViewOptions {
  readonly contentType: string | undefined;
  /** Size of the complete body in bytes; only its first part may be available. */
  readonly size: number;
  /** Name of the member with the list, from the operation; `''` or undefined if only the response itself can be one. */
  readonly items: string | undefined;
  /** Length of the list, if it is known independently of the body. */
  readonly total?: number | undefined;
  readonly maxItems: number;
  /** Maximum length of the text in characters; the default is 5,000,000. */
  readonly maxCharacters?: number;
  /** Masks every string and number, because the response contains secrets (E4). */
  readonly mask?: boolean;
  /** The request changes data, so no notice asks to send it again. */
  readonly isWrite?: boolean;
  /** The response confirms a change, so a missing body means success. */
  readonly isDone?: boolean;
  /** NinjaOne accepted the change, but may not have made it yet: status 202 (Accepted). */
  readonly isAccepted?: boolean;
  /** The response is a file to save, so that a web page is what was asked for. */
  readonly isAttachment?: boolean;
  /** Why the rest of the response is lost, in place of the hint to save it. */
  readonly lost?: LocalizableMessage | undefined;
}

/** Never throws. The duration is proportional to the size. */
export function createResponseView(body: Uint8Array, options: ViewOptions): ResponseView {
  const { size, contentType = '' } = options;
  if (body.byteLength === 0) {
    return { ...NOTHING, notices: [noBody(options)] };
  }
  const decoded = decode(body, contentType, size > body.byteLength);
  if (decoded === undefined) {
    const type = plainText(contentType, 100) || 'application/octet-stream';
    const notice = l10n.t({
      message: 'The response is binary data ({0}). Save it to open it in another program.',
      args: [type],
      comment: '{0} is a content type.',
    });
    return { ...NOTHING, kind: 'binary', notices: [notice] };
  }
  const view = textView(decoded.text, options, size > body.byteLength);
  return decoded.isDamaged ? { ...view, notices: [...view.notices, DAMAGED], isDamaged: true } : view;
}

function noBody({ isDone = false, isAccepted = false }: ViewOptions): LocalizableMessage {
  if (!isDone) {
    return l10n.t('The response has no body.');
  }
  return isAccepted
    ? l10n.t('Accepted. NinjaOne may still be working on it. The response has no body.')
    : l10n.t('Done. The response has no body.');
}

const NOTHING: ResponseView = {
  kind: 'empty',
  language: 'plaintext',
  text: '',
  items: undefined,
  shownItems: undefined,
  truncated: false,
  notices: [],
  masked: [],
};

export const DAMAGED = l10n.t('Some bytes of the response are not valid text and are shown as {0}.', '\ufffd');

/** `undefined` if the bytes are not text. */
function decode(
  body: Uint8Array,
  contentType: string,
  partial: boolean,
): { readonly text: string; readonly isDamaged: boolean } | undefined {
  if (BINARY.test(contentType) || signatureEnding(body) !== undefined) {
    return undefined;
  }
  const charset = charsetOfBody(body, contentType, partial);
  try {
    // `stream` omits a character that is incomplete at the end of the first part.
    return { text: decoderOf(charset, true).decode(body, { stream: partial }), isDamaged: false };
  } catch {
    const text = decoderOf(charset, false).decode(body, { stream: partial });
    return isMostlyText(text) ? { text, isDamaged: true } : undefined;
  }
}

const BINARY =
  /^\s*(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:pdf|zip|gzip|octet-stream|x-msi|x-msdownload|vnd\.(?!.*(?:json|xml))))/i;

function isMostlyText(text: string): boolean {
  const start = text.slice(0, 4000);
  const strange = start.replace(/[^\p{Cc}\ufffd]|\s/gu, '').length;
  return strange * 10 < start.length && !start.includes('\0');
}

function textView(text: string, options: ViewOptions, partial: boolean): ResponseView {
  if (isWebPage(text, options.contentType)) {
    const notices = options.isAttachment === true ? [] : [WEB_PAGE];
    return rawView({ kind: 'html', language: 'html', text, options, partial, notices });
  }
  const maxCharacters = options.maxCharacters ?? MAX_CHARACTERS;
  const { items, maxItems, mask = false, isWrite = false } = options;
  const layout = formatJson(text, { items, maxItems, maxCharacters, partial, mask });
  if (layout.end === 'complete' || (layout.end === 'truncated' && partial && layout.truncated)) {
    return jsonView(layout, options, partial);
  }
  if (layout.end === 'more' && isJsonLines(text)) {
    return linesView(text, options, partial);
  }
  if (layout.end === 'truncated' && /^\s*[[{]/.test(text)) {
    const notices = [cutNotice('json', isWrite)];
    // VS Code would report errors in every line of invalid JSON.
    return { ...jsonView(layout, options, true), language: 'plaintext', notices, isCut: true };
  }
  const notices = isJson(options.contentType ?? '')
    ? [
        l10n.t(
          'The response is not valid JSON from character {0} on, although its content type is JSON.',
          layout.at + 1,
        ),
      ]
    : [];
  const language = /^\s*<\?xml|^\s*<[\w:]+[\s>]/.test(text) ? 'xml' : 'plaintext';
  return rawView({ kind: 'text', language, text, options, partial, notices });
}

const MAX_CHARACTERS = 5_000_000;
const WEB_PAGE = l10n.t(
  'The response is a web page instead of data. It may come from a proxy or a sign-in page of your network.',
);

function isJson(contentType: string): boolean {
  return /[/+]json\b/i.test(contentType);
}

function jsonView(layout: FormattedJson, options: ViewOptions, partial: boolean): ResponseView {
  const { text, truncated, depth, masked, shownItems } = layout;
  const items = options.total ?? (partial ? undefined : layout.items);
  return {
    kind: 'json',
    // VS Code uses recursion for folding and bracket colors.
    language: depth > MAX_DEPTH ? 'plaintext' : 'json',
    text,
    items,
    shownItems,
    truncated,
    notices: [
      ...(depth > MAX_DEPTH ? [l10n.t('The JSON is shown as plain text because it has {0} levels.', depth)] : []),
      ...(truncated ? [truncationNotice({ items, shownItems }, options)] : []),
    ],
    masked,
  };
}

const MAX_DEPTH = 500;

/** Responses with secrets are not stored, so the rest cannot be saved (E4). */
function truncationNotice(
  { items, shownItems }: Pick<ResponseView, 'items' | 'shownItems'>,
  { mask = false, lost }: ViewOptions,
): LocalizableMessage {
  if (lost) {
    return lost;
  }
  const { part, first, firstOf } = mask ? GIVING_SECRETS : SAVABLE;
  if (shownItems === undefined) {
    return part;
  }
  return items === undefined ? { ...first, args: [shownItems] } : { ...firstOf, args: [shownItems, items] };
}

const MASK = JSON.stringify(DOTS);

const SAVABLE = {
  part: l10n.t('Only the first part is shown. To get the complete response, save it.'),
  first: l10n.t(
    '{0, plural, one {Only the first item is shown.} other {Only the first # items are shown.}} To get the complete response, save it.',
  ),
  firstOf: l10n.t(
    '{0, plural, one {Only the first of {1} items is shown.} other {Only the first # of {1} items are shown.}} To get the complete response, save it.',
  ),
};

const GIVING_SECRETS: typeof SAVABLE = {
  part: l10n.t('Only the first part is shown. The rest is not stored because the response contains secrets.'),
  first: l10n.t(
    '{0, plural, one {Only the first item is shown.} other {Only the first # items are shown.}} The rest is not stored because the response contains secrets.',
  ),
  firstOf: l10n.t(
    '{0, plural, one {Only the first of {1} items is shown.} other {Only the first # of {1} items are shown.}} The rest is not stored because the response contains secrets.',
  ),
};

/** At least two lines, each with one JSON value. */
function isJsonLines(text: string): boolean {
  const lines = text.split('\n', 3).filter((line) => line.trim() !== '');
  return lines
    .slice(0, 2)
    .every((line, index) => /^\s*[[{"]/.test(line) && (index > 0 || parseJson(line) !== undefined));
}

function linesView(text: string, options: ViewOptions, partial: boolean): ResponseView {
  const { maxItems, mask = false, maxCharacters = MAX_CHARACTERS, isWrite = false } = options;
  const whole = text.split('\n').filter((line) => line.trim() !== '');
  // The last line of a first part is incomplete.
  const lines = partial ? whole.slice(0, -1) : whole;
  const shown: string[] = [];
  const masked: MaskedValue[] = [];
  let characters = 0;
  for (const line of lines.slice(0, maxItems)) {
    characters += line.length;
    if (characters > maxCharacters) {
      break;
    }
    if (mask) {
      const position = { line: shown.length, offset: shown.length * (MASK.length + 1), length: MASK.length };
      masked.push({ ...position, path: `[${shown.length}]`, value: line.trim() });
    }
    shown.push(mask ? MASK : line.trim());
  }
  const items = partial ? undefined : lines.length;
  const truncated = partial || shown.length < lines.length;
  const isCut = !partial && parseJson(lines.at(-1) ?? '') === undefined;
  return {
    kind: 'jsonLines',
    language: 'jsonl',
    text: shown.join('\n'),
    items,
    shownItems: shown.length,
    truncated,
    notices: [
      ...(truncated ? [truncationNotice({ items, shownItems: shown.length }, options)] : []),
      ...(isCut ? [cutNotice('lastLine', isWrite)] : []),
    ],
    masked,
    ...(isCut ? { isCut } : {}),
  };
}

interface Raw {
  readonly kind: 'html' | 'text';
  readonly language: ResponseView['language'];
  readonly text: string;
  readonly options: ViewOptions;
  readonly partial: boolean;
  readonly notices: readonly LocalizableMessage[];
}

function rawView({ kind, language, text, options, partial, notices }: Raw): ResponseView {
  const { mask = false, maxCharacters = MAX_CHARACTERS } = options;
  if (mask) {
    const value = JSON.stringify(text);
    const masked = [{ line: 0, offset: 0, length: DOTS.length, path: '', value }];
    return { ...NOTHING, kind, text: DOTS, notices, masked };
  }
  const truncated = partial || text.length > maxCharacters;
  return {
    ...NOTHING,
    kind,
    language,
    text: text.slice(0, maxCharacters),
    truncated,
    notices: truncated ? [...notices, truncationNotice({ items: undefined, shownItems: undefined }, options)] : notices,
  };
}
