import * as vscode from 'vscode';
import type { WritePermission } from '../../core/api/apiClient.ts';
import { WritePermissions } from '../../core/api/writePermissions.ts';
import { plainText } from '../../core/base/errors.ts';
import type { Event } from '../../core/base/lifecycle.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { l10n } from '../../core/base/l10n.ts';
import { allOf } from '../../core/base/messages.ts';
import { formatTime } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';
import { setContext } from '../platform/contributions.ts';
import type { Settings } from '../platform/settings.ts';

export interface WriteAccessOptions {
  /** A folder of this extension that all windows share, neither per workspace nor synchronized. */
  readonly directory: string;
  readonly settings: Settings;
  readonly now: () => number;
}

/**
 * Knows which connections may write, and shows it in the status bar while any connection may, selected or not (E9). It is
 * created at startup, because a permission without a time limit must be visible at once.
 */
export class WriteAccess implements WritePermission, vscode.Disposable {
  readonly #settings: Settings;
  readonly #permissions: WritePermissions;
  readonly #item = vscode.window.createStatusBarItem('ninjaone.writes', vscode.StatusBarAlignment.Left);
  readonly #disposable: vscode.Disposable;

  readonly onDidChange: Event<void>;

  constructor({ directory, settings, now }: WriteAccessOptions) {
    this.#settings = settings;
    this.#permissions = new WritePermissions(directory, now);
    this.onDidChange = this.#permissions.onDidChange;
    this.#item.name = vscode.l10n.t('NinjaOne Writes');
    this.#item.command = 'ninjaone.lockWrites';
    this.#item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    const update = (): void => {
      this.#update();
    };
    // Another window only writes a file.
    const recheck = (): void => {
      this.#permissions.recheck();
    };
    const timer = setInterval(recheck, RECHECK_INTERVAL);
    timer.unref();
    this.#disposable = vscode.Disposable.from(
      vscode.window.onDidChangeWindowState(recheck),
      new vscode.Disposable(() => {
        clearInterval(timer);
      }),
      this.#item,
      this.#permissions,
      this.onDidChange(update),
      settings.onDidChangeConnections(update),
    );
    update();
  }

  mayWrite(connection: Connection): boolean {
    return this.#permissions.mayWrite(connection);
  }

  /** The connections that may write now, in the order of the settings. */
  get unlocked(): readonly Connection[] {
    return this.#settings.connections.filter((connection) => this.mayWrite(connection));
  }

  /** Allows writes for this many milliseconds, or `Infinity`. Call it only after the user agreed. */
  unlock(connection: Connection, milliseconds: number): void {
    this.#permissions.allow(connection, milliseconds);
  }

  /** Makes the connection read-only in all windows before it returns. */
  lock(connection: Connection): void {
    this.#permissions.revoke(connection.id);
  }

  /** Called when a connection is removed or nobody is signed in to it anymore, so that it is read-only the next time. */
  forget(connectionId: string): void {
    this.#permissions.revoke(connectionId);
  }

  forgetAll(): void {
    this.#permissions.revokeAll();
  }

  dispose(): void {
    this.#disposable.dispose();
  }

  #update(): void {
    const { unlocked } = this;
    const [first] = unlocked;
    setContext('ninjaone.writesUnlocked', first !== undefined);
    if (!first) {
      this.#item.hide();
      return;
    }
    const names = unlocked.map(({ name }) => plainText(name));
    const state = unlocked.length === 1 ? this.#stateOf(first) : severalAllowed(unlocked.length);
    this.#item.text = `$(unlock) ${state}`;
    this.#item.tooltip =
      unlocked.length === 1
        ? vscode.l10n.t({
            message: 'NinjaOne: {0}. Select to make the connection read-only.',
            args: [state],
            comment: '{0} is a connection and its state, such as "Acme: writes allowed until 12:30".',
          })
        : localize(
            l10n.t({
              message: 'NinjaOne: Writes are allowed for {0}. Select to make one of the connections read-only.',
              args: [allOf(names)],
              comment: '{0} is a list of connections.',
            }),
          );
    this.#item.accessibilityInformation = { label: this.#item.tooltip, role: 'button' };
    this.#item.show();
  }

  #stateOf(connection: Connection): string {
    const name = plainText(connection.name);
    const until = this.#permissions.until(connection);
    return until === undefined || until === Infinity
      ? vscode.l10n.t({ message: '{0}: writes allowed', args: [name], comment: '{0} is the name of a connection.' })
      : vscode.l10n.t({
          message: '{0}: writes allowed until {1}',
          args: [name, formatTime(until)],
          comment: '{0} is the name of a connection and {1} a time.',
        });
  }
}

/** Milliseconds. */
const RECHECK_INTERVAL = 1000;

function severalAllowed(count: number): string {
  return localize(
    l10n.t('{0, plural, one {# connection: writes allowed} other {# connections: writes allowed}}', count),
  );
}
