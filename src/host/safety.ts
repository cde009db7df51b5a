import * as vscode from 'vscode';
import type { WritePermission } from '../core/api/apiClient.ts';
import { WritePermissions } from '../core/api/writePermissions.ts';
import type { Event } from '../core/base/lifecycle.ts';
import type { Connection } from '../core/connection/connection.ts';
import { timeOf } from './connectionsView.ts';
import { setContext } from './contributions.ts';
import type { Selection } from './selection.ts';

export interface SafetyPorts {
  /** Of the machine, not of the workspace and not synchronised. */
  readonly memory: vscode.Memento;
  readonly selection: Selection;
  readonly now: () => number;
}

/**
 * Whether connections may write, shown in the status bar while the selected one may (E9). It takes part in the start,
 * because a permission without an end has to be seen at once.
 */
export class Safety implements WritePermission, vscode.Disposable {
  readonly #selection: Selection;
  readonly #permissions: WritePermissions;
  readonly #item = vscode.window.createStatusBarItem('ninjaone.writes', vscode.StatusBarAlignment.Left);
  readonly #disposable: vscode.Disposable;

  readonly onDidChange: Event<void>;

  constructor({ memory, selection, now }: SafetyPorts) {
    this.#selection = selection;
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
      selection.onDidChange(update),
    );
    update();
  }

  mayWrite(connection: Connection): boolean {
    return this.#permissions.mayWrite(connection);
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
    const { current } = this.#selection;
    const until = current && this.#permissions.until(current);
    setContext('ninjaone.writesUnlocked', until !== undefined);
    if (!current || until === undefined) {
      this.#item.hide();
      return;
    }
    const state =
      until === Infinity ? vscode.l10n.t('writes allowed') : vscode.l10n.t('writes allowed until {0}', timeOf(until));
    // The name is the user's own text: without this a name like "$(bug)" would become an icon.
    const name = current.name.replaceAll('$(', '$ (');
    this.#item.text = `$(unlock) ${state}`;
    this.#item.tooltip = vscode.l10n.t('NinjaOne: {0}, {1}. Click to make it read-only.', name, state);
    this.#item.accessibilityInformation = {
      label: vscode.l10n.t('NinjaOne connection {0}, {1}, press to make it read-only', name, state),
      role: 'button',
    };
    this.#item.show();
  }
}
