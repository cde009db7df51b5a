import * as vscode from 'vscode';
import { errorMessage } from '../core/base/errors.ts';
import type { Sessions } from '../core/sessions/createSessions.ts';
import type { Platform } from './platform/createPlatform.ts';
import type { ApiExplorerFeature } from './createApiExplorer.ts';
import type { SignInFeature } from './signIn/createSignIn.ts';
import type { WriteAccess } from './writeAccess/writeAccess.ts';

export interface ResetOptions {
  readonly sessions: Sessions;
  readonly signIn: SignInFeature;
  readonly writeAccess: WriteAccess;
  readonly explorer: ApiExplorerFeature;
}

export interface ResetResult {
  /** Whether NinjaOne confirmed that all tokens were revoked. */
  readonly isRevoked: boolean;
  /** Names of what could not be deleted. */
  readonly left: readonly string[];
}

/**
 * Signs out everywhere and deletes everything that the extension has stored, each step for itself (A13). What keeps a
 * renewal in another window from undoing it stays for a day.
 */
export async function resetExtension(
  { trustedHosts, logger }: Platform,
  { sessions, signIn: feature, writeAccess, explorer }: ResetOptions,
): Promise<ResetResult> {
  const left: string[] = [];
  const attempt = async (name: string, step: () => unknown): Promise<unknown> => {
    try {
      return await step();
    } catch (error) {
      logger.error(`Reset: ${name}: ${errorMessage(error)}`);
      left.push(name);
      return undefined;
    }
  };
  feature.signIn.cancel();
  await attempt(vscode.l10n.t('write permissions'), () => {
    writeAccess.forgetAll();
  });
  const isRevoked = await attempt(vscode.l10n.t('sessions'), async () =>
    (await feature.signOut()).runAll(sessions.store.all().map(({ id }) => id)),
  );
  await attempt(vscode.l10n.t('tokens and client secrets'), async () => {
    const { deleteAllSecrets } = await import('../core/sessions/storageCheck.ts');
    await deleteAllSecrets(sessions.storageCheck);
  });
  await attempt(vscode.l10n.t('trusted hosts'), () => trustedHosts.forget());
  await attempt(vscode.l10n.t('history'), async () => (await explorer.history()).clear());
  await attempt(vscode.l10n.t('favorites, drafts and API descriptions'), async () => (await explorer.open()).forget());
  return { isRevoked: isRevoked === true, left };
}
