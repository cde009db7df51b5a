import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { registerCodeLensProvider } from '../platform/codeLenses.ts';
import { REQUEST_FILES, REQUEST_SCHEME, SCHEMA_SCHEME } from '../platform/contributions.ts';

/** Handles request documents; loaded with the explorer. */
export interface RequestParts {
  readonly files: Pick<vscode.FileSystemProvider, 'stat' | 'readFile' | 'writeFile'>;
  readonly schema: (uri: vscode.Uri) => Promise<string>;
  readonly lenses: (document: vscode.TextDocument) => Promise<vscode.CodeLens[]>;
}

/**
 * Registers the providers that VS Code needs at startup, so that request documents are restored after a reload and saved
 * ones have completion and lenses. The implementation is loaded when the first of them is shown.
 */
export class RequestFileSystem implements Disposable {
  readonly filesChanged = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly lensesChanged = new vscode.EventEmitter<void>();
  readonly schemaChanged = new vscode.EventEmitter<vscode.Uri>();
  readonly #disposable: vscode.Disposable;

  constructor(load: () => Promise<RequestParts>) {
    const refuse = (): never => {
      throw vscode.FileSystemError.NoPermissions();
    };
    this.#disposable = vscode.Disposable.from(
      this.filesChanged,
      this.lensesChanged,
      this.schemaChanged,
      vscode.workspace.registerFileSystemProvider(REQUEST_SCHEME, {
        onDidChangeFile: this.filesChanged.event,
        watch: () => new vscode.Disposable(() => {}),
        stat: async (uri) => (await load()).files.stat(uri),
        readFile: async (uri) => (await load()).files.readFile(uri),
        writeFile: async (uri, content, options) => (await load()).files.writeFile(uri, content, options),
        readDirectory: () => [],
        createDirectory: refuse,
        delete: refuse,
        rename: refuse,
      }),
      vscode.workspace.registerTextDocumentContentProvider(SCHEMA_SCHEME, {
        onDidChange: this.schemaChanged.event,
        provideTextDocumentContent: async (uri) => (await load()).schema(uri),
      }),
      registerCodeLensProvider([{ scheme: REQUEST_SCHEME }, { pattern: `**/*${REQUEST_FILES}` }], {
        onDidChangeCodeLenses: this.lensesChanged.event,
        provideCodeLenses: async (document) => (await load()).lenses(document),
      }),
    );
  }

  dispose(): void {
    this.#disposable.dispose();
  }
}
