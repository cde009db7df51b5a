import { sentence, type LocalizableMessage } from './messages.ts';

/** So many of something, said with the words that fit one or several: "1 item", "12 items". */
export function counted(one: string, several: string): (count: number) => LocalizableMessage {
  return (count) => sentence(count === 1 ? one : several, count);
}

export const items = counted('1 item', '{0} items');
export const pages = counted('1 page', '{0} pages');
export const rows = counted('1 row', '{0} rows');
export const operations = counted('1 operation', '{0} operations');
export const seconds = counted('1 second', '{0} seconds');
