import type { MaskedValue } from '../json/formatJson.ts';
import type { ResponseView } from './responseView.ts';

/** The text with some of the masked values revealed. Line numbers of JSON do not change (E4). */
export function revealedText({ text, masked, kind }: ResponseView, indexes: ReadonlySet<number>): string {
  const parts: string[] = [];
  let at = 0;
  for (const [index, value] of masked.entries()) {
    if (indexes.has(index)) {
      parts.push(text.slice(at, value.offset), isJson(kind) ? value.value : plainValue(value));
      at = value.offset + value.length;
    }
  }
  return parts.join('') + text.slice(at);
}

/** The value for the clipboard: the content of a string, otherwise JSON. */
export function plainValue({ value }: MaskedValue): string {
  const parsed: unknown = value.startsWith('"') ? JSON.parse(value) : undefined;
  return typeof parsed === 'string' ? parsed : value;
}

function isJson(kind: ResponseView['kind']): boolean {
  return kind === 'json' || kind === 'jsonLines';
}
