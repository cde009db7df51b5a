import assert from 'node:assert/strict';
import { RowCache } from '../../../src/webview/table/rowCache.ts';

describe('the rows of a page', () => {
  let requests: string[];
  let cache: RowCache;
  beforeEach(() => {
    requests = [];
    cache = new RowCache((from, to) => requests.push(`${from}-${to}`));
    cache.reset(1050);
  });

  const rows = (from: number, to: number): string[][] =>
    Array.from({ length: to - from }, (_, at) => [String(from + at)]);

  it('are requested in blocks, each once, and found when they arrive (E7)', () => {
    cache.want(90, 130);
    cache.want(95, 140);
    cache.want(1040, 2000);
    assert.deepEqual(requests, ['0-100', '100-200', '1000-1050']);
    assert.equal(cache.row(120), undefined);
    cache.add(100, rows(100, 200));
    assert.deepEqual(cache.row(120), ['120']);
    cache.want(90, 130);
    assert.equal(requests.length, 3);
  });

  it('are forgotten when others take their places, and late ones are not taken (E7)', () => {
    cache.want(0, 10);
    cache.reset(50);
    cache.add(0, rows(0, 100));
    assert.equal(cache.row(0), undefined);
    cache.want(0, 10);
    assert.deepEqual(requests, ['0-100', '0-50']);
  });

  it('stay when more follow, except for a block that was not full (E7)', () => {
    cache.want(900, 1050);
    cache.add(900, rows(900, 1000));
    cache.add(1000, rows(1000, 1050));
    cache.grow(3000);
    assert.deepEqual([cache.row(950), cache.row(1010)], [['950'], undefined]);
    cache.want(1000, 1100);
    assert.equal(requests.at(-1), '1000-1100');
  });

  it('are at most some thousands in memory (E7)', () => {
    cache.reset(100_000);
    for (let from = 0; from < 10_000; from += 100) {
      cache.want(from, from + 100);
      cache.add(from, rows(from, from + 100));
    }
    assert.deepEqual([cache.row(0), cache.row(4999), cache.row(5000)], [undefined, undefined, ['5000']]);
  });
});
