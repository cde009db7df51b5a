import { formatJson } from '../json/formatJson.ts';
import type { FormFilePart } from '../catalog/formSchema.ts';
import { referencedFile } from './formBody.ts';
import { childTexts } from '../json/jsonReader.ts';

/**
 * The text of a request document with these files in a part of its form. A list keeps the files that it has. The text must
 * be valid JSON; its values keep every digit, and it is laid out anew.
 */
export function withFiles(text: string, { name, isList }: FormFilePart, paths: readonly string[]): string {
  const request = members(text);
  const body = members(request.get('body') ?? '{}');
  const references = paths.map((path) => JSON.stringify({ $file: path }));
  const present = isList ? childTexts(body.get(name) ?? '[]').filter((item) => isReference(item.text)) : [];
  const items = [...present.map((item) => item.text), ...references];
  body.set(name, isList ? `[${items.join()}]` : (references[0] ?? 'null'));
  request.set('body', objectOf(body));
  const laidOut = formatJson(objectOf(request), {
    items: undefined,
    maxItems: Infinity,
    maxCharacters: Infinity,
    partial: false,
    mask: false,
  });
  return `${laidOut.text.trimEnd()}\n`;
}

function isReference(json: string): boolean {
  return (referencedFile(JSON.parse(json)) ?? '') !== '';
}

function members(json: string): Map<string, string> {
  const found = json.trimStart().startsWith('{') ? childTexts(json) : [];
  return new Map(found.map(({ name = '', text }) => [name, text]));
}

function objectOf(named: ReadonlyMap<string, string>): string {
  return `{${[...named].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`;
}
