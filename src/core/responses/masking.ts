import type { MaskedValue } from '../json/formatJson.ts';
import type { ResponseView } from './responseView.ts';

/** The text with some of the values in the place of their dots; every line stays where it is, if it is JSON (E4). */
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

/** What a person would paste: the text of a string, else the JSON. */
export function plainValue({ value }: MaskedValue): string {
  const parsed: unknown = value.startsWith('"') ? JSON.parse(value) : undefined;
  return typeof parsed === 'string' ? parsed : value;
}

function isJson(kind: ResponseView['kind']): boolean {
  return kind === 'json' || kind === 'jsonLines';
}
