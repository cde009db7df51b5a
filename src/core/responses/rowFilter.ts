import { cellText, type Cell } from './cells.ts';
import { cellDisplayText, type Column } from './tableModel.ts';
import { isTimeName } from './timestamps.ts';

/**
 * What a filter means: a row must contain all of its words and quoted texts in any cell, in upper or lower case, and have
 * exactly the value that `column:"value"` names. A quote within quotes is written twice. A time matches as it is displayed
 * and as its number. Undefined if the filter is empty.
 */
export function rowFilter(
  filter: string,
  columns: readonly Pick<Column, 'name'>[],
  locale: string,
): ((cells: readonly Cell[]) => boolean) | undefined {
  const terms = termsOf(filter, columns);
  if (terms.length === 0) {
    return undefined;
  }
  // In Turkish, the small form of LINUX is not linux.
  const lowers = [
    (text: string): string => text.toLocaleLowerCase(locale),
    ...(CAPITALS.toLocaleLowerCase(locale) === CAPITALS.toLowerCase() ? [] : [(text: string) => text.toLowerCase()]),
  ];
  const lower = (text: string): readonly string[] => lowers.map((each) => each(text));
  const words = terms.flatMap((term) => (term.indexes ? [] : [lower(term.text)]));
  const values = terms.flatMap(({ indexes, text }) => (indexes ? [{ indexes, text }] : []));
  const times = columns.flatMap(({ name }, index) => (isTimeName(name) ? [index] : []));
  const timeTexts = (cells: readonly Cell[], indexes: readonly number[]): readonly string[] =>
    indexes.map((index) => cellDisplayText(cells[index] ?? '', columns[index] ?? NO_COLUMN));
  return (cells) => {
    if (
      !values.every(({ indexes, text }) => hasText(cells, indexes, text) || timeTexts(cells, indexes).includes(text))
    ) {
      return false;
    }
    const text = lower(cells.map(cellText).join('\n'));
    const missing = words.filter((word) => !contains(text, word));
    // Times are written out only if something was not found without them, because that takes long.
    const more = missing.length > 0 ? lower(timeTexts(cells, times).join('\n')) : [];
    return missing.every((word) => contains(more, word));
  };
}

/** Capital letters whose small forms differ in some languages. */
const CAPITALS = 'I\u0130J\u00cc';

/** Of a text and a word, each in its small forms. */
function contains(text: readonly string[], word: readonly string[]): boolean {
  return word.some((form, index) => text[index]?.includes(form) === true);
}

/** The term of a filter that only rows with this value in this column match. */
export function valueTerm(name: string, text: string): string {
  const quoted = `"${text.replaceAll('"', '""')}"`;
  return name === '' || /[\s":]/.test(name) ? quoted : `${name}:${quoted}`;
}

interface Term {
  readonly text: string;
  /** Columns with the name that the term begins with, one of which must have the text. */
  readonly indexes: readonly number[] | undefined;
}

function termsOf(filter: string, columns: readonly Pick<Column, 'name'>[]): readonly Term[] {
  return [...filter.matchAll(TERM)].flatMap(([term, name, quoted]) => {
    const text = quoted?.replaceAll('""', '"');
    if (name === undefined || text === undefined) {
      return text === '' ? [] : [{ text: text ?? term, indexes: undefined }];
    }
    const indexes = columns.flatMap((column, index) => (column.name === name ? [index] : []));
    return [indexes.length > 0 ? { text, indexes } : { text: term, indexes: undefined }];
  });
}

const TERM = /(?:([^\s":]+):)?"((?:[^"]|"")*)"|\S+/g;

const NO_COLUMN = { name: '' };

function hasText(cells: readonly Cell[], indexes: readonly number[], text: string): boolean {
  return indexes.some((index) => cellText(cells[index] ?? '') === text);
}
