import type * as vscode from 'vscode';
import { EventEmitter } from './events.ts';
import { partial } from './partial.ts';
import { Uri } from './values.ts';

export class FakeStatusBarItem implements vscode.StatusBarItem {
  readonly id: string;
  readonly alignment: vscode.StatusBarAlignment;
  readonly priority: number | undefined;
  name: string | undefined;
  text = '';
  tooltip: string | vscode.MarkdownString | undefined;
  color: string | vscode.ThemeColor | undefined;
  backgroundColor: vscode.ThemeColor | undefined;
  command: string | vscode.Command | undefined;
  accessibilityInformation: vscode.AccessibilityInformation | undefined;
  isVisible = false;
  isDisposed = false;

  constructor(id: string, alignment: vscode.StatusBarAlignment, priority: number | undefined) {
    this.id = id;
    this.alignment = alignment;
    this.priority = priority;
  }

  show(): void {
    this.isVisible = true;
  }

  hide(): void {
    this.isVisible = false;
  }

  dispose(): void {
    this.isVisible = false;
    this.isDisposed = true;
  }
}

/** Its key names what it does, because the test has no other name for it. */
export class FakeDecorationType implements vscode.TextEditorDecorationType {
  readonly key: string;
  isDisposed = false;

  constructor({ color, fontWeight }: vscode.DecorationRenderOptions) {
    this.key = typeof color === 'object' ? color.id : (fontWeight ?? '');
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

export class FakeTerminal implements vscode.Terminal {
  readonly name: string;
  readonly creationOptions: Readonly<vscode.TerminalOptions>;
  readonly processId = Promise.resolve(1);
  readonly exitStatus = undefined;
  readonly shellIntegration = undefined;
  readonly state = { isInteractedWith: false, shell: undefined };
  isShown = false;
  readonly #close: () => void;

  constructor(options: vscode.TerminalOptions, close: () => void) {
    this.name = options.name ?? 'bash';
    this.creationOptions = options;
    this.#close = close;
  }

  sendText(): never {
    throw new Error('A text that is typed into a terminal is read by its shell.');
  }

  show(): void {
    this.isShown = true;
  }

  hide(): void {
    this.isShown = false;
  }

  /** Also what happens when the user closes it. */
  dispose(): void {
    this.#close();
  }
}

export class FakeTreeView<T> implements vscode.TreeView<T> {
  readonly provider: vscode.TreeDataProvider<T>;
  readonly options: vscode.TreeViewOptions<T>;
  visible = false;
  selection: readonly T[] = [];
  message?: string;
  title?: string;
  description?: string;
  badge?: vscode.ViewBadge | undefined;
  /** Rows that were brought into sight. */
  readonly revealed: T[] = [];
  /** What the provider said has changed: a row with those below it, or everything. */
  readonly redrawn: (T | undefined)[] = [];
  readonly #visibilityChanged = new EventEmitter<vscode.TreeViewVisibilityChangeEvent>();
  readonly #selectionChanged = new EventEmitter<vscode.TreeViewSelectionChangeEvent<T>>();
  readonly #collapsed = new EventEmitter<vscode.TreeViewExpansionEvent<T>>();
  readonly #never = new EventEmitter<never>();

  readonly onDidChangeVisibility = this.#visibilityChanged.event;
  readonly onDidChangeSelection = this.#selectionChanged.event;
  readonly onDidExpandElement = this.#never.event;
  readonly onDidCollapseElement = this.#collapsed.event;
  readonly onDidChangeCheckboxState = this.#never.event;

  constructor(options: vscode.TreeViewOptions<T>) {
    this.options = options;
    this.provider = options.treeDataProvider;
    this.provider.onDidChangeTreeData?.((row) => {
      this.redrawn.push(row as T | undefined);
    });
  }

  /** How often the provider said that rows have changed. */
  get refreshes(): number {
    return this.redrawn.length;
  }

  async reveal(element: T, { select = true }: { readonly select?: boolean } = {}): Promise<void> {
    await Promise.resolve();
    this.revealed.push(element);
    if (select) {
      this.selection = [element];
    }
  }

  /** The user opens the view, or closes it. */
  setVisible(visible: boolean): void {
    this.visible = visible;
    this.#visibilityChanged.fire({ visible });
  }

  /** The user closes a group. */
  collapse(element: T): void {
    this.#collapsed.fire({ element });
  }

  /** The user selects these rows. */
  select(...rows: readonly T[]): void {
    this.selection = rows;
    this.#selectionChanged.fire({ selection: rows });
  }

  /** What the rows below this one look like; the top ones without one. */
  async items(row?: T): Promise<readonly vscode.TreeItem[]> {
    const rows = (await this.provider.getChildren(row)) ?? [];
    return Promise.all(rows.map(async (each) => this.provider.getTreeItem(each)));
  }

  dispose(): void {
    this.#visibilityChanged.dispose();
    this.#selectionChanged.dispose();
  }
}

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export class FakeLogChannel implements vscode.LogOutputChannel {
  readonly name: string;
  readonly logLevel = 1 as vscode.LogLevel;
  readonly lines: { readonly level: Level; readonly text: string }[] = [];
  isShown = false;
  readonly onDidChangeLogLevel = new EventEmitter<vscode.LogLevel>().event;

  constructor(name: string) {
    this.name = name;
  }

  trace(text: string): void {
    this.#add('trace', text);
  }

  debug(text: string): void {
    this.#add('debug', text);
  }

  info(text: string): void {
    this.#add('info', text);
  }

  warn(text: string): void {
    this.#add('warn', text);
  }

  error(text: string | Error): void {
    this.#add('error', String(text));
  }

  append(text: string): void {
    this.#add('info', text);
  }

  appendLine(text: string): void {
    this.#add('info', text);
  }

  replace(text: string): void {
    this.clear();
    this.#add('info', text);
  }

  clear(): void {
    this.lines.length = 0;
  }

  show(): void {
    this.isShown = true;
  }

  hide(): void {
    this.isShown = false;
  }

  dispose(): void {
    this.isShown = false;
  }

  #add(level: Level, text: string): void {
    this.lines.push({ level, text });
  }
}

export class FakeWebviewPanel implements vscode.WebviewPanel {
  readonly viewType: string;
  title: string;
  readonly options = {};
  readonly viewColumn = undefined;
  active = true;
  readonly visible = true;
  readonly webview: vscode.Webview;
  /** What was sent to the page. */
  readonly posted: unknown[] = [];
  reveals = 0;
  isDisposed = false;
  readonly #received = new EventEmitter<unknown>();
  readonly #disposed = new EventEmitter<void>();

  readonly onDidDispose = this.#disposed.event;
  readonly onDidChangeViewState = new EventEmitter<vscode.WebviewPanelOnDidChangeViewStateEvent>().event;

  constructor(viewType: string, title: string, options: vscode.WebviewOptions) {
    this.viewType = viewType;
    this.title = title;
    this.webview = partial<vscode.Webview>('Webview', {
      html: '',
      options,
      cspSource: 'https://*.vscode-cdn.net',
      asWebviewUri: (uri) => Uri.from({ scheme: 'https', authority: 'file.vscode-resource.test', path: uri.path }),
      onDidReceiveMessage: this.#received.event,
      postMessage: async (message: unknown) => {
        await Promise.resolve();
        this.posted.push(structuredClone(message));
        return true;
      },
    });
  }

  reveal(): void {
    this.reveals += 1;
  }

  /** The page sends a message. */
  receive(message: unknown): void {
    this.#received.fire(message);
  }

  /** Also what happens when the user closes the tab. */
  dispose(): void {
    if (!this.isDisposed) {
      this.isDisposed = true;
      this.#disposed.fire();
    }
  }
}
