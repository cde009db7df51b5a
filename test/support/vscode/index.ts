import { current, type FakeVscode } from './fakeVscode.ts';
import { t } from './l10n.ts';

// The module `vscode` as far as src/host uses it. typeCheck.ts holds it against the real one.

export * from './values.ts';
export { CancellationError, CancellationTokenSource, Disposable, EventEmitter } from './events.ts';

export const version = '1.105.0';

export const l10n = { t };

export const commands = membersOf('commands', (editor) => editor.commands.api);
export const languages = membersOf('languages', (editor) => editor.languages.api);
export const lm = membersOf('lm', ({ languageModels: { api, isThere } }) =>
  isThere ? api : ({ registerTool: undefined } as unknown as typeof api),
);
export const authentication = membersOf('authentication', (editor) => editor.authentication.api);

export const window = membersOf('window', (editor) => ({
  ...editor.window.api,
  activeTextEditor: editor.workspace.activeTextEditor,
  visibleTextEditors: editor.workspace.visibleTextEditors,
  onDidChangeVisibleTextEditors: editor.workspace.onDidChangeVisibleTextEditors,
  onDidChangeActiveTextEditor: editor.workspace.onDidChangeActiveTextEditor,
}));

export const workspace = membersOf('workspace', ({ workspace: state, configuration }) => ({
  ...configuration.api,
  ...state.api,
  textDocuments: state.documents,
  workspaceFolders: state.folders,
  isTrusted: state.isTrusted,
}));

export const env = membersOf('env', ({ env: facts }) => ({
  ...facts.api,
  language: facts.language,
  uriScheme: facts.uriScheme,
  appName: facts.appName,
  appHost: facts.appHost,
  uiKind: facts.uiKind,
  machineId: facts.machineId,
  remoteName: facts.remoteName,
}));

/** Of the editor of the running test, as they are when they are read. */
function membersOf<T extends object>(name: string, members: (editor: FakeVscode) => T): T {
  return new Proxy({} as T, {
    get: (_, member) => {
      const found = members(current());
      if (!(member in found)) {
        throw new Error(`The fake of vscode has no ${name}.${String(member)}.`);
      }
      return Reflect.get(found, member) as unknown;
    },
  });
}
