import { generator } from './random.ts';
import type { Suite } from 'mocha';

/**
 * To be called in a `describe`: with the environment variable `SHUFFLE_SEED` its tests run in another order, which shows
 * whether one of them leans on another. The same number gives the same order.
 */
export function shuffleTests(): void {
  const seed = Number(process.env.SHUFFLE_SEED);
  if (seed > 0) {
    before(function () {
      const suite = this.test?.parent;
      if (suite) {
        shuffleSuite(suite, generator(seed));
      }
    });
  }
}

function shuffleSuite(suite: Suite, random: () => number): void {
  shuffle(suite.tests, random);
  shuffle(suite.suites, random);
  for (const nested of suite.suites) {
    shuffleSuite(nested, random);
  }
}

function shuffle(items: unknown[], random: () => number): void {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other], items[last]];
  }
}
