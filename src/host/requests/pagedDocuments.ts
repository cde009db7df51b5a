import * as vscode from 'vscode';
import type { Catalog } from '../../core/catalog/catalog.ts';
import { presentRead } from '../../core/requests/presentValue.ts';
import { operationIn } from '../../core/requests/valuePlace.ts';
import { hasPages } from '../../core/responses/displayedResponse.ts';
import { setContext } from '../platform/contributions.ts';
import { isRequestDocument, mayBeSent } from './requestEditor.ts';

/**
 * Keeps the context keys that decide for which request documents the editor title menu shows Fetch All and Load Current
 * Value.
 */
export function watchDocumentMenus(catalogOf: (document: vscode.TextDocument) => Promise<Catalog>): vscode.Disposable {
  let latest = 0;
  const update = async (): Promise<void> => {
    latest += 1;
    const current = latest;
    const documents = vscode.workspace.textDocuments.filter((each) => isRequestDocument(each) && mayBeSent(each));
    const found = await Promise.all(
      documents.map(async (document) => {
        const catalog = await catalogOf(document);
        const operation = catalog.find(operationIn(document.getText()) ?? '');
        return {
          address: document.uri.toString(),
          isPaged: operation !== undefined && hasPages(operation),
          isLoadable: presentRead(operation, (key) => catalog.find(key)) !== undefined,
        };
      }),
    );
    if (current === latest) {
      const paged = found.filter(({ isPaged }) => isPaged);
      const loadable = found.filter(({ isLoadable }) => isLoadable);
      setContext('ninjaone.request.fetchAll.documents', paged.map(addressOf));
      setContext('ninjaone.request.loadCurrentValue.documents', loadable.map(addressOf));
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

function addressOf({ address }: { readonly address: string }): string {
  return address;
}
