import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import type { Logger } from '../../core/base/log.ts';
import { formatMessage } from '../../core/base/messages.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';
import type { IncompleteSpec } from '../../core/catalog/catalogSource.ts';
import { localize } from '../platform/localize.ts';
import { offerAction } from '../platform/offerAction.ts';
import { showWarning } from '../platform/windowMessages.ts';

/** Logs each part of an instance's API description that could not be read (E2). */
export function logSpecWarnings({ skipped }: Catalog, origin: string, logger: Logger): void {
  for (const { where, why } of skipped) {
    logger.info(`API description of ${origin}: ${where}: ${formatMessage(why)}`);
  }
}

/** Says that the description may be incomplete, and how to download it again (E2). */
export function tellIncompleteSpec({ found, bundled }: IncompleteSpec, origin: string): void {
  showWarning(
    vscode.l10n.t({
      message:
        'The API description of {0} has only {1} of the {2} operations that the extension knows. It may be incomplete. To download it again, use Refresh in the API Explorer.',
      args: [new URL(origin).host, found, bundled],
      comment: '{0} is a host. {1} and {2} are numbers.',
    }),
  );
}

/** Shows how many parts could not be read and offers the log; shows nothing if the whole description was read. */
export async function showSpecWarnings({ skipped }: Catalog, name: string): Promise<void> {
  if (skipped.length === 0) {
    return;
  }
  await offerAction(
    localize(
      l10n.t({
        message:
          '{0, plural, one {# part of the API description of {1} could not be read and was skipped.} other {# parts of the API description of {1} could not be read and were skipped.}}',
        args: [skipped.length, name],
        comment: '{1} is the name of a connection.',
      }),
    ),
    { label: vscode.l10n.t('Show Log'), run: () => vscode.commands.executeCommand('ninjaone.showLog') },
  );
}
