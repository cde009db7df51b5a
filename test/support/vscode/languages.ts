import type * as vscode from 'vscode';
import { Disposable, EventEmitter } from './events.ts';
import { Uri } from './values.ts';

/** Providers of lenses and hovers, and the problems that are marked in documents. */
export class FakeLanguages {
  readonly lensProviders: { readonly selector: vscode.DocumentSelector; readonly provider: vscode.CodeLensProvider }[] =
    [];
  readonly hoverProviders: { readonly selector: vscode.DocumentSelector; readonly provider: vscode.HoverProvider }[] =
    [];
  readonly completionProviders: {
    readonly selector: vscode.DocumentSelector;
    readonly provider: vscode.CompletionItemProvider;
  }[] = [];
  readonly actionProviders: {
    readonly selector: vscode.DocumentSelector;
    readonly provider: vscode.CodeActionProvider;
  }[] = [];
  readonly #collections = new Set<FakeDiagnostics>();

  readonly api = {
    registerCodeLensProvider: (selector: vscode.DocumentSelector, provider: vscode.CodeLensProvider) =>
      registered(this.lensProviders, { selector, provider }),
    registerHoverProvider: (selector: vscode.DocumentSelector, provider: vscode.HoverProvider) =>
      registered(this.hoverProviders, { selector, provider }),
    registerCompletionItemProvider: (selector: vscode.DocumentSelector, provider: vscode.CompletionItemProvider) =>
      registered(this.completionProviders, { selector, provider }),
    registerCodeActionsProvider: (selector: vscode.DocumentSelector, provider: vscode.CodeActionProvider) =>
      registered(this.actionProviders, { selector, provider }),
    match: (selector: vscode.DocumentSelector, document: vscode.TextDocument) => (isFor(selector, document) ? 10 : 0),
    createDiagnosticCollection: (name = ''): vscode.DiagnosticCollection => {
      const collection = new FakeDiagnostics(name);
      this.#collections.add(collection);
      return collection;
    },
  };

  /** What is drawn above the lines of a document. */
  async lensesOf(document: vscode.TextDocument): Promise<readonly vscode.CodeLens[]> {
    const providers = this.lensProviders.filter(({ selector }) => isFor(selector, document));
    const lenses = await Promise.all(
      providers.map(async ({ provider }) => (await provider.provideCodeLenses(document, NEVER_CANCELED)) ?? []),
    );
    return lenses.flat();
  }

  /** What is shown where the pointer rests. */
  async hoversAt(document: vscode.TextDocument, position: vscode.Position): Promise<readonly vscode.Hover[]> {
    const providers = this.hoverProviders.filter(({ selector }) => isFor(selector, document));
    const hovers = await Promise.all(
      providers.map(async ({ provider }) => provider.provideHover(document, position, NEVER_CANCELED)),
    );
    return hovers.filter((hover) => hover !== null && hover !== undefined);
  }

  /** What is offered at a position. */
  async completionsAt(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<readonly vscode.CompletionItem[]> {
    const context = { triggerKind: 0, triggerCharacter: undefined } as const;
    const providers = this.completionProviders.filter(({ selector }) => isFor(selector, document));
    const lists = await Promise.all(
      providers.map(async ({ provider }) =>
        provider.provideCompletionItems(document, position, NEVER_CANCELED, context),
      ),
    );
    return lists.flatMap((list) => (Array.isArray(list) ? list : (list?.items ?? [])));
  }

  /** The quick fixes for the problems of a document. */
  async actionsFor(document: vscode.TextDocument, range: vscode.Range): Promise<readonly vscode.CodeAction[]> {
    const diagnostics = this.problemsOf(document.uri).filter((each) => each.range.intersection(range) !== undefined);
    const context = { diagnostics, only: undefined, triggerKind: 1 } as const;
    const providers = this.actionProviders.filter(({ selector }) => isFor(selector, document));
    const lists = await Promise.all(
      providers.map(async ({ provider }) => provider.provideCodeActions(document, range, context, NEVER_CANCELED)),
    );
    return lists.flatMap((list) => (list ?? []) as readonly vscode.CodeAction[]);
  }

  /** The problems of a document, of all extensions. */
  problemsOf(uri: vscode.Uri): readonly vscode.Diagnostic[] {
    return [...this.#collections].flatMap((collection) => collection.get(uri) ?? []);
  }
}

function registered<T>(list: T[], item: T): vscode.Disposable {
  list.push(item);
  return new Disposable(() => list.splice(list.indexOf(item), 1));
}

/** By scheme, and by patterns for the end of a name, as far as a manifest of ours needs them. */
function isFor(selector: vscode.DocumentSelector, { uri, languageId }: vscode.TextDocument): boolean {
  const filters = (Array.isArray(selector) ? selector : [selector]) as readonly (string | vscode.DocumentFilter)[];
  return filters.some((filter) => {
    if (typeof filter === 'string') {
      return filter === languageId;
    }
    const { scheme, language, pattern } = filter;
    return (
      (scheme === undefined || scheme === uri.scheme) &&
      (language === undefined || language === languageId) &&
      (pattern === undefined || uri.path.endsWith(endOf(pattern)))
    );
  });
}

function endOf(pattern: vscode.GlobPattern): string {
  const [, end] = typeof pattern === 'string' ? (/^\*\*\/\*([^*?{}[\]]+)$/.exec(pattern) ?? []) : [];
  if (end === undefined) {
    throw new Error(`The fake of vscode knows no pattern such as ${JSON.stringify(pattern)}.`);
  }
  return end;
}

const NEVER_CANCELED: vscode.CancellationToken = {
  isCancellationRequested: false,
  onCancellationRequested: new EventEmitter<unknown>().event,
};

type Entry = readonly [vscode.Uri, readonly vscode.Diagnostic[] | undefined];

class FakeDiagnostics implements vscode.DiagnosticCollection {
  readonly name: string;
  readonly #entries = new Map<string, [vscode.Uri, readonly vscode.Diagnostic[]]>();

  constructor(name: string) {
    this.name = name;
  }

  set(target: vscode.Uri | readonly Entry[], diagnostics?: readonly vscode.Diagnostic[]): void {
    for (const [uri, marks] of target instanceof Uri ? [[target, diagnostics] as const] : target) {
      if (marks) {
        this.#entries.set(uri.toString(), [uri, marks]);
      } else {
        this.delete(uri);
      }
    }
  }

  delete(uri: vscode.Uri): void {
    this.#entries.delete(uri.toString());
  }

  clear(): void {
    this.#entries.clear();
  }

  forEach(
    callback: (
      uri: vscode.Uri,
      marks: readonly vscode.Diagnostic[],
      collection: vscode.DiagnosticCollection,
    ) => unknown,
  ): void {
    for (const [uri, marks] of this.#entries.values()) {
      callback(uri, marks, this);
    }
  }

  get(uri: vscode.Uri): readonly vscode.Diagnostic[] | undefined {
    return this.#entries.get(uri.toString())?.[1];
  }

  has(uri: vscode.Uri): boolean {
    return this.#entries.has(uri.toString());
  }

  [Symbol.iterator](): Iterator<[vscode.Uri, readonly vscode.Diagnostic[]]> {
    return this.#entries.values();
  }

  dispose(): void {
    this.clear();
  }
}
