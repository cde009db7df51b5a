import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSession, withTokens, type StoredSession } from '../../../src/core/sessions/session.ts';
import { isSpent, TokenStates } from '../../../src/core/sessions/tokenStates.ts';
import { connection, DAY } from '../../support/sessionFixture.ts';

describe('token states', () => {
  let directory: string;
  let now: number;
  let states: TokenStates;
  const open = (): TokenStates =>
    new TokenStates({ directory: join(directory, 'below'), secretStoreId: () => 'machine', now: () => now });
  beforeEach(async () => {
    now = Date.UTC(2030, 0, 10, 12);
    directory = await mkdtemp(join(tmpdir(), 'ninjaone-states-'));
    states = open();
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const LABEL = 'Acme · eu · monitoring';
  const tokens = (refreshToken: string | undefined): Parameters<typeof createSession>[2] => ({
    accessToken: `access-${refreshToken}`,
    refreshToken,
    issuedAt: now,
    expiresAt: now + 3_600_000,
  });
  const first = (): StoredSession => createSession(connection(), ['monitoring'], tokens('refresh-1'));

  it('are shared by all windows (A7)', async () => {
    const session = first();
    assert.equal(await states.get(session.id), undefined);
    await states.set(session, { kind: 'current', label: LABEL });
    assert.deepEqual(await open().get(session.id), {
      kind: 'current',
      generation: 1,
      spent: [],
      sealed: [],
      label: LABEL,
      writtenAt: now,
    });
  });

  it('know every refresh token that the server has replaced, and contain none of them (A7, T46)', async () => {
    let session = first();
    const former: StoredSession[] = [];
    for (let number = 2; number <= 5; number++) {
      former.push(session);
      const next = withTokens(session, tokens(`refresh-${number}`));
      await states.set(next, { kind: 'spent', label: LABEL, replaced: session.refreshToken });
      await states.set(next, { kind: 'current', label: LABEL });
      session = next;
    }
    const state = await open().get(session.id);
    assert.ok(former.every((each) => isSpent(each, state)));
    assert.ok(!isSpent(session, state));
    const names = await readdir(join(directory, 'below'));
    const texts = await Promise.all(names.map((name) => readFile(join(directory, 'below', name), 'utf8')));
    assert.doesNotMatch(texts.join(), /refresh-|access-/);
  });

  it('keep the later state and all spent tokens when an earlier write comes late (A7)', async () => {
    const [one, two] = [first(), first()];
    const renewed = { ...withTokens(one, tokens('refresh-2')), generation: 3 };
    await states.set(renewed, { kind: 'spent', label: LABEL, replaced: 'refresh-1', seal: () => 'sealed' });
    // Another window has stored the record of generation 2 after all.
    await open().set({ ...one, generation: 2 }, { kind: 'current', label: 'late', replaced: 'refresh-0' });
    const state = await states.get(one.id);
    assert.ok(state?.kind === 'spent');
    assert.deepEqual([state.generation, state.sealed, state.label], [3, ['sealed'], LABEL]);
    assert.ok(isSpent({ ...one, refreshToken: 'refresh-0' }, state));
    assert.ok(isSpent({ ...one, refreshToken: 'refresh-1' }, state));
    await states.set(renewed, { kind: 'current', label: LABEL });
    await states.set(renewed, { kind: 'spent', label: LABEL });
    assert.equal((await states.get(one.id))?.kind, 'current');
    await states.set(two, { kind: 'spent', label: LABEL });
    await states.set(two, { kind: 'current', label: LABEL });
    assert.equal((await states.get(two.id))?.kind, 'current');
  });

  describe('with sealed records', () => {
    const seal = ({ generation }: StoredSession): string => `sealed-${generation}`;
    const renew = async (session: StoredSession, isStored: boolean): Promise<StoredSession> => {
      const next = withTokens(session, tokens(`refresh-${session.generation + 1}`));
      await states.set(next, { kind: 'spent', label: LABEL, replaced: session.refreshToken, seal });
      if (isStored) {
        await states.set(next, { kind: 'current', label: LABEL });
      }
      return next;
    };
    const sealedOf = async ({ id }: StoredSession): Promise<unknown> => {
      const state = await open().get(id);
      return state?.kind === 'ended' ? undefined : state?.sealed;
    };

    it('keep all that are not stored, however long that takes (A7)', async () => {
      let session = await renew(first(), false);
      now += DAY;
      session = await renew(session, false);
      assert.deepEqual(await sealedOf(session), ['sealed-2', 'sealed-3']);
    });

    it('keep one that was just stored, until it has reached every window (A7, P9)', async () => {
      let session = await renew(first(), true);
      assert.deepEqual(await sealedOf(session), ['sealed-2']);
      now += 60_000;
      session = await renew(session, true);
      assert.deepEqual(await sealedOf(session), ['sealed-2', 'sealed-3']);
      now += 60_001;
      session = await renew(session, true);
      assert.deepEqual(await sealedOf(session), ['sealed-4']);
      // A window that takes it over stores it again.
      now += DAY;
      await states.set(session, { kind: 'current', label: LABEL });
      assert.deepEqual(await sealedOf(session), ['sealed-4']);
    });

    it('lose them when their time is over, unless a later one is not stored (A7, P9)', async () => {
      const stored = await renew(first(), true);
      await states.unseal(stored);
      assert.deepEqual(await sealedOf(stored), []);
      const unstored = await renew(stored, false);
      await states.unseal(stored);
      await states.unseal(unstored);
      assert.deepEqual(await sealedOf(unstored), ['sealed-3']);
      await states.set(unstored, { kind: 'current', label: LABEL });
      await states.unseal(stored);
      assert.deepEqual(await sealedOf(unstored), ['sealed-3']);
    });

    it('stay small (A7)', async () => {
      let session = first();
      for (let count = 0; count < 60; count++) {
        session = await renew(session, false);
      }
      const sealed = (await sealedOf(session)) as string[];
      assert.deepEqual([sealed.length, sealed[0], sealed.at(-1)], [48, 'sealed-14', 'sealed-61']);
    });
  });

  it('do not count a refresh token as spent that the server has kept (A7)', async () => {
    const session = first();
    const next = withTokens(session, tokens(undefined));
    await states.set(next, { kind: 'spent', label: LABEL, replaced: session.refreshToken });
    assert.ok(!isSpent(next, await states.get(session.id)));
  });

  it('stay small, however often a session is renewed (A7)', async () => {
    let session = first();
    for (let number = 2; number <= 260; number++) {
      const next = withTokens(session, tokens(`refresh-${number}`));
      await states.set(next, { kind: 'current', label: LABEL, replaced: session.refreshToken });
      session = next;
    }
    const [name] = await readdir(join(directory, 'below'));
    assert.ok((await readFile(join(directory, 'below', name!))).length < 5000);
  });

  it('keep the end of a session, whatever is written later (A13)', async () => {
    const session = first();
    await states.set(session, { kind: 'current', label: LABEL });
    await states.end(session.id);
    await states.set(session, { kind: 'current', label: LABEL });
    assert.deepEqual(await states.get(session.id), { kind: 'ended' });
    assert.equal(await open().isEnded(session.id), true);
    assert.equal((await states.all()).size, 0);
  });

  it('see an end after a line that is torn (A13)', async () => {
    await states.end('first');
    await appendFile(join(directory, 'below', 'ended-2030-01-10.jsonl'), '{"id":"to');
    await states.end('second');
    assert.equal(await open().isEnded('second'), true);
  });

  it('see an end that another window has just recorded (A13)', async () => {
    const other = open();
    for (let count = 0; count < 20; count++) {
      assert.equal(await other.isEnded(`session-${count}`), false);
      await states.end(`session-${count}`);
      assert.equal(await other.isEnded(`session-${count}`), true);
    }
  });

  it('keep ended sessions in one file a day, and delete it after another day (A13)', async () => {
    for (let count = 0; count < 50; count++) {
      await states.set(first(), { kind: 'current', label: LABEL });
    }
    for (const id of (await states.all()).keys()) {
      await states.end(id);
    }
    assert.deepEqual(await readdir(join(directory, 'below')), ['ended-2030-01-10.jsonl']);
    now += DAY;
    await states.end('a session of the next day');
    assert.equal((await readdir(join(directory, 'below'))).length, 2);
    now += DAY;
    await states.deleteExpired();
    assert.deepEqual(await readdir(join(directory, 'below')), ['ended-2030-01-11.jsonl']);
  });

  it('ignore damaged files, and never use an ID as a file name (A14)', async () => {
    await states.set({ ...first(), id: '../../escape' }, { kind: 'current', label: LABEL });
    const damaged = (name: string): string => join(directory, 'below', `${name.repeat(32)}.json`);
    await writeFile(damaged('a'), '{"id":"x"');
    await writeFile(damaged('b'), '{"id":"y","generation":"1"}');
    await writeFile(damaged('c'), 'null');
    await writeFile(damaged('d'), '{"id":"z","generation":1e308,"writtenAt":1,"kind":"current","spent":[1,null]}');
    await writeFile(join(directory, 'below', 'ended-2030-01-10.jsonl'), 'x\n{"id":1}\nnull\n');
    assert.deepEqual([...(await states.all()).keys()], ['../../escape']);
    assert.deepEqual(await readdir(directory), ['below']);
  });

  it('say which secret storage has the record (A7)', async () => {
    const session = first();
    await states.set(session, { kind: 'current', label: LABEL });
    assert.equal((await states.all()).get(session.id)?.isOurs, true);
    const elsewhere = new TokenStates({
      directory: join(directory, 'below'),
      secretStoreId: () => 'browser',
      now: () => now,
    });
    assert.equal((await elsewhere.all()).get(session.id)?.isOurs, false);
  });

  it('know nothing without a folder (A14)', async () => {
    assert.deepEqual([...(await states.all())], []);
    await states.deleteExpired();
    assert.equal(await states.isEnded('x'), false);
    assert.equal(isSpent(first(), { kind: 'ended' }), false);
    assert.equal(isSpent(first(), undefined), false);
  });

  it('delete what a late renewal wrote about an ended session (A13)', async () => {
    const session = first();
    await states.end(session.id);
    await states.set(session, { kind: 'current', label: LABEL });
    assert.equal((await states.all()).size, 0);
    assert.deepEqual(await readdir(join(directory, 'below')), ['ended-2030-01-10.jsonl']);
  });

  it('delete only files of ended sessions, also when another session ends (A13)', async () => {
    await states.end('a');
    const others = ['a.txt', 'an-ended-2029-01-01.jsonl', 'ended-2029-01-01.jsonl.bak', 'ended-2029.jsonl'];
    for (const name of [...others, 'ended-2029-12-31.jsonl']) {
      await writeFile(join(directory, 'below', name), '');
    }
    await states.end('b');
    assert.deepEqual((await readdir(join(directory, 'below'))).sort(), [...others, 'ended-2030-01-10.jsonl'].sort());
  });

  const good = { id: 'x', generation: 1e9, writtenAt: 1, kind: 'spent', spent: ['a'], label: 'L' };
  const files: readonly (readonly [string, object, object | undefined])[] = [
    ['complete', good, { kind: 'spent', generation: 1e9, spent: ['a'], sealed: [], label: 'L', writtenAt: 1 }],
    [
      'sealed',
      { ...good, sealed: ['s', 7] },
      { kind: 'spent', generation: 1e9, spent: ['a'], sealed: ['s'], label: 'L', writtenAt: 1 },
    ],
    [
      'incomplete',
      { ...good, kind: 'odd', spent: 'a', sealed: 's', label: 7 },
      { kind: 'current', generation: 1e9, spent: [], sealed: [], label: '', writtenAt: 1 },
    ],
    [
      'with a damaged hash',
      { ...good, spent: ['a', 7, null] },
      { kind: 'spent', generation: 1e9, spent: ['a'], sealed: [], label: 'L', writtenAt: 1 },
    ],
    ['without an ID', { ...good, id: 7 }, undefined],
    ['without a generation', { ...good, generation: '1' }, undefined],
    ['with a generation that is too high', { ...good, generation: 1e9 + 1 }, undefined],
    ['without a date', { ...good, writtenAt: '1' }, undefined],
  ];
  for (const [name, content, expected] of files) {
    it(`read a file that is ${name} as ${expected ? 'a state' : 'nothing'} (A14)`, async () => {
      await states.set({ ...first(), id: 'x' }, { kind: 'current', label: LABEL });
      const [file = ''] = await readdir(join(directory, 'below'));
      await writeFile(join(directory, 'below', file), JSON.stringify(content));
      assert.deepEqual(await states.get('x'), expected);
    });
  }

  it('are read only from files of their own (A14)', async () => {
    await states.set({ ...first(), id: 'x' }, { kind: 'current', label: LABEL });
    const [file = ''] = await readdir(join(directory, 'below'));
    for (const name of [`0${file}`, `${file}.tmp`]) {
      await writeFile(join(directory, 'below', name), JSON.stringify({ ...good, id: name }));
    }
    assert.deepEqual([...(await states.all()).keys()], ['x']);
  });
});
