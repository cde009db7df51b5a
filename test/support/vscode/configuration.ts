import { readFileSync } from 'node:fs';
import type * as vscode from 'vscode';
import { EventEmitter } from './events.ts';
import { partial } from './partial.ts';
import { ConfigurationTarget } from './values.ts';

type Place = 'user' | 'workspace' | 'folder';

/**
 * The settings of the user, of the workspace and of a folder in it, over the defaults of our manifest. Keys are whole:
 * `ninjaone.connections`.
 */
export class FakeConfiguration {
  readonly #values: { readonly [P in Place]: Map<string, unknown> } = {
    user: new Map(),
    workspace: new Map(),
    folder: new Map(),
  };
  readonly #changed = new EventEmitter<vscode.ConfigurationChangeEvent>();
  #writeError: Error | undefined;
  /** Keys that were read, in order. */
  readonly reads: string[] = [];

  readonly api = {
    onDidChangeConfiguration: this.#changed.event,
    getConfiguration: (section?: string): vscode.WorkspaceConfiguration => this.#section(section ?? ''),
  };

  /** As if the person wrote it into the settings; undefined takes it out. */
  set(key: string, value: unknown, place: Place = 'user'): void {
    if (value === undefined) {
      this.#values[place].delete(key);
    } else {
      this.#values[place].set(key, structuredClone(value));
    }
    this.#changed.fire({
      affectsConfiguration: (section) =>
        key === section || key.startsWith(`${section}.`) || section.startsWith(`${key}.`),
    });
  }

  /** The user's own value. */
  user(key: string): unknown {
    return structuredClone(this.#values.user.get(key));
  }

  /** What extensions write is refused from now on, as by an editor with an error in `settings.json`. */
  refuseWrites(error = new Error('Unable to write into user settings.')): void {
    this.#writeError = error;
  }

  allowWrites(): void {
    this.#writeError = undefined;
  }

  #section(section: string): vscode.WorkspaceConfiguration {
    const keyOf = (name: string): string => (section === '' ? name : `${section}.${name}`);
    const valueOf = (name: string, fallback?: unknown): unknown => {
      const key = keyOf(name);
      this.reads.push(key);
      const found = [this.#values.folder, this.#values.workspace, this.#values.user, DEFAULTS].find((values) =>
        values.has(key),
      );
      return found ? structuredClone(found.get(key)) : fallback;
    };
    return partial<vscode.WorkspaceConfiguration>('WorkspaceConfiguration', {
      // What the caller takes the value for is known to the caller only.
      get: (name: string, fallback?: unknown) => valueOf(name, fallback) as never,
      has: (name: string) => valueOf(name) !== undefined,
      inspect: (name: string) => {
        const key = keyOf(name);
        this.reads.push(key);
        return {
          key,
          defaultValue: structuredClone(DEFAULTS.get(key)) as never,
          globalValue: this.user(key) as never,
          workspaceValue: structuredClone(this.#values.workspace.get(key)) as never,
          workspaceFolderValue: structuredClone(this.#values.folder.get(key)) as never,
        };
      },
      update: async (name: string, value: unknown, target?: unknown) => {
        await Promise.resolve();
        if (this.#writeError) {
          throw this.#writeError;
        }
        this.set(keyOf(name), value, target === true || target === ConfigurationTarget.Global ? 'user' : 'workspace');
      },
    });
  }
}

interface Manifest {
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default?: unknown }>> };
  };
}

const MANIFEST = new URL('../../../package.json', import.meta.url);
const DEFAULTS = defaults();

function defaults(): ReadonlyMap<string, unknown> {
  const { contributes } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as Manifest;
  return new Map(
    Object.entries(contributes.configuration.properties).flatMap(([key, { default: value }]) =>
      value === undefined ? [] : [[key, value]],
    ),
  );
}
