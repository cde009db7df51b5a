import type * as vscode from 'vscode';
import { CancellationTokenSource, Disposable, EventEmitter } from './events.ts';
import { FakeInputBox, FakeQuickPick, notesOf } from './quickInput.ts';
import type { Reply, User } from './user.ts';
import { InputBoxValidationSeverity, StatusBarAlignment, Uri } from './values.ts';
import {
  FakeDecorationType,
  FakeLogChannel,
  FakeStatusBarItem,
  FakeTerminal,
  FakeTreeView,
  FakeWebviewPanel,
} from './views.ts';
import type { FakeWorkspace } from './workspace.ts';

export interface ShownMessage {
  readonly kind: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly detail: string | undefined;
  readonly isModal: boolean;
  readonly buttons: readonly string[];
}

export interface ShownProgress {
  readonly title: string | undefined;
  readonly location: vscode.ProgressOptions['location'];
  /** What the task said, in order. */
  readonly messages: string[];
  isDone: boolean;
  /** The user presses Cancel. */
  readonly cancel: () => void;
}

/** What the window shows. Whatever waits for the user goes to them. */
export class FakeWindow {
  readonly messages: ShownMessage[] = [];
  readonly statusBarMessages: string[] = [];
  readonly statusBarItems: FakeStatusBarItem[] = [];
  readonly treeViews = new Map<string, FakeTreeView<unknown>>();
  readonly webviewPanels: FakeWebviewPanel[] = [];
  readonly channels: FakeLogChannel[] = [];
  readonly progress: ShownProgress[] = [];
  /** Terminals that are open. */
  readonly terminals: FakeTerminal[] = [];
  uriHandler: vscode.UriHandler | undefined;
  /** VS Code allows one in each extension host. */
  uriHandlersRegistered = 0;
  readonly #user: User;
  readonly #stateChanged = new EventEmitter<vscode.WindowState>();
  readonly #terminalClosed = new EventEmitter<vscode.Terminal>();

  readonly api;

  constructor(user: User, workspace: FakeWorkspace) {
    this.#user = user;
    this.api = {
      tabGroups: workspace.tabGroups,
      onDidChangeWindowState: this.#stateChanged.event,
      onDidCloseTerminal: this.#terminalClosed.event,
      createTerminal: (options?: unknown): vscode.Terminal => {
        const terminal = new FakeTerminal(options as vscode.TerminalOptions, () => {
          this.terminals.splice(this.terminals.indexOf(terminal), 1);
          this.#terminalClosed.fire(terminal);
        });
        this.terminals.push(terminal);
        return terminal;
      },
      showInformationMessage: this.#shows('information'),
      showWarningMessage: this.#shows('warning'),
      showErrorMessage: this.#shows('error'),
      showQuickPick: (items: Items, options?: vscode.QuickPickOptions) => this.#pick(items, options),
      showInputBox: (options?: vscode.InputBoxOptions) => this.#ask(options),
      showSaveDialog: (options?: vscode.SaveDialogOptions) => this.#chooseFile(options),
      showOpenDialog: (options?: vscode.OpenDialogOptions) => this.#chooseFiles(options),
      showTextDocument: (of: vscode.TextDocument | vscode.Uri, options?: ShowOptions) =>
        workspace.show(of, typeof options === 'number' ? { viewColumn: options } : options),
      createInputBox: () => new FakeInputBox(user),
      createTextEditorDecorationType: (style: vscode.DecorationRenderOptions) => new FakeDecorationType(style),
      createQuickPick: <T extends vscode.QuickPickItem>() => new FakeQuickPick<T>(user),
      withProgress: <R>(options: vscode.ProgressOptions, task: Task<R>) => this.#withProgress(options, task),
      setStatusBarMessage: (text: string): vscode.Disposable => {
        this.statusBarMessages.push(text);
        return new Disposable(() => {});
      },
      createStatusBarItem: (id?: string | vscode.StatusBarAlignment, alignment?: number, priority?: number) => {
        const [own, ...place] = typeof id === 'string' ? [id, alignment, priority] : ['', id, alignment];
        const item = new FakeStatusBarItem(own, place[0] ?? StatusBarAlignment.Left, place[1]);
        this.statusBarItems.push(item);
        return item;
      },
      createTreeView: <T>(id: string, options: vscode.TreeViewOptions<T>) => {
        const view = new FakeTreeView<T>(options);
        this.treeViews.set(id, view as FakeTreeView<unknown>);
        return view;
      },
      createOutputChannel: (name: string) => {
        const channel = new FakeLogChannel(name);
        this.channels.push(channel);
        return channel;
      },
      createWebviewPanel: (viewType: string, title: string, _place: unknown, options?: vscode.WebviewOptions) => {
        const panel = new FakeWebviewPanel(viewType, title, options ?? {});
        this.webviewPanels.push(panel);
        return panel;
      },
      registerUriHandler: (handler: vscode.UriHandler): vscode.Disposable => {
        this.uriHandlersRegistered += 1;
        this.uriHandler = handler;
        return new Disposable(() => {
          this.uriHandler = undefined;
        });
      },
    };
  }

