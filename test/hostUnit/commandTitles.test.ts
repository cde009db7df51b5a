import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { COMMANDS, type Command } from '../../src/host/platform/contributions.ts';
import { powershellScript } from '../../src/core/export/powershellScript.ts';
import { json, requestOf } from '../support/apiClientFixture.ts';
import { BETA, openExplorer, type ExplorerFixture } from '../support/explorerFixture.ts';
import { ACME } from '../support/hostFixture.ts';
import { LIST_DEVICES } from '../support/operationFixtures.ts';
import { until } from '../support/sessionFixture.ts';
import { useVscode } from '../support/vscode/fakeVscode.ts';
import { Uri } from '../support/vscode/values.ts';

const TITLES = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Readonly<Record<string, string>>;

/** The first is not in the palette, and the second shows a list, as its title says. */
const EXEMPT: readonly Command[] = ['ninjaone.useConnection', 'ninjaone.history.show'];

const WEB = { ...ACME, platform: 'web', redirectUri: 'https://vscode.dev/redirect' };
const LIST = 'GET /v2/organizations';

interface State {
  readonly connections?: readonly object[];
  readonly prepare?: () => Promise<unknown>;
  /** The commands that ask in this state, and may do nothing in another one. */
  readonly ask: readonly Command[];
}

/** A command asks before it acts: for a choice, a value, a file or a confirmation. */
describe('the title of a command ends in an ellipsis if it asks', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  afterEach(async () => (explorer as ExplorerFixture | undefined)?.close());

  const send = async (): Promise<void> => {
    explorer.answers('/v2/organizations', json([{ id: 1 }]));
    await explorer.run('ninjaone.explorer.run', LIST);
  };

  const STATES: Readonly<Record<string, State>> = {
    'with several connections': {
      ask: [
        'ninjaone.signIn',
        'ninjaone.signOut',
        'ninjaone.reset',
        'ninjaone.addConnection',
        'ninjaone.editConnection',
        'ninjaone.removeConnection',
        'ninjaone.testConnection',
        'ninjaone.selectConnection',
        'ninjaone.openSetupGuide',
        'ninjaone.openClientApps',
        'ninjaone.copyRedirectUri',
        'ninjaone.copyAccessToken',
        'ninjaone.openTerminal',
        'ninjaone.getAccessToken',
        'ninjaone.showToken',
        'ninjaone.refreshToken',
        'ninjaone.unlockWrites',
        'ninjaone.explorer.goToOperation',
        'ninjaone.explorer.filter',
        'ninjaone.explorer.groupBy',
        'ninjaone.explorer.run',
        'ninjaone.explorer.addFavorite',
        'ninjaone.explorer.open',
        'ninjaone.explorer.copyAs',
        'ninjaone.explorer.saveAsPowerShell',
      ],
    },
    'with several connections that may write': {
      prepare: () => {
        explorer.allowWrites('Acme');
        explorer.allowWrites('Beta');
        return Promise.resolve();
      },
      ask: ['ninjaone.lockWrites'],
    },
    'with a client secret': { connections: [WEB], ask: ['ninjaone.setClientSecret'] },
    'with a favorite': {
      prepare: () => explorer.run('ninjaone.explorer.addFavorite', LIST),
      ask: ['ninjaone.explorer.removeFavorite'],
    },
    'while a sign-in waits for the browser': {
      prepare: async () => {
        void explorer.run('ninjaone.signIn', 'Acme');
        await until(() => editor.env.opened.length > 0);
      },
      ask: ['ninjaone.pasteRedirectUrl'],
    },
    'in a request document': {
      prepare: () => explorer.write('GET /v2/device/{id}', { path: { id: 7 } }),
      ask: ['ninjaone.request.copyAs', 'ninjaone.request.changeConnection'],
    },
    'in a form': {
      prepare: () => explorer.write('POST /v2/knowledgebase/articles/upload'),
      ask: ['ninjaone.request.chooseFile'],
    },
    'in a saved script': {
      prepare: async () => {
        const text = powershellScript(requestOf(LIST_DEVICES)).replace(/'https:[^']+'/, "'https://eu.ninjarmm.com'");
        const file = Uri.file('/scripts/List-devices.ps1');
        editor.workspace.have(file, text);
        await editor.workspace.show(file);
      },
      ask: ['ninjaone.runScript'],
    },
    'in a response': {
      prepare: send,
      ask: ['ninjaone.response.saveJson', 'ninjaone.response.saveCsv'],
    },
    'in a response with secrets': {
      prepare: async () => {
        explorer.answers('/v2/device/7/dashboard-url', json({ url: 'https://one.example', other: 'two' }));
        editor.user.answers(/\bid\b/, '7');
        editor.user.answers(/reads secrets/, 'Send');
        await explorer.run('ninjaone.explorer.run', 'GET /v2/device/{id}/dashboard-url');
      },
      ask: ['ninjaone.response.revealValue', 'ninjaone.response.copyValue'],
    },
    'in a table': {
      prepare: async () => {
        await send();
        await explorer.run('ninjaone.response.showTable');
      },
      ask: ['ninjaone.table.saveCsv', 'ninjaone.table.chooseColumns'],
    },
    'with an object selected in the Resources view': {
      prepare: async () => {
        explorer.answers('/v2/organizations', json([{ id: 1, name: 'Acme' }]));
        await explorer.feature.resources();
        const view = editor.window.treeView('ninjaone.resources');
        const [root] = (await view.provider.getChildren()) ?? [];
        view.select(...((await view.provider.getChildren(root)) ?? []));
      },
      ask: ['ninjaone.resources.showOperations'],
    },
    'with a history': {
      prepare: async () => {
        await send();
        await send();
        await explorer.remembered(2);
        for (const { uri } of editor.workspace.documents) {
          editor.workspace.closeTab(uri);
        }
      },
      ask: ['ninjaone.history.rerun', 'ninjaone.history.compare', 'ninjaone.history.clear'],
    },
  };

  for (const [state, { connections = [ACME, BETA], prepare, ask }] of Object.entries(STATES)) {
    it(`${state} (E14)`, async () => {
      explorer = await openExplorer(editor, { connections });
      await prepare?.();
      editor.user.closesAll();
      const asking = new Set<Command>();
      // Others may bring another document to the front.
      for (const command of new Set([...ask, ...COMMANDS])) {
        const before = editor.user.asked.length;
        await explorer.run(command);
        if (editor.user.asked.slice(before).some(({ kind }) => kind !== 'message')) {
          asking.add(command);
        }
      }
      const wrong = [...asking].filter((command) => !EXEMPT.includes(command) && !titleOf(command).endsWith('…'));
      assert.deepEqual(wrong, []);
      assert.deepEqual(
        ask.filter((command) => !asking.has(command)),
        [],
      );
    });
  }

  it('and no other title does (E14)', () => {
    const asking = new Set(Object.values(STATES).flatMap(({ ask }) => ask));
    assert.deepEqual(
      COMMANDS.filter((command) => titleOf(command).endsWith('…')),
      COMMANDS.filter((command) => asking.has(command)),
    );
  });
});

function titleOf(command: Command): string {
  return TITLES[command.replace('ninjaone.', 'command.')] ?? '';
}
