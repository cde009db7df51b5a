import * as vscode from 'vscode';
import type { WritePermission } from '../../core/api/apiClient.ts';
import { WritePermissions } from '../../core/api/writePermissions.ts';
import { escapeIcons } from '../../core/base/errors.ts';
import type { Event } from '../../core/base/lifecycle.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { timeOf } from '../platform/format.ts';
import { setContext } from '../platform/contributions.ts';
import type { Settings } from '../platform/settings.ts';

export interface WriteAccessOptions {
  /** Of the machine, not of the workspace and not synchronized. */
  readonly memory: vscode.Memento;
  readonly settings: Settings;
  readonly now: () => number;
}

/**
 * Whether connections may write, shown in the status bar while any of them may, selected or not (E9). It takes part in the
 * start, because a permission without an end has to be seen at once.
 */
export class WriteAccess implements WritePermission, vscode.Disposable {
  readonly #settings: Settings;
  readonly #permissions: WritePermissions;
  readonly #item = vscode.window.createStatusBarItem('ninjaone.writes', vscode.StatusBarAlignment.Left);
  readonly #disposable: vscode.Disposable;

  readonly onDidChange: Event<void>;

  constructor({ memory, settings, now }: WriteAccessOptions) {
    this.#settings = settings;
    this.#permissions = new WritePermissions(memory, now);
    this.onDidChange = this.#permissions.onDidChange;
    this.#item.name = vscode.l10n.t('NinjaOne Writes');
    this.#item.command = 'ninjaone.lockWrites';
    this.#item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    const update = (): void => {
      this.#update();
    };
    this.#disposable = vscode.Disposable.from(
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

  /** For so many milliseconds, or `Infinity`: what a person has just answered. */
  async unlock(connection: Connection, milliseconds: number): Promise<void> {
    await this.#permissions.allow(connection, milliseconds);
  }

  async lock(connection: Connection): Promise<void> {
    await this.#permissions.revoke(connection.id);
  }

  /** The connection is removed: if it comes back, it is read-only. */
  async forget(connectionId: string): Promise<void> {
    await this.#permissions.revoke(connectionId);
  }

  async forgetAll(): Promise<void> {
    await this.#permissions.revokeAll();
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
    const isOne = unlocked.length === 1;
    const state = isOne ? this.#stateOf(first) : vscode.l10n.t('writes allowed');
    const names = unlocked.map(({ name }) => escapeIcons(name)).join(', ');
    const who = isOne ? names : vscode.l10n.t('{0} connections', unlocked.length);
    this.#item.text = `$(unlock) ${who}: ${state}`;
    this.#item.tooltip = isOne
      ? vscode.l10n.t('NinjaOne: {0}, {1}. Click to make it read-only.', names, state)
      : vscode.l10n.t('NinjaOne: {0}, {1}. Click to make one of them read-only.', names, state);
    this.#item.accessibilityInformation = {
      label: isOne
        ? vscode.l10n.t('NinjaOne connection {0}, {1}, press to make it read-only', names, state)
        : vscode.l10n.t('NinjaOne connections {0}, {1}, press to make one of them read-only', names, state),
      role: 'button',
    };
    this.#item.show();
  }

  #stateOf(connection: Connection): string {
    const until = this.#permissions.until(connection);
    return until === undefined || until === Infinity
      ? vscode.l10n.t('writes allowed')
      : vscode.l10n.t('writes allowed until {0}', timeOf(until));
  }
}
