import { getOwn } from '../base/untrusted.ts';
import type { Paging } from '../catalog/operation.ts';
import type { ApiRequest } from './apiRequest.ts';
import type { ListHeaders } from './listHeaders.ts';
import { cursorIn, startsAtCursor } from './pagingStyles.ts';
import { MENTIONED_NUMBER, MENTIONS, NO_LINK, ORDERED_NUMBER, PAGING_TABLE, type PagingRule } from './pagingTable.ts';

/** A page of the list: the response, if need be without its items, and the items. */
interface ProvenPage {
  readonly response: unknown;
  readonly items: readonly unknown[];
}

/**
 * Whether the pages of a list prove that nothing is missing between and after them: their items have the order of the
 * style, their offsets join, and nothing in them mentions more items than came (`PAGING_TABLE`, `MENTIONS`).
 */
export class ListProof {
  readonly #order: PagingRule['order'];
  readonly #isFromCursor: boolean;
  /** The number of the item before. */
  #number: number | undefined;
  #rises = false;
  #falls = false;
  #repeats = false;
  #before: { readonly offset: number; readonly count: number } | undefined;
  #joins = true;
  #count = 0;
  #total = 0;
  #pages = 0;
  #allPages = 0;
  #hasMore = false;

  /** `first` is the request of the first page. */
  constructor(first: ApiRequest, paging: Paging) {
    this.#order = PAGING_TABLE[paging.style].order;
    this.#isFromCursor = startsAtCursor(first);
    this.#number = numberOf(cursorIn(first, paging)?.value);
  }

  /** The next page. An empty page can mention more items, too, and so can headers. */
  add({ response, items }: ProvenPage, headers: ListHeaders | undefined): void {
    this.#addNumbers(items);
    this.#addOffset(getOwn(getOwn(response, 'cursor'), 'offset'), items.length);
    this.#count += items.length;
    const mentioned = mentionedItems(response, headers);
    this.#hasMore = mentioned.hasNext;
    this.#total = Math.max(this.#total, mentioned.total);
    this.#pages += 1;
    this.#allPages = Math.max(this.#allPages, mentioned.pages);
  }

  /** `end` if the list is complete, provided that the last page is the last one. */
  get reason(): 'end' | 'unsorted' | 'moreMentioned' {
    if (this.#isUnsorted) {
      return 'unsorted';
    }
    // Of a list that begins at a cursor, nobody knows how many items come before it.
    const isShort = !this.#isFromCursor && (this.#total > this.#count || this.#allPages > this.#pages);
    return isShort || this.#hasMore || !this.#joins ? 'moreMentioned' : 'end';
  }

  get #isUnsorted(): boolean {
    const isTurned = { rising: this.#falls, falling: this.#rises, either: this.#rises && this.#falls };
    return this.#order !== undefined && (this.#repeats || isTurned[this.#order.direction]);
  }

  #addNumbers(items: readonly unknown[]): void {
    for (const item of this.#order ? items : []) {
      const number = numberOf(getOwn(item, this.#order?.member ?? ''));
      const before = this.#number;
      if (number !== undefined && before !== undefined) {
        this.#rises ||= number > before;
        this.#falls ||= number < before;
        this.#repeats ||= number === before;
      }
      this.#number = number ?? before;
    }
  }

  /** An offset is that of the first item of its page or that behind the last one. */
  #addOffset(offset: unknown, count: number): void {
    if (typeof offset === 'number' && count > 0) {
      const before = this.#before;
      const step = offset - (before?.offset ?? offset);
      const counts = [before?.count ?? 0, count];
      this.#joins &&= step === 0 || (step >= Math.min(...counts) && step <= Math.max(...counts));
      this.#before = { offset, count };
    }
  }
}

/** What a response says about the rest of its list. */
interface Mentioned extends ListHeaders {
  /** The number of all pages; 0 if it is not mentioned. */
  readonly pages: number;
}

/** What a response and its headers say about the rest of its list, as `MENTIONS` reads it. */
export function mentionedItems(response: unknown, headers: ListHeaders | undefined): Mentioned {
  const { places, totals, pages, flags, ends, links } = MENTIONS;
  const all = [response, ...places.map((name) => getOwn(response, name))];
  const values = (names: readonly string[]): readonly unknown[] =>
    all.flatMap((place) => names.map((name) => getOwn(place, name)));
  const isFlag = (flag: boolean) => (value: unknown) => value === flag || value === String(flag);
  return {
    hasNext:
      headers?.hasNext === true ||
      values(flags).some(isFlag(true)) ||
      values(ends).some(isFlag(false)) ||
      values(links).some(isLink),
    total: Math.max(headers?.total ?? 0, ...values(totals).map(mentionedNumber)),
    pages: Math.max(...values(pages).map(mentionedNumber)),
  };
}

function mentionedNumber(value: unknown): number {
  return typeof value === 'number'
    ? value
    : typeof value === 'string' && MENTIONED_NUMBER.test(value)
      ? Number(value)
      : 0;
}

function numberOf(value: unknown): number | undefined {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && ORDERED_NUMBER.test(value));
  return isNumber ? Number(value) : undefined;
}

function isLink(value: unknown): boolean {
  return (
    value === true ||
    (typeof value === 'string' && !NO_LINK.test(value)) ||
    (typeof value === 'number' && value > 0) ||
    (typeof value === 'object' && value !== null && Object.keys(value).length > 0)
  );
}
