// The least that an authentication provider can be: what a call costs in VS Code itself.
const vscode = require('vscode');

exports.activate = (context) => {
  const changed = new vscode.EventEmitter();
  let sessions = [];
  context.subscriptions.push(
    vscode.authentication.registerAuthenticationProvider('trivial', 'Trivial', {
      onDidChangeSessions: changed.event,
      getSessions: async () => sessions,
      createSession: async (scopes) => {
        const session = { id: '1', accessToken: 'token', account: { id: '1', label: 'one' }, scopes: [...scopes] };
        sessions = [session];
        changed.fire({ added: [session], removed: [], changed: [] });
        return session;
      },
      removeSession: async () => {},
    }),
  );
};
