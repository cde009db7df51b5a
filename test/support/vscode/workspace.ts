import { lstat, readFile, stat, writeFile } from 'node:fs/promises';
import type * as vscode from 'vscode';
import { Disposable, EventEmitter } from './events.ts';
import { partial } from './partial.ts';
import { FakeTextDocument } from './textDocument.ts';
import { FileSystemError, FileType, Position, TabInputText, TabInputTextDiff, Uri, ViewColumn } from './values.ts';

interface DocumentOptions {
  readonly content?: string;
  readonly language?: string;
}

/** Documents, the tabs they are in, and the providers that they come from. */
export class FakeWorkspace {
  readonly documents: FakeTextDocument[] = [];
  readonly tabs: vscode.Tab[] = [];
  /** Files that are not on this machine, by address. */
  readonly remoteFiles = new Map<string, Uint8Array>();
  /** Addresses of symbolic links that are not on this machine. */
  readonly remoteLinks = new Set<string>();
  /** Sizes that the file system reports in place of the real ones, by address. */
  readonly remoteSizes = new Map<string, number>();
  folders: readonly vscode.WorkspaceFolder[] | undefined;
  isTrusted = true;
  activeTextEditor: vscode.TextEditor | undefined;
  /** Of the document in front; it is moved by the user. */
  cursor = new Position(0, 0);
  /** Colored parts of the document in front, by key of their style. */
  readonly decorations = new Map<string, readonly (vscode.Range | vscode.DecorationOptions)[]>();
  /** How the document in front was shown. */
  shownWith: vscode.TextDocumentShowOptions | undefined;
  readonly #contents = new Map<string, vscode.TextDocumentContentProvider>();
  readonly #fileSystems = new Map<string, vscode.FileSystemProvider>();
  readonly #opened = new EventEmitter<vscode.TextDocument>();
  readonly #changed = new EventEmitter<vscode.TextDocumentChangeEvent>();
  readonly #closed = new EventEmitter<vscode.TextDocument>();
  readonly #tabsChanged = new EventEmitter<vscode.TabChangeEvent>();
  readonly #visibleEditorsChanged = new EventEmitter<readonly vscode.TextEditor[]>();
  readonly onDidChangeVisibleTextEditors = this.#visibleEditorsChanged.event;
  readonly #activeEditorChanged = new EventEmitter<vscode.TextEditor | undefined>();
  readonly onDidChangeActiveTextEditor = this.#activeEditorChanged.event;
  readonly #trusted = new EventEmitter<void>();
  #untitled = 0;

