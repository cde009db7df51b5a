import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { plainText } from '../../core/base/errors.ts';
import type { FilterFix, FilterProblem } from '../../core/deviceFilter/filterProblems.ts';
import { readFilter } from '../../core/deviceFilter/readFilter.ts';
import { localize } from '../platform/localize.ts';
import { onDidCloseLastTab } from '../platform/tabs.ts';
import { deviceFilterOf, rangeIn, type CatalogOfDocument, type DeviceFilter } from './deviceFilters.ts';
import { isRequestDocument } from './requestEditor.ts';

/**
 * Marks what NinjaOne would ignore, misread or refuse in the device filter of a request document, and offers what to write
 * instead (E18). The marks are warnings: sending does not look at them.
 */
export class DeviceFilterWarnings implements vscode.CodeActionProvider, Disposable {
  readonly #catalogOf: CatalogOfDocument;
  readonly #marks = vscode.languages.createDiagnosticCollection('ninjaone.deviceFilter');
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly #subscriptions: readonly Disposable[];
  #isDisposed = false;

  constructor(catalogOf: CatalogOfDocument) {
    this.#catalogOf = catalogOf;
    const check = (document: vscode.TextDocument): void => {
      this.#schedule(document, 0);
    };
    this.#subscriptions = [
      this.#marks,
      vscode.workspace.onDidOpenTextDocument(check),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        this.#schedule(document, PAUSE);
      }),
      // It may be for another connection now, whose API description has other classes.
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor) {
          check(editor.document);
        }
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#forget(uri);
      }),
      // VS Code closes the document later than its tab, and would list its problems until then.
      onDidCloseLastTab((uri) => {
        this.#forget(uri);
      }),
    ];
    vscode.workspace.textDocuments.forEach(check);
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const filter = await deviceFilterOf(document, this.#catalogOf);
    if (!filter) {
      return [];
    }
    return problemsOf(filter)
      .map((problem) => ({ problem, place: rangeIn(filter, problem) }))
      .filter(({ place }) => place.intersection(range) !== undefined)
      .flatMap(({ problem: { fixes }, place }) =>
        fixes.map((fix) => {
          const action = new vscode.CodeAction(titleOf(fix), vscode.CodeActionKind.QuickFix);
          action.edit = editOf(document, filter, fix);
          action.diagnostics = diagnostics.filter((each) => each.source === SOURCE && each.range.isEqual(place));
          action.isPreferred = fixes.length === 1;
          return action;
        }),
      );
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const timer of this.#waiting.values()) {
      clearTimeout(timer);
    }
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
  }

  /** Waits until the user pauses, so that nothing is marked that is being written. */
  #schedule(document: vscode.TextDocument, pause: number): void {
    if (!isRequestDocument(document)) {
      return;
    }
    const key = document.uri.toString();
    clearTimeout(this.#waiting.get(key));
    this.#waiting.set(
      key,
      setTimeout(() => {
        this.#waiting.delete(key);
        void this.#mark(document);
      }, pause),
    );
  }

  async #mark(document: vscode.TextDocument): Promise<void> {
    const { version, uri } = document;
    const filter = await deviceFilterOf(document, this.#catalogOf);
    if (this.#isDisposed || document.version !== version || document.isClosed) {
      return;
    }
    this.#marks.set(
      uri,
      filter &&
        problemsOf(filter).map((problem) => {
          const mark = new vscode.Diagnostic(
            rangeIn(filter, problem),
            localize(problem.message),
            vscode.DiagnosticSeverity.Warning,
          );
          mark.source = SOURCE;
          return mark;
        }),
    );
  }

  #forget(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.#waiting.get(key));
    this.#waiting.delete(key);
    this.#marks.delete(uri);
  }
}

/** Milliseconds. */
const PAUSE = 500;
const SOURCE = 'NinjaOne';

function problemsOf({ place: { filter }, context }: DeviceFilter): readonly FilterProblem[] {
  return readFilter(filter, context).problems;
}

function titleOf({ start, end, text }: FilterFix): string {
  const shown = plainText(text, 60);
  return shown === ''
    ? vscode.l10n.t('Remove')
    : start === end
      ? vscode.l10n.t('Insert {0}', shown)
      : vscode.l10n.t('Change to {0}', shown);
}

/** A filter that is a number is put between quotes. */
function editOf(
  { uri }: vscode.TextDocument,
  filter: DeviceFilter,
  { start, end, text }: FilterFix,
): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  const { place } = filter;
  if (place.isText) {
    edit.replace(uri, rangeIn(filter, { start, end }), JSON.stringify(text).slice(1, -1));
  } else {
    const whole = { start: 0, end: place.filter.length };
    edit.replace(
      uri,
      rangeIn(filter, whole),
      JSON.stringify(place.filter.slice(0, start) + text + place.filter.slice(end)),
    );
  }
  return edit;
}
