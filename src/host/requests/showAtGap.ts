import * as vscode from 'vscode';
import { firstEmptyValue, isEmptyBody } from '../../core/requests/requestText.ts';

/** Shows a request document as a preview, with the cursor where something is missing, else in the body or the query. */
export async function showAtGap(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const empty = firstEmptyValue(document.getText());
  await vscode.window.showTextDocument(document, {
    preview: true,
    ...(empty ? { selection: new vscode.Range(document.positionAt(empty.start), document.positionAt(empty.end)) } : {}),
  });
  if (empty && isEmptyBody(document.getText(), empty)) {
    // Most API descriptions require no member of a body, so the document cannot say what belongs there.
    await vscode.commands.executeCommand('editor.action.triggerSuggest');
  }
}
