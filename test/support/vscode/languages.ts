import type * as vscode from 'vscode';
import { Disposable } from './events.ts';
import { Uri } from './values.ts';

/** Providers of lenses and hovers, and the problems that are marked in documents. */
export class FakeLanguages {
  readonly lensProviders: { readonly selector: vscode.DocumentSelector; readonly provider: vscode.CodeLensProvider }[] =
    [];
  readonly hoverProviders: { readonly selector: vscode.DocumentSelector; readonly provider: vscode.HoverProvider }[] =
    [];
  readonly #collections = new Set<FakeDiagnostics>();

  readonly api = {
    registerCodeLensProvider: (selector: vscode.DocumentSelector, provider: vscode.CodeLensProvider) =>
      registered(this.lensProviders, { selector, provider }),
    registerHoverProvider: (selector: vscode.DocumentSelector, provider: vscode.HoverProvider) =>
      registered(this.hoverProviders, { selector, provider }),
    createDiagnosticCollection: (name = ''): vscode.DiagnosticCollection => {
      const collection = new FakeDiagnostics(name);
      this.#collections.add(collection);
      return collection;
    },
  };

  /** The problems of a document, of all extensions. */
  problemsOf(uri: vscode.Uri): readonly vscode.Diagnostic[] {
    return [...this.#collections].flatMap((collection) => collection.get(uri) ?? []);
  }
}

function registered<T>(list: T[], item: T): vscode.Disposable {
  list.push(item);
  return new Disposable(() => list.splice(list.indexOf(item), 1));
}

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
