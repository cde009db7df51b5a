import * as vscode from 'vscode';
import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { Emitter, type Disposable, type Event } from '../../core/base/lifecycle.ts';
import type { GroupBy } from '../../core/catalog/groupOperations.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { separatorFor, type CsvSeparator } from '../../core/responses/csv.ts';
import { parseConnections, type ParsedConnections } from '../../core/connections/parseConnections.ts';

/**
 * The user settings. Values from a workspace are ignored, in trusted and untrusted folders alike (C2).
 */
export class Settings implements Disposable {
  readonly #changed = new Emitter<void>();
  readonly #explorerChanged = new Emitter<void>();
  readonly #historyChanged = new Emitter<void>();
  readonly #subscription: Disposable;
  #parsed: ParsedConnections;

  readonly onDidChangeConnections: Event<void> = this.#changed.event;
  readonly onDidChangeExplorer: Event<void> = this.#explorerChanged.event;
  readonly onDidChangeHistory: Event<void> = this.#historyChanged.event;

  constructor() {
    this.#parsed = parseConnections(userValue('connections'));
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('ninjaone.connections')) {
        this.#parsed = parseConnections(userValue('connections'));
        this.#changed.fire();
      }
      if (event.affectsConfiguration('ninjaone.explorer')) {
        this.#explorerChanged.fire();
      }
      if (event.affectsConfiguration('ninjaone.history')) {
        this.#historyChanged.fire();
      }
    });
  }

  get parsed(): ParsedConnections {
    return this.#parsed;
  }

  get connections(): readonly Connection[] {
    return this.#parsed.connections;
  }

  connection(name: unknown): Connection | undefined {
    return this.connections.find((connection) => connection.name === name);
  }

  /** Seconds after which a copied token is removed from the clipboard; 0 means never. */
  get clipboardClearAfter(): number {
    return numberOf(userValue('clipboard.clearAfter'), { fallback: 45, min: 0, max: 3600 });
  }

  /** Milliseconds for one API call. */
  get httpTimeout(): number {
    return numberOf(userValue('http.timeout'), { fallback: 60, min: 1, max: 600 }) * 1000;
  }

  /** Whether the list of operations is downloaded from the instance after a sign-in (E2). */
  get liveCatalog(): boolean {
    return userValue('explorer.liveCatalog') !== false;
  }

  /** A workspace may change this one too, because it only affects how the explorer looks. */
  get groupBy(): GroupBy {
    const value = vscode.workspace.getConfiguration('ninjaone').get<unknown>('explorer.groupBy');
    return value === 'tag' || value === 'path' || value === 'method' ? value : 'resource';
  }

  async setGroupBy(value: GroupBy): Promise<void> {
    await vscode.workspace
      .getConfiguration('ninjaone')
      .update('explorer.groupBy', value, vscode.ConfigurationTarget.Global);
  }

  /** Maximum number of list items that a response document shows. */
  get maxItems(): number {
    const value = vscode.workspace.getConfiguration('ninjaone').get<unknown>('response.maxItems');
    return numberOf(value, { fallback: 1000, min: 1, max: 100_000 });
  }

  /** Whether responses of operations that only read are stored on disk (E13). */
  get keepBodies(): boolean {
    return userValue('history.keepBodies') === true;
  }

  /** `http.proxySupport` of VS Code, which decides whether a request with its own dispatcher uses the proxy. */
  get proxySupport(): string {
    return vscode.workspace.getConfiguration('http').get<string>('proxySupport', 'override');
  }

  /** Throws a NinjaOneError if `write` would overwrite something that is not a list, which may be somebody's only copy. */
  throwIfNotWritable(): void {
    this.#entries();
  }

  /**
   * Writes the raw entries. Rejects with a NinjaOneError if settings.json cannot be written, for example because of a
   * syntax error.
   */
  async write(change: (entries: readonly unknown[]) => readonly unknown[]): Promise<void> {
    const entries = this.#entries();
    try {
      await vscode.workspace
        .getConfiguration('ninjaone')
        .update('connections', change(entries), vscode.ConfigurationTarget.Global);
    } catch (cause) {
      throw writeFailed(cause);
    }
    this.#parsed = parseConnections(userValue('connections'));
    this.#changed.fire();
  }

  /**
   * Writes entries that include the connection with this ID, and resolves to that connection. A name may belong to another
   * connection by then, which another window has changed. Rejects as `write` does.
   */
  async writeConnection(
    id: string | undefined,
    change: (entries: readonly unknown[]) => readonly unknown[],
  ): Promise<Connection> {
    await this.write(change);
    const connection = this.connections.find((each) => each.id === id);
    if (!connection) {
      throw writeFailed();
    }
    return connection;
  }

  #entries(): readonly unknown[] {
    const value = userValue('connections') ?? [];
    if (!Array.isArray(value)) {
      throw notAList();
    }
    return value;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
    this.#explorerChanged.dispose();
    this.#historyChanged.dispose();
  }
}

function notAList(): NinjaOneError {
  return new NinjaOneError({
    code: 'settings.notAList',
    intent: 'invalidInput',
    message: l10n.t(
      'The setting {0} is not a list, so nothing was changed. Put its value in square brackets, then try again.',
      'ninjaone.connections',
    ),
    action: 'openSettings',
  });
}

function writeFailed(cause?: unknown): NinjaOneError {
  return new NinjaOneError({
    code: 'settings.notWritten',
    intent: 'invalidInput',
    message: l10n.t('Your NinjaOne connections could not be changed. Fix the errors in settings.json, then try again.'),
    action: 'openSettings',
    cause,
  });
}

/** The user's own value of a setting of VS Code, or its default. Not a method, so that it is not loaded at activation. */
export function editorSetting(key: string): unknown {
  const { globalValue, defaultValue } = vscode.workspace.getConfiguration().inspect<unknown>(key) ?? {};
  return globalValue ?? defaultValue;
}

/** What separates the cells of a CSV file (E7). Not a method, so that it is not loaded at activation. */
export function csvSeparator(): CsvSeparator {
  return chosenSeparator() ?? separatorFor(vscode.env.language, new Intl.NumberFormat().resolvedOptions().locale);
}

/** What separates the cells of copied rows. Spreadsheets divide pasted text at tabs, whatever their language is. */
export function copySeparator(): CsvSeparator | '\t' {
  return chosenSeparator() ?? '\t';
}

/** A workspace may set it, because it affects no more than how a file looks. */
function chosenSeparator(): CsvSeparator | undefined {
  const value = vscode.workspace.getConfiguration('ninjaone').get<unknown>('csv.separator');
  return value === 'comma' ? ',' : value === 'semicolon' ? ';' : undefined;
}

function userValue(key: string): unknown {
  return vscode.workspace.getConfiguration('ninjaone').inspect<unknown>(key)?.globalValue;
}

function numberOf(
  value: unknown,
  { fallback, min, max }: { readonly fallback: number; readonly min: number; readonly max: number },
): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : fallback;
}
