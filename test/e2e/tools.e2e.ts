import assert from 'node:assert/strict';
import { dialog, dialogButton, openView, screenshot } from '../../tooling/workbenchDriver.ts';
import { configure, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn } from '../support/workbenchState.ts';

const QUESTION = /Let chat read data of/;

describe('chat that reads from NinjaOne', () => {
  const fixture = useWorkbench();

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
    await ensureSignedIn(fixture);
  });

  /** Calls a tool as chat does. */
  const call = (name: string, input: object): Promise<string> =>
    fixture.workbench.host.run(
      async (vscode, argument) => {
        const result = await vscode.lm.invokeTool(argument.name, {
          input: argument.input,
          toolInvocationToken: undefined,
        });
        return result.content.map((part) => (part as { readonly value: string }).value).join('\n');
      },
      { name, input },
    );
  const calls = (): readonly string[] =>
    fixture.sandbox.requests
      .filter(({ path }) => path.startsWith('/v2'))
      .map(({ method, path }) => `${method} ${path}`);

  it('asks in a dialog with account and host, sends nothing after a no, and reads after a yes (X4)', async () => {
    const { page } = fixture;
    const before = calls().length;
    const refused = call('ninjaone_read', { operation: 'GET /v2/organizations', connection: 'Sandbox native' });
    await dialog(page, QUESTION).waitFor();
    await screenshot(page, 'chat-consent-dark');
    const text = await dialogButton(page, 'Cancel', QUESTION);
    assert.match(text, /Account: Sandbox native/);
    assert.match(text, /Host: (?:localhost|127\.0\.0\.1)/);
    assert.match(text, /GET \/v2\/organizations/);
    assert.match(await refused, /^The user declined\./);
    assert.equal(calls().length, before);

    await configure(fixture, { 'workbench.colorTheme': 'Default Light Modern' });
    const other = { operation: 'GET /v2/organizations', connection: 'Sandbox SPA', fields: ['id', 'name'] };
    assert.match(await call('ninjaone_read', other), /^Nobody is signed in to "Sandbox SPA"/);
    // The no counts for half a minute.
    await fixture.workbench.host.run(() => {
      const now = Date.now;
      Date.now = () => now() + 31_000;
    });
    const allowed = call('ninjaone_read', { ...other, connection: 'Sandbox native' });
    await dialog(page, QUESTION).waitFor();
    await screenshot(page, 'chat-consent-light');
    await dialogButton(page, 'Allow for 15 Minutes', QUESTION);
    assert.match(await allowed, /"items":\[\{"id":\d+,"name":/);
    assert.deepEqual(calls().slice(before), ['GET /v2/organizations']);
    assert.equal(await dialog(page).count(), 0);
  });
});
