import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import { allOf } from '../../core/base/messages.ts';
import type { Connection, Scope } from '../../core/connections/connection.ts';
import { confirm } from '../platform/confirm.ts';
import { listOf } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';

/** What leaves the extension, and where to. */
export interface HandedToken {
  readonly connection: Connection;
  readonly scopes: readonly Scope[];
  /** The computer that gets the token, if it is not the user's own. */
  readonly remote: string | undefined;
}

/** Asks before a terminal gets a token, each time. `script` is the path of a file that runs in it. Rejects as canceled. */
export async function confirmTerminal(token: HandedToken, script?: string): Promise<void> {
  const { name } = token.connection;
  await confirm(
    {
      message:
        script === undefined
          ? vscode.l10n.t('Open a terminal with the access token of {0}?', name)
          : vscode.l10n.t('Run this script in a terminal with the access token of {0}?', name),
      detail: [
        ...(script === undefined ? [] : [vscode.l10n.t('Script: {0}', script)]),
        ...linesAbout(token),
        vscode.l10n.t(
          'Programs in the terminal and other extensions can read the token. Cancel if you did not start this.',
        ),
      ].join('\n'),
    },
    script === undefined ? vscode.l10n.t('Open Terminal') : vscode.l10n.t('Run Script'),
  );
}

/** Asks before a task or launch configuration gets a token that can only read, each time. Rejects as canceled. */
export async function confirmTaskToken(token: HandedToken): Promise<void> {
  await confirm(taskQuestion(token, []), vscode.l10n.t('Use Token'));
}

/** The same for a token that allows more, which its button says. Rejects as canceled. */
export async function confirmWiderTaskToken(token: HandedToken): Promise<void> {
  const hint = vscode.l10n.t('There is no session with only the scope monitoring, so this token allows more.');
  const use = localize(
    l10n.t({
      message: 'Use Token with {0}',
      args: [allOf(token.scopes)],
      comment: 'A button. {0} is a list of scopes.',
    }),
  );
  await confirm(taskQuestion(token, [hint]), use);
}

function taskQuestion(token: HandedToken, hints: readonly string[]): Parameters<typeof confirm>[0] {
  return {
    message: vscode.l10n.t('Use the access token of {0} in a task or launch configuration?', token.connection.name),
    detail: [
      ...linesAbout(token),
      ...hints,
      vscode.l10n.t(
        'What is started and other extensions can read the token. Cancel if you started neither a task nor debugging.',
      ),
    ].join('\n'),
  };
}

function linesAbout({ connection, scopes, remote }: HandedToken): readonly string[] {
  return [
    vscode.l10n.t('Host: {0}', new URL(connection.instance.origin).host),
    vscode.l10n.t('Scopes: {0}', listOf(scopes)),
    ...(remote === undefined
      ? []
      : [vscode.l10n.t('Remote computer: {0}. Its administrators can read the token, too.', remote)]),
  ];
}