  /** The texts of the messages. */
  get said(): readonly string[] {
    return this.messages.map(({ text }) => text);
  }

  statusBarItem(id: string): FakeStatusBarItem {
    return found(
      this.statusBarItems.find((item) => item.id === id),
      `status bar item ${id}`,
    );
  }

  treeView(id: string): FakeTreeView<unknown> {
    return found(this.treeViews.get(id), `tree view ${id}`);
  }

  /** The browser sends the user to this address. */
  openUri(uri: string): void {
    void found(this.uriHandler, 'URI handler').handleUri(Uri.parse(uri));
  }

  /** The user comes back to the window, or leaves it. */
  focus(focused: boolean): void {
    this.#stateChanged.fire({ focused, active: focused });
  }

  #shows(kind: ShownMessage['kind']) {
    return async (text: string, ...rest: readonly (vscode.MessageOptions | string | vscode.MessageItem)[]) => {
      const [first, ...others] = rest;
      const isOptions = typeof first === 'object' && !('title' in first);
      const options: vscode.MessageOptions = isOptions ? first : {};
      const items = (isOptions ? others : rest) as readonly (string | vscode.MessageItem)[];
      const labels = items.map((item) => (typeof item === 'string' ? item : item.title));
      const { modal: isModal = false, detail } = options;
      this.messages.push({ kind, text, detail, isModal, buttons: labels });
      if (!isModal && labels.length === 0) {
        return undefined as never;
      }
      const reply = await this.#user.reply({
        kind: isModal ? 'modal' : 'message',
        texts: [text],
        choices: labels,
        detail,
        options,
      });
      return items[labels.findIndex((label) => label === reply)] as never;
    };
  }

  async #pick(items: Items, options: vscode.QuickPickOptions = {}): Promise<never> {
    const listed = await items;
    const choices = listed.map((item) => (typeof item === 'string' ? item : item.label));
    const texts = [options.title, options.placeHolder].filter((text) => text !== undefined);
    const notes = listed.flatMap((item) => (typeof item === 'string' ? [] : notesOf(item)));
    const reply = await this.#user.reply({ kind: 'list', texts, choices, notes, options });
    return listed[choices.findIndex((label) => label === reply)] as never;
  }

  async #ask(options: vscode.InputBoxOptions = {}): Promise<string | undefined> {
    const texts = [options.title, options.prompt, options.placeHolder].filter((text) => text !== undefined);
    const objectionTo = async (text: string): Promise<string | undefined> => {
      const objection = await options.validateInput?.(text);
      return typeof objection === 'object' && objection !== null
        ? objection.severity === InputBoxValidationSeverity.Error
          ? objection.message
          : undefined
        : (objection ?? undefined);
    };
    return asText(await this.#user.reply({ kind: 'input', texts, choices: [], objectionTo, options }));
  }

  async #chooseFile(options: vscode.SaveDialogOptions = {}): Promise<vscode.Uri | undefined> {
    const texts = [options.title ?? '', options.defaultUri?.toString() ?? ''];
    const reply = await this.#user.reply({ kind: 'file', texts, choices: [], options });
    return typeof reply === 'string' ? Uri.file(reply) : reply;
  }

  /** The reply is one path, or several with line breaks between them. */
  async #chooseFiles(options: vscode.OpenDialogOptions = {}): Promise<vscode.Uri[] | undefined> {
    const texts = [options.title ?? '', options.defaultUri?.toString() ?? ''];
    const reply = await this.#user.reply({ kind: 'file', texts, choices: [], options });
    return typeof reply === 'string' ? reply.split('\n').map((path) => Uri.file(path)) : reply && [reply];
  }

  async #withProgress<R>({ title, location }: vscode.ProgressOptions, task: Task<R>): Promise<R> {
    const source = new CancellationTokenSource();
    const shown: ShownProgress = {
      title,
      location,
      messages: [],
      isDone: false,
      cancel: () => {
        source.cancel();
      },
    };
    this.progress.push(shown);
    try {
      return await task(
        {
          report: ({ message }) => {
            shown.messages.push(message ?? '');
          },
        },
        source.token,
      );
    } finally {
      shown.isDone = true;
    }
  }
}

type Items = readonly (string | vscode.QuickPickItem)[] | PromiseLike<readonly (string | vscode.QuickPickItem)[]>;
type ShowOptions = vscode.TextDocumentShowOptions | vscode.ViewColumn;
type Task<R> = (
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  token: vscode.CancellationToken,
) => PromiseLike<R>;

function asText(reply: Reply): string | undefined {
  return reply === undefined ? undefined : String(reply);
}

function found<T>(item: T | undefined, name: string): T {
  if (item === undefined) {
    throw new Error(`There is no ${name}.`);
  }
  return item;
}
