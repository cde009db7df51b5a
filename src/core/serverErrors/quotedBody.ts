import { JsonReader, stringValue } from '../json/jsonReader.ts';

/** Whether a text of the server repeats a value of the request body, or a word of one. A member name is no value. */
export function quotesBody(text: string, body: string): boolean {
  const shown = text.toLowerCase();
  return valuesOf(body)
    .flatMap((value) => [value, ...value.split(/[^\p{L}\p{N}]+/u)])
    .map((word) => word.toLowerCase())
    .some((word) => word !== '' && (word === shown || (word.length >= MIN_QUOTED && shown.includes(word))));
}

/** Shorter values, such as a 7, are in many IDs by chance. */
const MIN_QUOTED = 4;

/** Strings and numbers of JSON text, or the text itself. */
function valuesOf(body: string): readonly string[] {
  const reader = new JsonReader(body);
  const values: string[] = [];
  while (reader.next()) {
    const { role, token } = reader;
    if (role === 'value' && /^["\d-]/.test(token)) {
      values.push(token.startsWith('"') ? stringValue(token) : token);
    }
  }
  return reader.ending === 'complete' ? values : [body];
}
