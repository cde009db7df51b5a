import { listTwice, JsonItems, type ItemPlace } from '../json/jsonItems.ts';
import { itemValues, ListColumns, type Cell, type ItemValues } from './cells.ts';
import { ColumnFacts } from './columnFacts.ts';
import type { ItemSecrets } from './itemSecrets.ts';
import type { ListSource } from './listSource.ts';
import type { Column } from './tableModel.ts';
import { workSlices } from './workSlices.ts';

/**
 * The items of a list as rows of cells. Only the place of each item is in memory, and the rows that are asked for are read
 * again, so that a list can be much larger than the memory.
 */
export class ListRows {
  readonly #source: ListSource;
  readonly #items: JsonItems;
  readonly #secrets: ItemSecrets;
  readonly #names = new ListColumns();
  readonly #facts: ColumnFacts[] = [];
  readonly #places: ItemPlace[] = [];
  #leftOut = 0;
  #hasObjects = false;
  #mayHaveSecrets = false;
  #isRead = false;

  /** `items` is the member with the list; a list that is the value itself takes precedence. */
  constructor(source: ListSource, items: string | undefined, secrets: ItemSecrets) {
    this.#source = source;
    this.#secrets = secrets;
    this.#items = new JsonItems(items);
  }

  /** Number of rows that were found. */
  get count(): number {
    return this.#places.length;
  }

  /** Items after the first million. */
  get rowsLeftOut(): number {
    return this.#leftOut;
  }

  /** Whether the whole list was read. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** Whether an item is an object. A table of nothing but numbers would tell nobody more than their list. */
  get hasObjects(): boolean {
    return this.#hasObjects;
  }

  /** In order of their first occurrence. A column keeps its index; others may follow while the list is read. */
  get columns(): readonly Column[] {
    return this.#facts.slice(0, MAX_COLUMNS).map((facts) => facts.column);
  }

  get columnsLeftOut(): number {
    return Math.max(0, this.#facts.length - MAX_COLUMNS);
  }

  /**
   * Finds all rows. `onRows` is called from time to time. Rejects with `response.listTwice`, `response.itemTooLarge`, an
   * error of the disk, or when aborted. A list that is cut ends with its last complete item.
   */
  async read(onRows: () => void, signal?: AbortSignal): Promise<void> {
    const slice = workSlices(signal);
    for await (const part of this.#source.parts()) {
      // One character per byte, so that the places of the items are those of their bytes.
      for (const item of this.#items.take(
        Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('latin1'),
      )) {
        this.#add(item);
        const pause = slice();
        if (pause) {
          onRows();
          await pause;
        }
      }
    }
    if (this.#items.hasSecondList) {
      throw listTwice();
    }
    this.#isRead = true;
  }

  /** The cells of some rows, each with one for every column. */
  async rows(indexes: readonly number[]): Promise<readonly (readonly Cell[])[]> {
    const width = Math.min(this.#facts.length, MAX_COLUMNS);
    return (await this.#texts(indexes)).map((text) => this.#names.row(valuesOf(text), width));
  }

  /** The JSON of an item. */
  async json(index: number): Promise<string> {
    return (await this.#texts([index]))[0] ?? '';
  }

  /** All rows in the order of the list, a few at a time. */
  async *batches(signal?: AbortSignal): AsyncGenerator<RowBatch> {
    const slice = workSlices(signal);
    for (let first = 0; first < this.count; first += BATCH) {
      const indexes = Array.from({ length: Math.min(BATCH, this.count - first) }, (_, at) => first + at);
      yield { first, rows: await this.rows(indexes) };
      await slice();
    }
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  #add(item: string): void {
    if (this.#places.length >= MAX_ROWS) {
      this.#leftOut++;
      return;
    }
    this.#places.push(this.#items.place);
    this.#hasObjects ||= item.startsWith('{');
    const values = valuesOf(fromLatin1(item));
    this.#names.add(values);
    for (const { key, name, json } of values) {
      const index = this.#names.indexOf(key);
      (this.#facts[index] ??= new ColumnFacts(key, name)).add(json);
      this.#mayHaveSecrets ||= this.#secrets.mayHave(name, json);
    }
  }

  async #texts(indexes: readonly number[]): Promise<readonly string[]> {
    const texts: string[] = [];
    for (let at = 0; at < indexes.length;) {
      const run = this.#runAt(indexes, at);
      const places = indexes.slice(at, run).map((index) => this.#places[index] ?? NOWHERE);
      const start = places[0]?.start ?? 0;
      const bytes = Buffer.from(await this.#source.read(start, places.at(-1)?.end ?? start));
      texts.push(...places.map((place) => bytes.toString('utf8', place.start - start, place.end - start).trim()));
      at = run;
    }
    return this.#mayHaveSecrets ? texts.map((text) => this.#secrets.mask(text)) : texts;
  }

  /** The end of the rows that follow each other in the list, so that one read fetches them. */
  #runAt(indexes: readonly number[], from: number): number {
    const start = this.#places[indexes[from] ?? 0]?.start ?? 0;
    let to = from + 1;
    while (
      to < indexes.length &&
      indexes[to] === (indexes[to - 1] ?? 0) + 1 &&
      (this.#places[indexes[to] ?? 0]?.end ?? 0) - start < MAX_READ
    ) {
      to++;
    }
    return to;
  }
}

export interface RowBatch {
  /** Index of the first row. */
  readonly first: number;
  readonly rows: readonly (readonly Cell[])[];
}

/** A browser draws no taller page, and no spreadsheet has more rows. */
const MAX_ROWS = 1_000_000;
const MAX_COLUMNS = 200;
const BATCH = 200;
/** Bytes. */
const MAX_READ = 4_000_000;
const NOWHERE: ItemPlace = { start: 0, end: 0 };

/** An item that is not valid JSON is shown as the text that came. */
function valuesOf(item: string): ItemValues {
  return itemValues(item) ?? itemValues(JSON.stringify(item)) ?? [];
}

function fromLatin1(text: string): string {
  return BEYOND_ASCII.test(text) ? Buffer.from(text, 'latin1').toString() : text;
}

const BEYOND_ASCII = /[\x80-\xff]/;