  readonly api = {
    onDidOpenTextDocument: this.#opened.event,
    onDidChangeTextDocument: this.#changed.event,
    onDidCloseTextDocument: this.#closed.event,
    onDidGrantWorkspaceTrust: this.#trusted.event,
    openTextDocument: (of?: vscode.Uri | string | DocumentOptions) => this.open(of),
    registerTextDocumentContentProvider: (scheme: string, provider: vscode.TextDocumentContentProvider) =>
      this.#registerContent(scheme, provider),
    registerFileSystemProvider: (scheme: string, provider: vscode.FileSystemProvider): vscode.Disposable => {
      this.#fileSystems.set(scheme, provider);
      return new Disposable(() => this.#fileSystems.delete(scheme));
    },
    findFiles: (): Promise<vscode.Uri[]> =>
      Promise.resolve([...this.remoteFiles.keys()].map((address) => Uri.parse(address))),
    asRelativePath: (of: string | vscode.Uri): string => {
      const { path } = typeof of === 'string' ? Uri.file(of) : of;
      const folder = this.folders?.find(({ uri }) => path.startsWith(`${uri.path}/`));
      return folder ? path.slice(folder.uri.path.length + 1) : path;
    },
    getWorkspaceFolder: ({ scheme, path }: vscode.Uri) =>
      this.folders?.find(({ uri }) => uri.scheme === scheme && path.startsWith(`${uri.path}/`)),
    fs: partial<vscode.FileSystem>('workspace.fs', {
      stat: (uri) => this.#stat(uri),
      readFile: (uri) => this.#read(uri),
      writeFile: (uri, content) => this.#write(uri, content),
      copy: async (source, target) => this.#write(target, await this.#read(source)),
    }),
  };

  /** The tab in front. */
  activeTab: vscode.Tab | undefined;

  readonly tabGroups: vscode.TabGroups = partial<vscode.TabGroups>('window.tabGroups', {
    onDidChangeTabs: this.#tabsChanged.event,
    all: [
      partial<vscode.TabGroup>('TabGroup', {
        tabs: this.tabs,
        viewColumn: ViewColumn.One,
      }),
    ],
    activeTabGroup: this.#activeTabGroup(),
    close: (toClose: unknown) => {
      for (const { input } of [toClose].flat() as vscode.Tab[]) {
        if (input instanceof TabInputText) {
          this.closeTab(input.uri);
        }
      }
      return Promise.resolve(true);
    },
  });

  /** The user trusts the folder. */
  trust(): void {
    this.isTrusted = true;
    this.#trusted.fire();
  }

  /** The provider of a scheme, as the editor asks it. */
  fileSystem(scheme: string): vscode.FileSystemProvider {
    const provider = this.#fileSystems.get(scheme);
    if (!provider) {
      throw new Error(`Nobody provides files of ${scheme}.`);
    }
    return provider;
  }

  async open(of: vscode.Uri | string | DocumentOptions = {}): Promise<FakeTextDocument> {
    if (of instanceof Uri) {
      return (
        this.documents.find(({ uri }) => uri.toString() === of.toString()) ?? this.#add(of, await this.#textOf(of))
      );
    }
    if (typeof of === 'string') {
      return this.open(Uri.file(of));
    }
    const { content = '', language = 'plaintext' } = of;
    this.#untitled += 1;
    return this.#add(Uri.from({ scheme: 'untitled', path: `Untitled-${this.#untitled}` }), content, language);
  }

  /** As if somebody opened a document with this text. */
  have(uri: vscode.Uri, text: string, languageId?: string): FakeTextDocument {
    return this.#add(uri, text, languageId);
  }

  async show(
    of: vscode.TextDocument | vscode.Uri,
    options?: vscode.TextDocumentShowOptions,
  ): Promise<vscode.TextEditor> {
    const document = of instanceof Uri ? await this.open(of) : of;
    this.shownWith = options;
    this.cursor = new Position(0, 0);
    const cursor = (): Position => this.cursor;
    this.activeTextEditor = partial<vscode.TextEditor>('TextEditor', {
      document,
      get selection() {
        return partial<vscode.Selection>('Selection', { active: cursor() });
      },
      edit: (make) => Promise.resolve(this.#applyEdit(document, make)),
      setDecorations: (type, ranges) => {
        this.decorations.set(type.key, ranges);
      },
    });
    if (!this.#tabOf(document.uri)) {
      this.addTab(new TabInputText(document.uri));
    }
    this.activeTab = this.#tabOf(document.uri);
    this.#visibleEditorsChanged.fire(this.visibleTextEditors);
    this.#activeEditorChanged.fire(this.activeTextEditor);
    return this.activeTextEditor;
  }

  /** There is one editor group here. */
  get visibleTextEditors(): readonly vscode.TextEditor[] {
    return this.activeTextEditor ? [this.activeTextEditor] : [];
  }

  /** The user writes into the document. */
  edit(document: FakeTextDocument, text: string): void {
    document.isDirty = true;
    this.#change(document, text);
  }

  addTab(input: vscode.Tab['input']): void {
    const tab = partial<vscode.Tab>('Tab', { input });
    this.tabs.push(tab);
    this.#tabsChanged.fire({ opened: [tab], closed: [], changed: [] });
  }

  /** The user closes the tab. The document stays for a while, as in the editor: see `close`. */
  closeTab(uri: vscode.Uri): void {
    const tab = this.#tabOf(uri);
    if (!tab) {
      throw new Error(`There is no tab of ${uri.toString()}.`);
    }
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    if (this.activeTextEditor?.document.uri.toString() === uri.toString()) {
      this.activeTextEditor = undefined;
      this.#visibleEditorsChanged.fire(this.visibleTextEditors);
      this.#activeEditorChanged.fire(undefined);
    }
    if (this.activeTab === tab) {
      this.activeTab = undefined;
    }
    this.#tabsChanged.fire({ opened: [], closed: [tab], changed: [] });
  }

  /** The editor lets go of the document. */
  close(document: FakeTextDocument): void {
    document.isClosed = true;
    this.documents.splice(this.documents.indexOf(document), 1);
    this.#closed.fire(document);
  }

  /** Which tab it has in front is asked when it is read. */
  #activeTabGroup(): vscode.TabGroup {
    const activeTab = (): vscode.Tab | undefined => this.activeTab;
    return partial<vscode.TabGroup>('TabGroup', {
      tabs: this.tabs,
      get activeTab() {
        return activeTab();
      },
    });
  }

  #tabOf(uri: vscode.Uri): vscode.Tab | undefined {
    const address = uri.toString();
    return this.tabs.find(({ input }) =>
      input instanceof TabInputText
        ? input.uri.toString() === address
        : input instanceof TabInputTextDiff && input.modified.toString() === address,
    );
  }

