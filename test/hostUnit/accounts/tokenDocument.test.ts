import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { TokenDocument } from '../../../src/host/accounts/tokenDocument.ts';
import { ACME, createHost, type HostFixture } from '../../support/hostFixture.ts';
import { HOUR, until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('token page', () => {
  const editor = useVscode();
  let host: HostFixture;
  let page: TokenDocument;
  const open = async (connection: object = ACME): Promise<void> => {
    host = await createHost(editor, [connection]);
    page = new TokenDocument(host.window.tokens, () => host.sessions.clock.now);
  };
  const show = async (changes: Parameters<HostFixture['window']['signIn']>[2] = {}): Promise<string> => {
    await page.show(await host.window.signIn(host.sessions, ['monitoring'], changes));
    return text();
  };
  const text = (): string => editor.workspace.activeTextEditor?.document.getText() ?? '';
  const lenses = (): Promise<readonly vscode.CodeLens[]> =>
    editor.languages.lensesOf(editor.workspace.activeTextEditor!.document);
  afterEach(async () => {
    page.dispose();
    await host.close();
  });

  it('tells about the token, and does not have it', async () => {
    await open({ ...ACME, name: 'Acme/EU' });
    const shown = await show({ accessToken: 'secret-token' });
    for (const fact of [/Acme\/EU/, /https:\/\/eu\.ninjarmm\.com/, /Native/, /monitoring/, /refresh token/]) {
      assert.match(shown, fact);
    }
    assert.doesNotMatch(shown, /secret-token|refresh-token/);
    assert.equal(editor.workspace.activeTextEditor?.document.uri.path.split('/').length, 2);
    assert.equal(editor.workspace.shownWith?.preview, true);
  });

  it('offers to copy the token and to refresh it', async () => {
    await open();
    await show();
    const [{ session } = { session: undefined }] = host.window.tokens.usable();
    assert.deepEqual(
      (await lenses()).map(({ command }) => [command?.command, command?.arguments]),
      [
        ['ninjaone.copyAccessToken', [session?.id]],
        ['ninjaone.refreshToken', [{ session: { id: session?.id } }]],
      ],
    );
  });

  it('says that a token has expired', async () => {
    await open();
    await show();
    assert.doesNotMatch(text(), /expired$/m);
    host.sessions.clock.now += 2 * HOUR;
    const document = editor.workspace.activeTextEditor!.document;
    assert.match(await page.provideTextDocumentContent(document.uri), /expired$/m);
  });

  for (const [platform, how] of [
    ['native', /[Ss]ign in again/],
    ['api-services', /client secret/],
  ] as const) {
    it(`says how a token of ${platform} is renewed without a refresh token`, async () => {
      await open({ ...ACME, platform });
      assert.match(await show({ refreshToken: undefined }), how);
    });
  }

  it('follows its session until that is signed out', async () => {
    await open();
    await show();
    const [usable] = host.window.tokens.usable();
    await host.window.tokens.signOut(usable!.session.id);
    await until(() => /signed out/.test(text()));
    assert.deepEqual(await lenses(), []);
  });

  it('ends with the extension', async () => {
    await open();
    page.dispose();
    assert.deepEqual(editor.languages.lensProviders, []);
  });
});
