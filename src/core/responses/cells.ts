import { childrenOf, compactJson, stringValue } from '../json/jsonReader.ts';

/**
 * A value of an item in a table or a CSV file: text, or a number. Objects and lists are text as they were written. `''` is
 * empty.
 */
export type Cell = string | number | ExactNumber;

/** A number whose text JavaScript would change, such as `1.10`, `1e400` or a long id. */
export interface ExactNumber {
  readonly digits: string;
}

/** The cell of a value in valid JSON text. */
export function cellOf(json: string): Cell {
  const first = json.charAt(0);
  switch (first) {
    case '"':
      // Neither a file nor a web page can contain half of a surrogate pair, so it is written as in JSON.
      return stringValue(json).replace(LONE_SURROGATE, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
    case '[':
    case '{':
      return compactJson(json);
    case 'n':
      return '';
    case 't':
    case 'f':
      return json;
    default:
      return String(Number(json)) === json ? Number(json) : { digits: json };
  }
}

const LONE_SURROGATE = /\p{Cs}/gu;

/** The text of a cell; a number has the digits that it was written with. */
export function cellText(cell: Cell): string {
  return typeof cell === 'object' ? cell.digits : String(cell);
}

/** The columns of a list, in order of their first occurrence. A name that an item has twice gets two columns. */
export class ListColumns {
  readonly #indexes = new Map<string, number>();
  readonly #names: string[] = [];

  get names(): readonly string[] {
    return this.#names;
  }

  add(item: ItemValues): void {
    for (const { key, name } of item) {
      if (!this.#indexes.has(key)) {
        this.#indexes.set(key, this.#names.length);
        this.#names.push(name);
      }
    }
  }

  /** -1 if no item has such a value. */
  indexOf(key: string): number {
    return this.#indexes.get(key) ?? -1;
  }

  /** The cells of an item that was added, limited to the first columns. */
  row(item: ItemValues, columns = this.#names.length): Cell[] {
    const cells: Cell[] = Array.from({ length: columns }, () => '');
    for (const { key, json } of item) {
      const index = this.#indexes.get(key) ?? columns;
      if (index < columns) {
        cells[index] = cellOf(json);
      }
    }
    return cells;
  }
}

export type ItemValues = readonly {
  /** Identifies the column. */
  readonly key: string;
  readonly name: string;
  /** The text of the value. */
  readonly json: string;
}[];

/** The members of an item, or the item itself under the name `value`; undefined if it is not valid JSON. */
export function itemValues(item: string): ItemValues | undefined {
  const children = childrenOf(item);
  if (!children || !item.startsWith('{')) {
    return children && [{ key: `0 ${VALUE}`, name: VALUE, json: item }];
  }
  const counts = new Map<string, number>();
  return children.map(({ name = '', start, end }) => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return { key: `${count} ${name}`, name, json: item.slice(start, end) };
  });
}

/** Column for items without members. */
const VALUE = 'value';
