import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as vscode from 'vscode';
import { MemorySecrets } from '../memorySecrets.ts';
import { partial } from './partial.ts';
import { ExtensionKind, Uri } from './values.ts';

const MANIFEST = JSON.parse(readFileSync('package.json', 'utf8')) as object;

/** Values that VS Code keeps for an extension, as JSON. */
export class FakeMemento implements vscode.Memento {
  readonly #values = new Map<string, string>();
  #error: Error | undefined;

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** What its caller takes the value for is known to the caller only. */
  get(key: string, fallback?: unknown): never {
    const text = this.#values.get(key);
    return (text === undefined ? fallback : JSON.parse(text)) as never;
  }

  /** As in the editor, the value can be read at once; the promise is about the disk. */
  async update(key: string, value: unknown): Promise<void> {
    if (this.#error) {
      await Promise.resolve();
      throw this.#error;
    }
    if (value === undefined) {
      this.#values.delete(key);
    } else {
      this.#values.set(key, JSON.stringify(value));
    }
    await Promise.resolve();
  }

  /** From now on nothing can be kept. */
  fail(error = new Error('The disk is full.')): void {
    this.#error = error;
  }

  setKeysForSync(): void {
    throw new Error('Nothing of this extension is synchronized.');
  }
}

export interface FakeContextOptions {
  /** Folder for `globalStorageUri`. */
  readonly storage?: string;
  readonly secrets?: MemorySecrets;
  readonly globalState?: FakeMemento;
  readonly workspaceState?: FakeMemento;
  readonly extensionKind?: vscode.ExtensionKind;
}

export interface FakeContext {
  readonly context: vscode.ExtensionContext;
  readonly secrets: MemorySecrets;
  readonly globalState: FakeMemento;
  readonly workspaceState: FakeMemento;
  /** As when the extension is deactivated. */
  dispose(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export function createContext({
  storage = join(ROOT, 'no', 'such', 'folder'),
  secrets = new MemorySecrets(),
  globalState = new FakeMemento(),
  workspaceState = new FakeMemento(),
  extensionKind = ExtensionKind.Workspace,
}: FakeContextOptions = {}): FakeContext {
  const subscriptions: { dispose(): unknown }[] = [];
  const context = partial<vscode.ExtensionContext>('ExtensionContext', {
    subscriptions,
    secrets,
    globalState,
    workspaceState,
    extensionUri: Uri.file(ROOT),
    extensionPath: ROOT,
    globalStorageUri: Uri.file(storage),
    extension: partial<vscode.Extension<unknown>>('Extension', {
      extensionKind,
      packageJSON: { ...MANIFEST, version: '9.9.9' },
    }),
  });
  return {
    context,
    secrets,
    globalState,
    workspaceState,
    dispose: async () => {
      for (const item of subscriptions.splice(0).reverse()) {
        await item.dispose();
      }
    },
  };
}
