import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { FormattedDiagnosis, Mark } from '../../core/diagnostics/formatDiagnosis.ts';
import { DIAGNOSIS_SCHEME } from '../platform/contributions.ts';

/** Colors the verdicts of the report. The words say the same. */
export class DiagnosisColors implements Disposable {
  readonly #shown: () => FormattedDiagnosis | undefined;
  readonly #types = Object.entries(STYLES).map(
    ([verdict, style]) => [verdict, vscode.window.createTextEditorDecorationType(style)] as const,
  );
  readonly #disposable: vscode.Disposable;

  constructor(shown: () => FormattedDiagnosis | undefined) {
    this.#shown = shown;
    const apply = (): void => {
      this.apply();
    };
    this.#disposable = vscode.Disposable.from(
      ...this.#types.map(([, type]) => type),
      vscode.window.onDidChangeVisibleTextEditors(apply),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.scheme === DIAGNOSIS_SCHEME) {
          apply();
        }
      }),
    );
  }

  /** VS Code reads a changed text later, so an editor with another text is left alone. */
  apply(): void {
    const { text = '', marks = [] } = this.#shown() ?? {};
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document.uri.scheme === DIAGNOSIS_SCHEME && editor.document.getText() === text) {
        for (const [verdict, type] of this.#types) {
          const ranges = marks
            .filter((mark) => mark.verdict === verdict)
            .map(({ line, start, end }) => new vscode.Range(line, start, line, end));
          editor.setDecorations(type, ranges);
        }
      }
    }
  }

  dispose(): void {
    this.#disposable.dispose();
  }
}

const STYLES: { readonly [K in Mark['verdict']]: vscode.DecorationRenderOptions } = {
  ok: { color: new vscode.ThemeColor('terminal.ansiGreen') },
  problem: { color: new vscode.ThemeColor('editorError.foreground') },
  unknown: { color: new vscode.ThemeColor('editorWarning.foreground') },
};
