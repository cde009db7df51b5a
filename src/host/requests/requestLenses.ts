import * as vscode from 'vscode';
import type { Operation } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { hasPages } from '../../core/responses/displayedResponse.ts';
import { codeLens } from '../platform/codeLenses.ts';
import type { Command } from '../platform/contributions.ts';
import { filePartsOf } from './chooseFormFile.ts';

export interface RequestLensOptions {
  /** To which the document is bound. */
  readonly connection: Connection | undefined;
  readonly canChangeConnection: boolean;
  /** Undefined while the text names none. */
  readonly operation: Operation | undefined;
  /** Whether what the operation changes can be loaded. */
  readonly canLoad: boolean;
}

/**
 * The actions above a request document, in the order of their use: beside a response, an editor shows about 60 characters
 * of the line. All of them are in the palette, too (E6, E14).
 */
export function requestLenses(
  uri: vscode.Uri,
  { connection, canChangeConnection, operation, canLoad }: RequestLensOptions,
): vscode.CodeLens[] {
  const lens = (title: string, command: Command, tooltip = title): vscode.CodeLens =>
    codeLens(new vscode.Range(0, 0, 0, 0), { title, tooltip, command, arguments: [uri] });
  return [
    connection
      ? lens(vscode.l10n.t('Send to {0}', shortName(connection)), 'ninjaone.request.send', addressOf(connection))
      : lens(vscode.l10n.t('Send…'), 'ninjaone.request.send'),
    ...(operation && hasPages(operation) ? [lens(vscode.l10n.t('Fetch All'), 'ninjaone.request.fetchAll')] : []),
    ...(canLoad ? [lens(vscode.l10n.t('Load Current Value'), 'ninjaone.request.loadCurrentValue')] : []),
    ...(filePartsOf(operation).length > 0 ? [lens(vscode.l10n.t('Choose File…'), 'ninjaone.request.chooseFile')] : []),
    ...(connection && canChangeConnection
      ? [lens(vscode.l10n.t('Change Connection…'), 'ninjaone.request.changeConnection')]
      : []),
    lens(
      vscode.l10n.t('Save as Script…'),
      'ninjaone.explorer.saveAsPowerShell',
      vscode.l10n.t('Save as PowerShell Script…'),
    ),
    lens(vscode.l10n.t('Copy As…'), 'ninjaone.request.copyAs'),
  ];
}

/** With the region. A host is too long for the line, and is in the tooltip. */
function shortName({ name, instance: { label, host, kind } }: Connection): string {
  return kind === 'ninjaone' && label !== host ? `${name} · ${label}` : name;
}

function addressOf({ name, instance: { origin } }: Connection): string {
  return vscode.l10n.t({
    message: 'Send to {0} ({1})',
    args: [name, origin],
    comment: '{0} is the name of a connection and {1} its address.',
  });
}
