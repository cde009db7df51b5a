import * as vscode from 'vscode';
import type { Catalog } from '../../core/catalog/catalog.ts';
import { operationIn } from '../../core/requests/valuePlace.ts';
import { hasPages } from '../../core/responses/displayedResponse.ts';
import { setContext } from '../platform/contributions.ts';
import { isRequestDocument, mayBeSent } from './requestEditor.ts';

/** Keeps the context key that decides for which request documents the editor title menu shows Fetch All. */
export function watchPagedDocuments(catalogOf: (document: vscode.TextDocument) => Promise<Catalog>): vscode.Disposable {
  let latest = 0;
  const update = async (): Promise<void> => {
    latest += 1;
    const current = latest;
    const documents = vscode.workspace.textDocuments.filter((each) => isRequestDocument(each) && mayBeSent(each));
    const paged = await Promise.all(
      documents.map(async (document) => {
        const operation = (await catalogOf(document)).find(operationIn(document.getText()) ?? '');
        return operation && hasPages(operation) ? [document.uri.toString()] : [];
      }),
    );
    if (current === latest) {
      setContext('ninjaone.request.fetchAll.documents', paged.flat());
    }
  };
  const updateFor = (document: vscode.TextDocument): void => {
    if (isRequestDocument(document)) {
      void update();
    }
  };
  void update();
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(updateFor),
    vscode.workspace.onDidCloseTextDocument(updateFor),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      updateFor(document);
    }),
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (editor) {
        updateFor(editor.document);
      }
    }),
  );
}
