// Plain JavaScript, so that it runs as it is. Copy `ninjaone.d.ts` from the root of the repository for the types.
const vscode = require('vscode');

/** What the example needs: the least that does the job. */
const SCOPES = ['monitoring'];

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand('ninjaoneConsumer.countOrganizations', async () => {
      const organizations = await call('/organizations');
      vscode.window.showInformationMessage(`NinjaOne has ${organizations.length} organizations.`);
      return organizations.length;
    }),
  );
  // What the tests use: the same way that the command goes.
  return { session, connectionOf, call };
};

/** Silently first: a session that is there needs no question. Keep `account` when several connections are in use. */
async function session(options = {}) {
  return (
    (await vscode.authentication.getSession('ninjaone', SCOPES, { silent: true, ...options })) ??
    (await vscode.authentication.getSession('ninjaone', SCOPES, { createIfNone: true, ...options }))
  );
}

/** The command works across extension hosts; `getExtension(…).exports` only sees its own. */
function connectionOf({ id, accessToken }) {
  return vscode.commands.executeCommand('ninjaone.getConnection', { id, accessToken });
}

/** GET with one second chance: after a 401 the token is refreshed once and the session asked for again. */
async function call(path) {
  const first = await session();
  const { apiUrl } = await connectionOf(first);
  const get = ({ accessToken }) =>
    fetch(apiUrl + path, { headers: { authorization: `Bearer ${accessToken}` }, redirect: 'error' });
  let response = await get(first);
  if (response.status === 401) {
    await vscode.commands.executeCommand('ninjaone.refreshToken', first.id);
    response = await get(await session({ account: first.account }));
  }
  if (!response.ok) {
    throw new Error(`NinjaOne answered ${response.status}`);
  }
  return response.json();
}
