import assert from 'node:assert/strict';
import { mock } from 'node:test';
import {
  Coalescer,
  DisposableStore,
  Emitter,
  KeyedSingleFlight,
  withTimeout,
} from '../../../src/core/base/lifecycle.ts';

describe('Emitter', () => {
  it('calls every listener once per value until it is disposed (A12)', () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    const listener = (value: number): void => void heard.push(`a${value}`);
    const first = emitter.event(listener);
    emitter.event(listener);
    emitter.fire(1);
    first.dispose();
    first.dispose();
    emitter.fire(2);
    assert.deepEqual(heard, ['a1', 'a1', 'a2']);
  });

  it('calls the other listeners when one throws', () => {
    const emitter = new Emitter<number>();
    const heard: number[] = [];
    emitter.event(() => {
      throw new Error('first');
    });
    emitter.event((value) => heard.push(value));
    assert.throws(() => emitter.fire(7), /first/);
    assert.deepEqual(heard, [7]);
  });

  it('lets a listener remove itself while a value is fired', () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    const first = emitter.event(() => {
      heard.push('first');
      first.dispose();
    });
    emitter.event(() => heard.push('second'));
    emitter.fire(1);
    emitter.fire(2);
    assert.deepEqual(heard, ['first', 'second', 'second']);
  });

  it('calls no listener after it was disposed, not even a new one', () => {
    const emitter = new Emitter<number>();
    const heard: number[] = [];
    emitter.event((value) => heard.push(value));
    emitter.dispose();
    emitter.event((value) => heard.push(value));
    emitter.fire(1);
    assert.deepEqual(heard, []);
  });
});

describe('DisposableStore', () => {
  it('disposes its items once and in reverse order, and a late item at once', () => {
    const store = new DisposableStore();
    const gone: string[] = [];
    const item = (name: string): { dispose(): void } => ({ dispose: () => void gone.push(name) });
    store.add(item('a'));
    store.add(item('b'));
    store.dispose();
    store.dispose();
    assert.deepEqual(gone, ['b', 'a']);
    store.add(item('late'));
    assert.deepEqual(gone, ['b', 'a', 'late']);
  });
});

describe('KeyedSingleFlight', () => {
  it('runs the task once for 10,000 concurrent calls, and returns its result to all of them (A9)', async () => {
    const flights = new KeyedSingleFlight<number>();
    let runs = 0;
    const task = async (): Promise<number> => {
      runs += 1;
      await Promise.resolve();
      return 42;
    };
    const results = await Promise.all(Array.from({ length: 10_000 }, () => flights.run('key', task)));
    assert.equal(runs, 1);
    assert.ok(results.every((result) => result === 42));
  });

  it('runs other keys separately, and runs again after an end or a failure (A9)', async () => {
    const flights = new KeyedSingleFlight<number>();
    const runs: string[] = [];
    const task = (key: string) => (): Promise<number> => {
      runs.push(key);
      return key === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve(1);
    };
    await Promise.all([flights.run('a', task('a')), flights.run('b', task('b')), flights.run('a', task('a'))]);
    await assert.rejects(Promise.all([flights.run('bad', task('bad')), flights.run('bad', task('bad'))]), /no/);
    await assert.rejects(flights.run('bad', task('bad')), /no/);
    await flights.run('a', task('a'));
    assert.deepEqual(runs, ['a', 'b', 'bad', 'bad', 'a']);
  });
});

describe('within', () => {
  it('settles like the promise, or rejects when that takes too long (A9)', async () => {
    const late = (): Error => new Error('late');
    assert.equal(await withTimeout(1000, Promise.resolve(1), late), 1);
    await assert.rejects(withTimeout(1000, Promise.reject(new Error('own')), late), /own/);
    await assert.rejects(withTimeout(1, new Promise(() => {}), late), /late/);
  });
});

describe('Coalescer', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  it('runs a pending call once and immediately when it is flushed, and does nothing without one', () => {
    let runs = 0;
    const coalescer = new Coalescer(20, () => {
      runs += 1;
    });
    coalescer.flush();
    assert.equal(runs, 0);
    coalescer.run();
    coalescer.flush();
    mock.timers.tick(100);
    assert.equal(runs, 1);
  });

  it('runs once for all calls within the delay, and again for later calls', () => {
    let runs = 0;
    const coalescer = new Coalescer(20, () => {
      runs += 1;
    });
    coalescer.run();
    coalescer.run();
    assert.equal(runs, 0);
    mock.timers.tick(20);
    assert.equal(runs, 1);
    coalescer.run();
    mock.timers.tick(20);
    assert.equal(runs, 2);
  });

  it('does not run after it was disposed', () => {
    let runs = 0;
    const coalescer = new Coalescer(20, () => {
      runs += 1;
    });
    coalescer.run();
    coalescer.dispose();
    mock.timers.tick(100);
    assert.equal(runs, 0);
  });
});
