import assert from 'node:assert/strict';
import { connectionId } from '../../../src/core/connections/connection.ts';
import { copySeparator, csvSeparator, Settings } from '../../../src/host/platform/settings.ts';
import { ACME } from '../../support/hostFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const ACME_ID = connectionId('https://eu.ninjarmm.com', ACME.clientId, 'native');

describe('settings', () => {
  const editor = useVscode();
  let settings: Settings;
  beforeEach(() => {
    settings = new Settings();
  });
  afterEach(() => {
    settings.dispose();
  });

  const values = (): object => {
    const { clipboardClearAfter, httpTimeout, liveCatalog, groupBy, maxItems, keepBodies, proxySupport } = settings;
    return { clipboardClearAfter, httpTimeout, liveCatalog, groupBy, maxItems, keepBodies, proxySupport };
  };

  it('have the defaults of the manifest', () => {
    assert.deepEqual(settings.connections, []);
    assert.deepEqual(values(), {
      clipboardClearAfter: 45,
      httpTimeout: 60_000,
      liveCatalog: true,
      groupBy: 'resource',
      maxItems: 1000,
      keepBodies: false,
      proxySupport: 'override',
    });
  });

  it('are the values of the user', () => {
    editor.configuration.set('ninjaone.clipboard.clearAfter', 0);
    editor.configuration.set('ninjaone.http.timeout', 5);
    editor.configuration.set('ninjaone.explorer.liveCatalog', false);
    editor.configuration.set('ninjaone.history.keepBodies', true);
    editor.configuration.set('http.proxySupport', 'off');
    assert.deepEqual(values(), {
      clipboardClearAfter: 0,
      httpTimeout: 5000,
      liveCatalog: false,
      groupBy: 'resource',
      maxItems: 1000,
      keepBodies: true,
      proxySupport: 'off',
    });
  });

  for (const place of ['workspace', 'folder'] as const) {
    it(`take nothing that matters for security from a ${place} (C2, T50)`, () => {
      const before = values();
      for (const [key, value] of [
        ['connections', [ACME]],
        ['clipboard.clearAfter', 0],
        ['http.timeout', 1],
        ['explorer.liveCatalog', false],
        ['history.keepBodies', true],
      ] as const) {
        editor.configuration.set(`ninjaone.${key}`, value, place);
      }
      assert.deepEqual(values(), before);
      assert.deepEqual(settings.connections, []);
    });
  }

  it('take from a workspace how things look', () => {
    editor.configuration.set('ninjaone.explorer.groupBy', 'tag', 'workspace');
    editor.configuration.set('ninjaone.response.maxItems', 10, 'workspace');
    editor.configuration.set('ninjaone.csv.separator', 'semicolon', 'workspace');
    assert.equal(settings.groupBy, 'tag');
    assert.equal(settings.maxItems, 10);
    assert.deepEqual([csvSeparator(), copySeparator()], [';', ';']);
  });

  it('keep within bounds, and fall back where a value makes no sense', () => {
    for (const [value, seconds] of [
      [-1, 1],
      [1e9, 600],
      ['fast', 60],
      [null, 60],
    ] as const) {
      editor.configuration.set('ninjaone.http.timeout', value);
      assert.equal(settings.httpTimeout, seconds * 1000);
    }
    editor.configuration.set('ninjaone.explorer.groupBy', 'colour');
    assert.equal(settings.groupBy, 'resource');
    editor.configuration.set('ninjaone.csv.separator', 'tab');
    assert.equal(copySeparator(), '\t');
    assert.match(csvSeparator(), /^[,;]$/);
  });

  it('find a connection by its name', () => {
    editor.configuration.set('ninjaone.connections', [ACME]);
    assert.equal(settings.connection('Acme')?.clientId, 'client-1');
    assert.equal(settings.connection('Beta'), undefined);
    assert.equal(settings.connection({ name: 'Acme' }), undefined);
  });

  it('list what is wrong, and keep the good connections (C1)', () => {
    editor.configuration.set('ninjaone.connections', [{ ...ACME, name: 'Broken', instance: 'mars' }, ACME]);
    assert.deepEqual(
      settings.connections.map(({ name }) => name),
      ['Acme'],
    );
    assert.deepEqual(
      settings.parsed.problems.map(({ connection, field }) => [connection, field]),
      [['Broken', 'instance']],
    );
  });

  it('tell what has changed, and nothing else', () => {
    const heard: string[] = [];
    settings.onDidChangeConnections(() => heard.push('connections'));
    settings.onDidChangeExplorer(() => heard.push('explorer'));
    settings.onDidChangeHistory(() => heard.push('history'));
    editor.configuration.set('editor.fontSize', 12);
    editor.configuration.set('ninjaone.http.timeout', 5);
    assert.deepEqual(heard, []);
    editor.configuration.set('ninjaone.explorer.groupBy', 'tag');
    editor.configuration.set('ninjaone.history.keepBodies', true);
    editor.configuration.set('ninjaone.connections', [ACME]);
    assert.deepEqual(heard, ['explorer', 'history', 'connections']);
    settings.dispose();
    editor.configuration.set('ninjaone.connections', []);
    assert.equal(heard.length, 3);
  });

  it('are written for the user', async () => {
    await settings.setGroupBy('path');
    assert.equal(editor.configuration.user('ninjaone.explorer.groupBy'), 'path');
    const connection = await settings.writeConnection(ACME_ID, (entries) => [...entries, ACME]);
    assert.equal(connection.name, 'Acme');
    assert.deepEqual(editor.configuration.user('ninjaone.connections'), [ACME]);
    assert.equal(settings.connections.length, 1);
  });

  for (const value of [{ name: 'Acme', clientId: 'only copy' }, 'text', 7, false]) {
    it(`are not written over ${JSON.stringify(value)}, which is no list (C1)`, async () => {
      editor.configuration.set('ninjaone.connections', value);
      const refused = { code: 'settings.notAList', action: 'openSettings' };
      assert.throws(() => {
        settings.throwIfNotWritable();
      }, refused);
      await assert.rejects(
        settings.write((entries) => [...entries, ACME]),
        refused,
      );
      assert.deepEqual(editor.configuration.user('ninjaone.connections'), value);
    });
  }

  it('say so when the file cannot be written, and where to put it right', async () => {
    editor.configuration.refuseWrites();
    await assert.rejects(
      settings.write(() => []),
      { code: 'settings.notWritten', action: 'openSettings' },
    );
  });

  it('answer with the connection that was written, and with no other one of its name (X7)', async () => {
    await assert.rejects(
      settings.writeConnection(ACME_ID, () => [{ ...ACME, instance: 'us' }]),
      { code: 'settings.notWritten' },
    );
    const renamed = await settings.writeConnection(ACME_ID, () => [
      { ...ACME, instance: 'us' },
      { ...ACME, name: 'Acme EU' },
    ]);
    assert.deepEqual([renamed.id, renamed.name], [ACME_ID, 'Acme EU']);
  });

  it('say so when what was written is no connection', async () => {
    await assert.rejects(
      settings.writeConnection(ACME_ID, () => [{ ...ACME, instance: 'mars' }]),
      { code: 'settings.notWritten' },
    );
  });
});
