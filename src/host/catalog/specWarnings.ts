import * as vscode from 'vscode';
import type { Logger } from '../../core/base/log.ts';
import { formatMessage } from '../../core/base/messages.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';

/** What could not be read of an instance's own description, part by part (E2). */
export function logSpecWarnings({ skipped }: Catalog, origin: string, logger: Logger): void {
  for (const { where, why } of skipped) {
    logger.info(`API description of ${origin}: ${where}: ${formatMessage(why)}`);
  }
}

/** Says how many there are, and where they are listed; a description that is read as a whole is not spoken of. */
export async function showSpecWarnings({ skipped }: Catalog, name: string): Promise<void> {
  if (skipped.length === 0) {
    return;
  }
  const log = vscode.l10n.t('Show Log');
  const chosen = await vscode.window.showInformationMessage(
    skipped.length === 1
      ? vscode.l10n.t('1 part of the API description of {0} could not be read. Everything else is there.', name)
      : vscode.l10n.t(
          '{0} parts of the API description of {1} could not be read. Everything else is there.',
          skipped.length,
          name,
        ),
    log,
  );
  if (chosen === log) {
    await vscode.commands.executeCommand('ninjaone.showLog');
  }
}
