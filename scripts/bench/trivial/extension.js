// The least that an authentication provider and a tree can be: what a call and a row cost in VS Code itself.
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
    vscode.window.registerTreeDataProvider('bench.tree', {
      getChildren: (group) => (group === undefined ? GROUPS : group.rows),
      getTreeItem: ({ label, rows }) => new vscode.TreeItem(label, rows.length > 0 ? 1 : 0),
    }),
  );
};

const GROUPS = Array.from({ length: 31 }, (_, group) => ({
  label: `Group ${group + 1}`,
  rows: Array.from({ length: 10 }, (_row, row) => ({ label: `Row ${group * 10 + row + 1}`, rows: [] })),
}));
