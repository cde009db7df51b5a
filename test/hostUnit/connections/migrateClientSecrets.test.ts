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

  it('stays with a connection that is wrong, since nobody knows whose it is', async () => {
    await open({ ...SERVICE, clientSecret: 'secret-1' }, { name: 'Broken', instance: 'mars', secret: 'secret-2' });
    editor.user.answers(/Acme.*Broken/, choice(/move/i));
    editor.user.closes(/new client secret/i);
    await offer();
    assert.deepEqual(editor.configuration.user('ninjaone.connections'), [
      SERVICE,
      { name: 'Broken', instance: 'mars', secret: 'secret-2' },
    ]);
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