  #add(uri: vscode.Uri, text: string, languageId = 'plaintext'): FakeTextDocument {
    const document = new FakeTextDocument({ uri, text, languageId }, (each) => this.#save(each));
    this.documents.push(document);
    this.#opened.fire(document);
    return document;
  }

  /** Only one replacement of a range. */
  #applyEdit(shown: vscode.TextDocument, make: (builder: vscode.TextEditorEdit) => void): boolean {
    const document = this.documents.find((each) => each.uri.toString() === shown.uri.toString());
    if (!document) {
      return false;
    }
    make(
      partial<vscode.TextEditorEdit>('TextEditorEdit', {
        replace: (place, text) => {
          const [start, end] = 'start' in place ? [place.start, place.end] : [place, place];
          const before = document.text.slice(0, document.offsetAt(start));
          this.edit(document, before + text + document.text.slice(document.offsetAt(end)));
        },
      }),
    );
    return true;
  }

  #change(document: FakeTextDocument, text: string): void {
    document.text = text;
    document.version += 1;
    this.#changed.fire({ document, contentChanges: [], reason: undefined });
  }

  async #save(document: FakeTextDocument): Promise<boolean> {
    await this.#write(document.uri, Buffer.from(document.text));
    document.isDirty = false;
    return true;
  }

  #registerContent(scheme: string, provider: vscode.TextDocumentContentProvider): vscode.Disposable {
    this.#contents.set(scheme, provider);
    const subscription = provider.onDidChange?.((uri) => {
      const document = this.documents.find((each) => each.uri.toString() === uri.toString());
      if (document) {
        void this.#textOf(uri).then((text) => {
          this.#change(document, text);
        });
      }
    });
    return new Disposable(() => {
      subscription?.dispose();
      this.#contents.delete(scheme);
    });
  }

  async #textOf(uri: vscode.Uri): Promise<string> {
    const provider = this.#contents.get(uri.scheme);
    return provider
      ? ((await provider.provideTextDocumentContent(uri, NEVER_CANCELED)) ?? '')
      : Buffer.from(await this.#read(uri)).toString('utf8');
  }

  async #read(uri: vscode.Uri): Promise<Uint8Array> {
    const provider = this.#fileSystems.get(uri.scheme);
    if (provider) {
      return provider.readFile(uri);
    }
    const bytes = uri.scheme === 'file' ? await readFile(uri.fsPath) : this.remoteFiles.get(uri.toString());
    if (!bytes) {
      throw FileSystemError.FileNotFound(uri);
    }
    return bytes;
  }

  async #stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const times = { ctime: 0, mtime: 0 };
    if (uri.scheme === 'file') {
      const found = await stat(uri.fsPath).catch(() => {
        throw FileSystemError.FileNotFound(uri);
      });
      const link = (await lstat(uri.fsPath)).isSymbolicLink() ? FileType.SymbolicLink : 0;
      return { ...times, type: (found.isDirectory() ? FileType.Directory : FileType.File) | link, size: found.size };
    }
    const address = uri.toString();
    const link = this.remoteLinks.has(address) ? FileType.SymbolicLink : 0;
    const bytes = this.remoteFiles.get(address);
    if (!bytes && ![...this.remoteFiles.keys()].some((each) => each.startsWith(`${address}/`))) {
      throw FileSystemError.FileNotFound(uri);
    }
    const size = this.remoteSizes.get(address) ?? bytes?.byteLength ?? 0;
    return { ...times, type: (bytes ? FileType.File : FileType.Directory) | link, size };
  }

  async #write(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const provider = this.#fileSystems.get(uri.scheme);
    if (provider) {
      await provider.writeFile(uri, content, { create: true, overwrite: true });
    } else if (uri.scheme === 'file') {
      await writeFile(uri.fsPath, content);
    } else {
      this.remoteFiles.set(uri.toString(), content);
    }
  }
}

const NEVER_CANCELED: vscode.CancellationToken = {
  isCancellationRequested: false,
  onCancellationRequested: new EventEmitter<unknown>().event,
};
