import { cellText, type Cell } from './cells.ts';
import { cellDisplayText, type Column } from './tableModel.ts';
import { isTimeName } from './timestamps.ts';

/**
 * What a filter means: a row must contain all of its words and quoted texts in any cell, in upper or lower case, the word
 * of `column:word` in that column, and have exactly the value that `column:"value"` names. A quote within quotes is
 * written twice. A time matches as it is displayed and as its number. Undefined if the filter is empty.
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
  const values = terms.flatMap(({ indexes, text, isWord }) => (indexes && !isWord ? [{ indexes, text }] : []));
  const parts = terms.flatMap(({ indexes, text, isWord }) =>
    indexes && isWord ? [{ indexes, word: lower(text) }] : [],
  );
  const times = columns.flatMap(({ name }, index) => (isTimeName(name) ? [index] : []));
  const timeTexts = (cells: readonly Cell[], indexes: readonly number[]): readonly string[] =>
    indexes.map((index) => cellDisplayText(cells[index] ?? '', columns[index] ?? NO_COLUMN));
  return (cells) => {
    if (
      !values.every(({ indexes, text }) => hasText(cells, indexes, text) || timeTexts(cells, indexes).includes(text))
    ) {
      return false;
    }
    const hasPart = ({ indexes, word }: (typeof parts)[number]): boolean =>
      indexes.some((index) => contains(lower(cellText(cells[index] ?? '')), word)) ||
      timeTexts(cells, indexes).some((text) => contains(lower(text), word));
    if (!parts.every(hasPart)) {
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
  return name === '' || CANNOT_NAME.test(name) ? quoted : `${name}:${quoted}`;
}

/** The beginning of a term for this column, to be completed by a word; empty if a term cannot name the column. */
export function columnTerm(name: string): string {
  return CANNOT_NAME.test(name) ? '' : `${name}:`;
}

interface Term {
  readonly text: string;
  /** Columns with the name that the term begins with, one of which must have the text. */
  readonly indexes: readonly number[] | undefined;
  /** Whether they must only contain it, in upper or lower case. */
  readonly isWord?: boolean;
}

function termsOf(filter: string, columns: readonly Pick<Column, 'name'>[]): readonly Term[] {
  return [...filter.matchAll(TERM)].flatMap(([term, name, quoted]) => {
    const text = quoted?.replaceAll('""', '"');
    if (text === undefined) {
      const [, column = '', word = ''] = /^([^:]+):(.*)$/s.exec(term) ?? [];
      const indexes = indexesOf(column, columns);
      return [indexes.length > 0 ? { text: word, indexes, isWord: true } : { text: term, indexes: undefined }];
    }
    if (name === undefined) {
      return text === '' ? [] : [{ text, indexes: undefined }];
    }
    const indexes = indexesOf(name, columns);
    return [indexes.length > 0 ? { text, indexes } : { text: term, indexes: undefined }];
  });
}

/** In upper or lower case if no name is written so, because people type the names. */
function indexesOf(name: string, columns: readonly Pick<Column, 'name'>[]): readonly number[] {
  const named = (isNamed: (other: string) => boolean): readonly number[] =>
    columns.flatMap((column, index) => (isNamed(column.name) ? [index] : []));
  const exact = named((other) => other === name);
  return exact.length > 0 ? exact : named((other) => other.toLowerCase() === name.toLowerCase());
}

const CANNOT_NAME = /[\s":]/;
const TERM = /(?:([^\s":]+):)?"((?:[^"]|"")*)"|\S+/g;

const NO_COLUMN = { name: '' };

function hasText(cells: readonly Cell[], indexes: readonly number[], text: string): boolean {
  return indexes.some((index) => cellText(cells[index] ?? '') === text);
}
