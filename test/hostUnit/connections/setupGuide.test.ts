import assert from 'node:assert/strict';
import { platformChoices } from '../../../src/host/connections/wizard/wizardChoices.ts';
import { createCommandFixture, type CommandFixture } from '../../support/commandFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { choice } from '../../support/vscode/choice.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const EU = { ...ACME, name: 'Europe', instance: 'eu' };
const US = { ...ACME, name: 'States', instance: 'us', clientId: 'another-client' };

describe('commands of the setup guide', () => {
  const editor = useVscode();
  let host: CommandFixture;
  afterEach(() => host.close());

  const open = async (...connections: readonly unknown[]): Promise<void> => {
    host = await createCommandFixture(editor, connections);
  };
  const pages = (): readonly string[] =>
    editor.commands.callsOf('markdown.showPreview').map(([uri]) => String(uri).replace(/^.*\/media\//, ''));

  describe('Open Setup Guide', () => {
    it('opens the page that a button of the walkthrough names', async () => {
      await open();
      await host.run('ninjaone.openSetupGuide', 'api-services');
      assert.deepEqual(pages(), ['guide/api-services.md']);
    });

    it('opens the page in German if VS Code speaks German (E14)', async () => {
      await open();
      editor.env.language = 'de';
      await host.run('ninjaone.openSetupGuide', 'web');
      assert.deepEqual(pages(), ['guide/web.nls.de.md']);
    });

    it('lists the platforms in the order of the wizard (C5, E14)', async () => {
      await open();
      editor.user.answers(/setup guide/i, ({ choices }) => {
        assert.deepEqual(
          choices.slice(0, -1),
          platformChoices().map(({ label }) => label),
        );
        return choices[0];
      });
      await host.run('ninjaone.openSetupGuide');
      assert.deepEqual(pages(), ['guide/native.md']);
    });

    it('asks for a page, also if the argument is not one', async () => {
      await open();
      editor.user.answers(/setup guide/i, choice(/native/i));
      await host.run('ninjaone.openSetupGuide', '../../package');
      assert.deepEqual(pages(), ['guide/native.md']);
    });

    it('shows the text of the page if VS Code cannot show Markdown', async () => {
      await open();
      editor.commands.handle('markdown.showPreview', () => {
        throw new Error('command not found');
      });
      await host.run('ninjaone.openSetupGuide', 'manage');
      assert.match(String(editor.workspace.activeTextEditor?.document.uri), /guide\/manage\.md$/);
    });
  });

  describe('Open Client Apps Page', () => {
    const pastes = (text: string): void => {
      editor.user.picksFrom(/region/i, (pick) => {
        pick.type(text);
        pick.accept();
      });
    };
    const opensPageOf = async (origin: string): Promise<void> => {
      await host.run('ninjaone.openClientApps');
      assert.deepEqual(editor.env.opened, [`${origin}/#/administration/apps/api/client`]);
    };

    it('opens the page of the only instance', async () => {
      await open(EU);
      await opensPageOf('https://eu.ninjarmm.com');
    });

    it('asks for the instance if there are several', async () => {
      await open(EU, US);
      editor.user.picksFrom(/region/i, (pick) => {
        pick.choose('app.ninjarmm.com');
      });
      await opensPageOf('https://app.ninjarmm.com');
    });

    it('asks for the region before there is a connection, and takes an address of the console', async () => {
      await open();
      pastes('https://acme.rmmservice.com/#/dashboard');
      await opensPageOf('https://acme.rmmservice.com');
    });

    it('opens the page of a pasted address, and not of a connection in its place (X7)', async () => {
      await open(EU, { ...EU, id: 'elsewhere', name: 'Elsewhere', instance: 'https://acme.rmmservice.com' });
      pastes('https://app.ninjarmm.com/#/dashboard');
      await opensPageOf('https://app.ninjarmm.com');
    });

    it('asks for an address again that is not one', async () => {
      await open();
      pastes('http://acme');
      editor.user.answers(/client apps page/i, 'https://acme.rmmservice.com');
      await opensPageOf('https://acme.rmmservice.com');
    });

    it('opens nothing without an answer', async () => {
      await open();
      editor.user.closesAll();
      await host.run('ninjaone.openClientApps');
      assert.deepEqual(editor.env.opened, []);
    });
  });

  it('Copy Redirect URI copies the picked one byte for byte (C5)', async () => {
    await open();
    editor.user.answers(/redirect URI/, choice(/localhost/));
    await host.run('ninjaone.copyRedirectUri');
    assert.equal(await editor.env.api.clipboard.readText(), 'http://localhost:9090/');
    assert.match(editor.window.said.at(-1) ?? '', /http:\/\/localhost:9090\//);
  });
});
