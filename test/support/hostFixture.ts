// Loaded before the first test: a message that waits for this file on a busy machine would appear in the next test.
import '../../src/host/platform/errorActions.ts';
import { silentLogger } from '../../tooling/silentLogger.ts';
import { SelectedConnection } from '../../src/host/selection/selectedConnection.ts';
import { SignIn } from '../../src/host/signIn/signIn.ts';
import { Settings } from '../../src/host/platform/settings.ts';
import { createSessionFixture, type SessionWindow, type SessionFixture } from './sessionFixture.ts';
import { createContext, type FakeContext } from './vscode/extensionContext.ts';
import type { FakeVscode } from './vscode/fakeVscode.ts';

/** The parts of the host that most features use, over the fake editor and the fake token server. */
export class HostFixture {
  readonly sessions: SessionFixture;
  readonly window: SessionWindow;
  readonly extension: FakeContext = createContext();
  readonly settings = new Settings();
  readonly selection: SelectedConnection;
  readonly signIn: SignIn;

  /** Use `createHost`. */
  constructor(sessions: SessionFixture) {
    this.sessions = sessions;
    this.settings.onDidChangeConnections(() => {
      sessions.connections = this.settings.connections;
    });
    sessions.connections = this.settings.connections;
    this.window = sessions.open();
    this.selection = new SelectedConnection(this.settings, this.extension.workspaceState);
    this.signIn = new SignIn({
      requests: this.window.requests,
      confirmHost: () => Promise.resolve(),
      remote: false,
      logger: silentLogger,
    });
  }

  async close(): Promise<void> {
    this.signIn.dispose();
    this.selection.dispose();
    this.settings.dispose();
    await this.extension.dispose();
    await this.sessions.close();
  }
}

/** `connections` is the user's setting. */
export async function createHost(editor: FakeVscode, connections: readonly unknown[] = [ACME]): Promise<HostFixture> {
  editor.configuration.set('ninjaone.connections', connections);
  return new HostFixture(await createSessionFixture());
}

/** An entry of the setting `ninjaone.connections`. */
export const ACME = { name: 'Acme', instance: 'eu', clientId: 'client-1', scopes: ['monitoring', 'management'] };
