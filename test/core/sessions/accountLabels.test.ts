import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Connection, Scope } from '../../../src/core/connections/connection.ts';
import { AccountLabels } from '../../../src/core/sessions/accountLabels.ts';
import { createSession, type Account, type StoredSession } from '../../../src/core/sessions/session.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { connection } from '../../support/sessionFixture.ts';

const TOKENS = { accessToken: 'token', refreshToken: 'refresh', issuedAt: 0, expiresAt: 3_600_000 };

describe('account labels', () => {
  let directory: string;
  let labels: AccountLabels;
  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'ninjaone-labels-')), 'labels');
    labels = open();
  });
  afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

  /** As another window, or the same one after a restart. */
  const open = (): AccountLabels => new AccountLabels({ directory, logger: silentLogger });
  const accountOf = (to: Connection, scopes: readonly Scope[] = ['monitoring'], from = labels): Account =>
    from.account(createSession(to, scopes, TOKENS), to);
  const labelOf = (to: Connection, from = labels): string => accountOf(to, ['monitoring'], from).label;

  const acme = connection();
  const other = connection({ clientId: 'client-2' });

  it('name the connection, instance and scopes (A11)', () => {
    assert.equal(accountOf(acme, ['management', 'monitoring']).label, 'Acme · eu · monitoring, management');
  });

  it('and ids are different for each set of scopes (A11, T52)', () => {
    const sets: Scope[][] = [
      ['monitoring'],
      ['management'],
      ['control'],
      ['monitoring', 'management'],
      ['monitoring', 'control'],
    ];
    const accounts = sets.map((scopes) => accountOf(acme, scopes));
    assert.equal(new Set(accounts.map(({ label }) => label)).size, sets.length);
    assert.equal(new Set(accounts.map(({ id }) => id)).size, sets.length);
  });

  it('belong to accounts with another id for each connection (A11)', () => {
    assert.notEqual(accountOf(acme).id, accountOf(connection({ instance: 'us' })).id);
  });

  it('follow the name of the connection, while the id stays (C4)', () => {
    const renamed = accountOf({ ...acme, name: 'Acme Ltd' });
    assert.equal(renamed.label, 'Acme Ltd · eu · monitoring');
    assert.equal(renamed.id, accountOf(acme).id);
  });

  it('get a number for another client app, with any scopes, in every window and after a restart (A19, T52)', () => {
    assert.equal(labelOf(acme), 'Acme · eu · monitoring');
    assert.equal(labelOf(other), 'Acme (2) · eu · monitoring');
    assert.equal(accountOf(other, ['control']).label, 'Acme (2) · eu · control');
    assert.equal(
      labelOf(connection({ platform: 'spa', redirectUri: 'https://vscode.dev/redirect' })).slice(0, 8),
      'Acme (3)',
    );
    for (const window of [open(), open()]) {
      assert.equal(labelOf(other, window), 'Acme (2) · eu · monitoring');
      assert.equal(labelOf(acme, window), 'Acme · eu · monitoring');
    }
  });

  it('of a removed connection stay with it, and come back with it (A19)', () => {
    labelOf(acme);
    const later = open();
    assert.equal(labelOf(other, later), 'Acme (2) · eu · monitoring');
    assert.equal(labelOf(acme, later), 'Acme · eu · monitoring');
  });

  it('are not exchanged when two names are swapped, and return when they are swapped back (A19)', () => {
    const beta = { ...other, name: 'Beta' };
    const before = [labelOf(acme), labelOf(beta)];
    const swapped = [labelOf({ ...acme, name: 'Beta' }), labelOf({ ...beta, name: 'Acme' })];
    assert.deepEqual(swapped, ['Beta (2) · eu · monitoring', 'Acme (2) · eu · monitoring']);
    assert.deepEqual([labelOf(acme), labelOf(beta)], before);
  });

  it('are not mixed up by names with separators, numbers or another Unicode form (A19)', () => {
    const clients = ['Acme', 'Acme (2)', 'Acme', 'Acme · eu', 'Acme (2)', 'Acm\u00e9', 'Acme\u0301'].map(
      (name, index) => connection({ name, clientId: `client-${index}` }),
    );
    const given = clients.map((each) => labelOf(each).normalize('NFC'));
    assert.equal(new Set(given).size, clients.length, given.join('\n'));
  });

  it('are never shared by two client apps, whatever the names and their order (A19, T52)', () => {
    const names = fc.constantFrom('Acme', 'Acme (2)', 'Acme (2) (2)', 'Acme · eu', '[a](b)', '[a]\u2060(b)', 'B');
    const step = fc.record({ name: names, client: fc.integer({ min: 1, max: 4 }), restart: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.uuid(), (steps, run) => {
        const memory = (): AccountLabels =>
          new AccountLabels({ directory: join(directory, run), logger: silentLogger });
        const owners = new Map<string, string>();
        let window = memory();
        for (const { name, client, restart } of steps) {
          window = restart ? memory() : window;
          const to = { ...connection({ clientId: `client-${client}` }), name };
          const label = labelOf(to, window);
          assert.equal(owners.get(label) ?? to.id, to.id, label);
          assert.equal(labelOf(to, memory()), label);
          owners.set(label, to.id);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of a session without a connection are only shown, and not remembered (A19)', async () => {
    const orphan: StoredSession = createSession(acme, ['monitoring'], TOKENS);
    assert.equal(labels.account(orphan, undefined).label, 'Acme · eu · monitoring');
    await assert.rejects(readdir(directory), { code: 'ENOENT' });
    assert.equal(labelOf(other), 'Acme · eu · monitoring');
    assert.equal(labels.account(orphan, undefined).label, 'Acme (2) · eu · monitoring');
  });

  it('are plain text, also with a hostile name (A16, T41)', () => {
    const [label, record] = [
      labelOf({ ...acme, name: '[x](command:y)$(bug)' }),
      labels.account({ ...createSession(acme, ['monitoring'], TOKENS), connectionName: 'a\n\u202eb' }, undefined).label,
    ];
    assert.equal(label, '[x]\u2060(command:y)$\u2060(bug) · eu · monitoring');
    assert.equal(record, 'a b · eu · monitoring');
  });

  it('leave hashes on the disk, and neither names, addresses nor client IDs (A19, T46)', async () => {
    labelOf(acme);
    labelOf(other);
    const files = await readdir(directory);
    assert.equal(files.length, 2);
    const contents = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
    for (const text of [...files, ...contents]) {
      assert.match(text, /^[0-9a-f]{32}$/);
    }
  });

  it('name the client app by its hash while the memory fails, so that none is shared (A19)', async () => {
    await rm(join(directory, '..'), { recursive: true });
    await writeFile(join(directory, '..'), 'a file where the folder should be');
    const [first, second] = [labelOf(acme), labelOf(other)];
    assert.equal(first, `Acme (${acme.id.slice(0, 8)}) · eu · monitoring`);
    assert.notEqual(first, second);
    await rm(join(directory, '..'));
    assert.equal(labelOf(acme), 'Acme · eu · monitoring');
  });
});
