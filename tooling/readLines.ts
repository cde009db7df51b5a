import type { Readable } from 'node:stream';

/** Calls `onLine` for every complete line of UTF-8 text, without its line feed. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (text + chunk).split('\n');
    text = lines.pop() ?? '';
    lines.forEach(onLine);
  });
}
