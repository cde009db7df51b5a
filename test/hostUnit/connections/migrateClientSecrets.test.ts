import assert from 'node:assert/strict';
import { offerToMoveSecrets } from '../../../src/host/connections/migrateClientSecrets.ts';
import { ACME, createHost, type HostFixture } from '../../support/hostFixture.ts';
import { choice } from '../../support/vscode/choice.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const SERVICE = { ...ACME, platform: 'api-services' };

describe('client secret in the settings', () => {
  const editor = useVscode();
  let host: HostFixture;
  afterEach(() => host.close());

  const open = async (...connections: readonly unknown[]): Promise<void> => {
    host = await createHost(editor, connections);
  };
  const offer = (): Promise<void> => offerToMoveSecrets(host.settings, host.window.clientSecrets);
  const stored = (): Promise<string | undefined> => host.window.clientSecrets.get(host.settings.connections[0]!.id);
  const QUESTION = /Acme/;

  it('is moved to the secret storage when the user says so, and the rest of the entry stays (C3)', async () => {
    await open({ ...SERVICE, clientSecret: 'secret-1', note: 'kept' }, 'nonsense');
    editor.user.answers(QUESTION, choice(/move/i));
    editor.user.closes(/new client secret/i);
    await offer();
    assert.equal(await stored(), 'secret-1');
    assert.deepEqual(editor.configuration.user('ninjaone.connections'), [{ ...SERVICE, note: 'kept' }, 'nonsense']);
  });

  it('is named by its connection and never shown (C3)', async () => {
    await open({ ...SERVICE, client_secret: 'secret-1' });
    editor.user.closes(QUESTION);
    await offer();
    assert.doesNotMatch(JSON.stringify(editor.window.messages), /secret-1/);
  });

  it('stays where it is when the user does not answer (C3)', async () => {
    await open({ ...SERVICE, clientSecret: 'secret-1' });
    editor.user.closes(QUESTION);
    await offer();
    assert.equal(await stored(), undefined);
    assert.deepEqual(editor.configuration.user('ninjaone.connections'), [{ ...SERVICE, clientSecret: 'secret-1' }]);
  });

  it('should be renewed after that, for which the page is opened (C3)', async () => {
    await open({ ...SERVICE, clientSecret: 'secret-1' });
    editor.user.answers(QUESTION, choice(/move/i));
    editor.user.answers(/new client secret/i, choice(/open/i));
    await offer();
    assert.deepEqual(editor.env.opened, ['https://eu.ninjarmm.com/#/administration/apps/api/client']);
  });

  it('stays with a connection that is wrong, and that is said (C3)', async () => {
    await open({ ...SERVICE, clientSecret: 'secret-1' }, { name: 'Broken', instance: 'mars', secret: 'secret-2' });
    editor.user.answers(/Acme.*Broken/, choice(/move/i));
    editor.user.answers(/Broken.*problem/, choice(/settings/i));
    editor.user.closes(/Acme.*moved/);
    await offer();
    assert.deepEqual(editor.configuration.user('ninjaone.connections'), [
      SERVICE,
      { name: 'Broken', instance: 'mars', secret: 'secret-2' },
    ]);
    assert.doesNotMatch(editor.window.said.at(-1) ?? '', /Broken/);
    assert.equal(editor.commands.callsOf('workbench.action.openSettingsJson').length, 1);
  });

  it('is not said to be moved when its connection is the only one and wrong (C3)', async () => {
    const entry = { ...SERVICE, scopes: ['read'], clientSecret: 'secret-1' };
    await open(entry);
    editor.user.closes(/Acme.*problem/);
    await offer();
    assert.equal(editor.window.said.length, 1);
    assert.deepEqual(editor.configuration.user('ninjaone.connections'), [entry]);
    assert.deepEqual(await host.window.clientSecrets.connectionIds(), []);
  });

  describe('that differs from the stored one', () => {
    const openWithStored = async (): Promise<void> => {
      await open({ ...SERVICE, clientSecret: 'old-secret' });
      await host.window.clientSecrets.set(host.settings.connections[0]!.id, 'new-secret');
      editor.user.answers(QUESTION, choice(/move/i));
    };

    it('is deleted when the user keeps the stored one (C3, P7)', async () => {
      await openWithStored();
      editor.user.answers(/another client secret/, choice(/keep/i));
      editor.user.closes(/removed from your settings/);
      await offer();
      assert.equal(await stored(), 'new-secret');
      assert.deepEqual(editor.configuration.user('ninjaone.connections'), [SERVICE]);
    });

    it('replaces it when the user says so (C3, P7)', async () => {
      await openWithStored();
      editor.user.answers(/another client secret/, choice(/from settings/i));
      editor.user.closes(/moved/);
      await offer();
      assert.equal(await stored(), 'old-secret');
      assert.deepEqual(editor.configuration.user('ninjaone.connections'), [SERVICE]);
    });

    it('stays in the settings, and so does the stored one, when the user does not decide (C3, P7)', async () => {
      await openWithStored();
      editor.user.closes(/another client secret/);
      await offer();
      assert.equal(await stored(), 'new-secret');
      assert.deepEqual(editor.configuration.user('ninjaone.connections'), [{ ...SERVICE, clientSecret: 'old-secret' }]);
      assert.equal(editor.window.said.length, 2);
    });
  });

  it('is taken out of its own entry when the list has changed meanwhile (C3)', async () => {
    await open({ ...SERVICE, clientSecret: 'secret-1' });
    editor.user.answers(QUESTION, choice(/move/i));
    editor.user.closes(/moved/);
    const { clientSecrets } = host.window;
    const set = clientSecrets.set.bind(clientSecrets);
    clientSecrets.set = async (...args) => {
      await set(...args);
      editor.configuration.set('ninjaone.connections', [ACME, { ...SERVICE, clientSecret: 'secret-1' }]);
    };
    await offer();
    assert.deepEqual(editor.configuration.user('ninjaone.connections'), [ACME, SERVICE]);
  });

  it('is not taken out of the settings before it is stored', async () => {
    await open({ ...SERVICE, clientSecret: 'secret-1' });
    host.window.secrets.fail('store', 'throw', { key: 'clientSecret:' });
    editor.user.answers(QUESTION, choice(/move/i));
    await assert.rejects(offer(), { intent: 'storage' });
    assert.deepEqual(editor.configuration.user('ninjaone.connections'), [{ ...SERVICE, clientSecret: 'secret-1' }]);
  });

  it('is reported when the settings cannot be written', async () => {
    await open({ ...SERVICE, clientSecret: 'secret-1' });
    editor.configuration.refuseWrites();
    editor.user.answers(QUESTION, choice(/move/i));
    await assert.rejects(offer(), { code: 'settings.notWritten' });
  });
});
