import assert from 'node:assert/strict';
import type { Connection } from '../../../src/core/connections/connection.ts';
import { TrustedHosts } from '../../../src/host/platform/trustedHosts.ts';
import { connection } from '../../support/sessionFixture.ts';
import { choice } from '../../support/vscode/choice.ts';
import { FakeMemento } from '../../support/vscode/extensionContext.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('trusted hosts', () => {
  const editor = useVscode();
  let memory: FakeMemento;
  let hosts: TrustedHosts;
  let own: Connection;
  beforeEach(() => {
    memory = new FakeMemento();
    hosts = new TrustedHosts(memory);
    own = connection({ instance: 'https://ninja.acme.example' });
  });

  it('are NinjaOne’s own and those of this machine, without a question', async () => {
    for (const instance of ['eu', 'https://acme.rmmservice.com', 'http://localhost:9999']) {
      await hosts.confirm(connection({ instance }));
      assert.equal(hosts.isConfirmed(connection({ instance })), true);
    }
    assert.deepEqual(editor.user.asked, []);
  });

  it('are others only after the user agreed, once for each origin', async () => {
    assert.equal(hosts.isConfirmed(own), false);
    editor.user.answers(/ninja\.acme\.example/, choice(/trust/i));
    await hosts.confirm(own);
    await hosts.confirm(own);
    assert.equal(hosts.isConfirmed(own), true);
    assert.equal(new TrustedHosts(memory).isConfirmed(own), true);
    assert.equal(hosts.isConfirmed(connection({ instance: 'https://other.acme.example' })), false);
    const [question] = editor.user.asked;
    assert.equal(question?.kind, 'modal');
    assert.match(question.detail ?? '', /https:\/\/ninja\.acme\.example/);
  });

  it('are shown by the name that is really asked for', async () => {
    editor.user.closes(/xn--/);
    await assert.rejects(hosts.confirm(connection({ instance: 'https://ninjаrmm.com' })), { code: 'canceled' });
  });

  it('stay unknown when the user does not agree', async () => {
    editor.user.closes(/acme/);
    await assert.rejects(hosts.confirm(own), { code: 'canceled' });
    assert.equal(hosts.isConfirmed(own), false);
    assert.deepEqual(memory.keys(), []);
  });

  it('stay unknown when the user agrees after the sign-in has ended (A17, P5)', async () => {
    const over = new AbortController();
    editor.user.answers(/acme/, () => {
      over.abort();
      return 'Trust This Host';
    });
    await assert.rejects(hosts.confirm(own, over.signal), { code: 'canceled' });
    assert.equal(hosts.isConfirmed(own), false);
    assert.deepEqual(memory.keys(), []);
  });

  it('are known by their origin alone, too', async () => {
    assert.equal(hosts.isConfirmedOrigin('https://eu.ninjarmm.com'), true);
    assert.equal(hosts.isConfirmedOrigin('https://ninja.acme.example'), false);
    assert.equal(hosts.isConfirmedOrigin('no origin'), false);
    editor.user.answers(/acme/, choice(/trust/i));
    await hosts.confirm(own);
    assert.equal(hosts.isConfirmedOrigin('https://ninja.acme.example'), true);
  });

  it('are forgotten at a reset, and nothing else is', async () => {
    editor.user.answers(/acme/, choice(/trust/i));
    await hosts.confirm(own);
    await memory.update('other', 1);
    await hosts.forget();
    assert.equal(hosts.isConfirmed(own), false);
    assert.deepEqual(memory.keys(), ['other']);
  });
});
