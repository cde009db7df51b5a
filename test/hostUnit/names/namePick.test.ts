import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { json, type FakeResponse } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture, type ExplorerFixtureOptions } from '../../support/explorerFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import type { FakeQuickPick } from '../../support/vscode/quickInput.ts';

const DEVICE = 'GET /v2/device/{id}';
const ORGANIZATION = 'GET /v2/organization/{id}';

type List = FakeQuickPick<vscode.QuickPickItem>;

describe('the question for an ID', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  const open = async (options?: ExplorerFixtureOptions): Promise<void> => {
    explorer = await openExplorer(editor, options);
    explorer.answers('/v2/organizations', json([ACME_DENTAL, { id: 2, name: 'Birch' }]));
    explorer.answers('/v2/locations', json([{ id: 101, name: 'Main office', organizationId: 1 }]));
  };
  afterEach(() => explorer.close());

  /** Runs the operation, and does this with the list that asks. */
  const ask = async (operation: string, handle: (list: List) => Promise<void> | void): Promise<void> => {
    editor.user.picksFrom(/\bid\b/, handle);
    await explorer.run('ninjaone.explorer.run', operation);
  };
  const has = (list: List, label: string): Promise<void> => until(() => list.labels.includes(label));
  /** Presses Enter until it is about rows that the user can see. */
  const accept = (list: List): Promise<void> =>
    until(() => {
      list.accept();
      return !list.isVisible;
    });
  /** Types one letter after the other. */
  const type = (list: List, text: string): void => {
    for (let end = 1; end <= text.length; end += 1) {
      list.type(text.slice(0, end));
    }
  };

  it('takes a typed ID with one Enter and without another request (E5, E16)', async () => {
    await open();
    await ask(DEVICE, (list) => {
      type(list, '1001');
      list.accept();
    });
    assert.deepEqual(explorer.calls, ['GET /v2/device/1001']);
  });

  it('lists names, and takes the ID of the one that is picked (E16)', async () => {
    await open();
    await ask(ORGANIZATION, async (list) => {
      assert.ok(list.busy);
      await has(list, 'Birch');
      assert.equal(list.busy, false);
      list.focus('Birch');
      await accept(list);
    });
    assert.deepEqual(explorer.calls, ['GET /v2/organizations?pageSize=1000', 'GET /v2/organization/2']);
  });

  it('takes no name when Enter is pressed before something is typed (E9, E16)', async () => {
    await open();
    await ask(ORGANIZATION, async (list) => {
      await has(list, 'Birch');
      // Also after VS Code has shown the rows.
      for (let turn = 0; turn < 10; turn += 1) {
        list.accept();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      assert.ok(list.isVisible);
      list.escape();
    });
    assert.deepEqual(explorer.calls, ['GET /v2/organizations?pageSize=1000']);
  });

  it('proposes the last value with its name, which Enter takes (E5, E16)', async () => {
    await open();
    await ask(ORGANIZATION, async (list) => {
      await has(list, 'Birch');
      list.type('bir');
      list.accept();
    });
    await ask(ORGANIZATION, (list) => {
      assert.deepEqual([list.items[0]?.label, list.items[0]?.description], ['2', 'Birch']);
      list.accept();
    });
    assert.deepEqual(explorer.calls.slice(1), ['GET /v2/organization/2', 'GET /v2/organization/2']);
  });

  it('tells equal names apart by organization and location, with two more requests (E16)', async () => {
    await open();
    explorer.answers('/v2/devices', json([device(7, 1, 101), device(8, 2)]));
    await ask(DEVICE, async (list) => {
      await until(() => list.items.some(({ description = '' }) => description.includes('Main office')));
      assert.deepEqual(
        list.items.map(({ label, description }) => [label, description]),
        [
          ['SRV', '7 · Acme Dental · Main office'],
          ['SRV', '8 · Birch'],
        ],
      );
      list.type('srv birch');
      list.accept();
    });
    assert.deepEqual(explorer.calls, [
      'GET /v2/devices?pageSize=500',
      'GET /v2/organizations?pageSize=1000',
      'GET /v2/locations?pageSize=1000',
      'GET /v2/device/8',
    ]);
  });

  it('searches in NinjaOne while more devices exist than were listed, once for ten quick key strokes (E16)', async () => {
    await open();
    explorer.answers('/v2/devices', json(Array.from({ length: 500 }, (_, index) => device(index + 1, 1))));
    explorer.answers('/v2/devices/search', json({ devices: [{ ...device(9001, 2), displayName: 'ACME-09001' }] }));
    await ask(DEVICE, async (list) => {
      await has(list, 'SRV');
      assert.equal(list.items.length, 101);
      assert.match(list.labels.at(-1) ?? '', /^Only 100 names are listed\. Type more/);
      type(list, 'ACME-09001');
      await has(list, 'ACME-09001');
      await accept(list);
    });
    assert.deepEqual(
      explorer.calls.filter((call) => call.includes('device')),
      ['GET /v2/devices?pageSize=500', 'GET /v2/devices/search?q=ACME-09001&limit=50', 'GET /v2/device/9001'],
    );
  });

  it('keeps the user on the row that they moved to when more rows arrive (E16)', async () => {
    await open();
    let answer: (response: ReturnType<typeof json>) => void = () => {};
    const late: FakeResponse = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    explorer.answers('/v2/devices', json([device(7, 1), { ...device(8, 2), displayName: 'WEB' }]));
    explorer.answers('/v2/organizations', late);
    await ask(DEVICE, async (list) => {
      await has(list, 'WEB');
      await new Promise((resolve) => setTimeout(resolve, 5));
      list.focus('WEB');
      answer(json([ACME_DENTAL, { id: 2, name: 'Birch' }]));
      await until(() => list.items.some(({ description = '' }) => description.includes('Birch')));
      assert.equal(list.activeItems[0]?.label, 'WEB');
      list.accept();
    });
    assert.equal(explorer.calls.at(-1), 'GET /v2/device/8');
  });

  it('takes no row that arrived so shortly before Enter that nobody has seen it (E9, E16)', async () => {
    await open();
    await ask(ORGANIZATION, async (list) => {
      list.type('birch');
      await has(list, 'Birch');
      list.accept();
      assert.ok(list.isVisible);
      await accept(list);
    });
    assert.equal(explorer.calls.at(-1), 'GET /v2/organization/2');
  });

  for (const [status, said] of [
    [403, /rights|permission|role|allow|not let/i],
    [429, /busy|too many|wait/i],
  ] as const) {
    it(`says in the list that NinjaOne answered ${status}, and still takes an ID (E16)`, async () => {
      await open();
      explorer.answers('/v2/organizations', json({}, { status }));
      await ask(ORGANIZATION, async (list) => {
        await has(list, 'Names are not available. Enter the ID instead.');
        assert.match(list.items[0]?.detail ?? '', said);
        type(list, 'birch & more');
        assert.deepEqual(list.labels, ['Names are not available. Enter the ID instead.']);
        list.accept();
        assert.ok(list.isVisible);
        list.type('2');
        list.accept();
      });
      assert.deepEqual(explorer.calls, ['GET /v2/organizations?pageSize=1000', 'GET /v2/organization/2']);
      assert.deepEqual([explorer.errors, editor.window.said], [[], []]);
    });
  }

  it('says in the list that nobody is signed in, and signs in only for the request (E16)', async () => {
    await open({ scopes: [] });
    await ask(ORGANIZATION, async (list) => {
      await has(list, 'Names are not available. Enter the ID instead.');
      assert.match(list.items[0]?.detail ?? '', /Sign in to Acme/);
      list.escape();
    });
    assert.deepEqual(explorer.calls, []);
  });

  it('says what is wrong with a text that is no name and no ID (E5, E16)', async () => {
    await open();
    await ask(ORGANIZATION, async (list) => {
      await has(list, 'Birch');
      list.type('zebra');
      assert.match(list.labels.join(), /^No organization has a name with "zebra"/);
      assert.match(list.items[0]?.detail ?? '', /whole number/);
      list.accept();
      assert.ok(list.isVisible);
      list.escape();
    });
  });

  describe('asks NinjaOne again', () => {
    const look = (): Promise<void> =>
      ask(ORGANIZATION, async (list) => {
        await has(list, 'Birch');
        list.escape();
      });
    const lists = (): number => explorer.calls.filter((call) => call.includes('/v2/organizations')).length;
    beforeEach(async () => {
      await open();
      await look();
      await look();
      assert.equal(lists(), 1);
    });

    it('after a sign-out (A13, E16)', async () => {
      const { window, settings, sessions } = explorer.host;
      for (const { session } of window.tokens.usable()) {
        await window.tokens.signOut(session.id);
      }
      await window.signIn(sessions, ['monitoring'], {}, settings.connections[0]);
      await look();
      assert.equal(lists(), 2);
    });

    it('after its connection was changed (C4, E16)', async () => {
      editor.configuration.set('ninjaone.connections', [{ ...ACME, clientId: 'client-2' }]);
      await until(() => explorer.host.window.tokens.usable().length === 0);
      editor.configuration.set('ninjaone.connections', [ACME]);
      await until(() => explorer.host.window.tokens.usable().length === 1);
      await look();
      assert.equal(lists(), 2);
    });
  });
});

const ACME_DENTAL = { id: 1, name: 'Acme Dental' };

function device(id: number, organizationId: number, locationId?: number): Record<string, unknown> {
  return { id, displayName: 'SRV', organizationId, locationId };
}
