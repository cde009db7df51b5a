import { join } from 'node:path';
import * as vscode from 'vscode';
import type { NinjaOneApi } from '../ninjaone.d.ts';
import { Emitter } from './core/base/lifecycle.ts';
import { redactingLogger, Redactor } from './core/base/log.ts';
import type { Connection } from './core/connection/connection.ts';
import type { Transport } from './core/http/transport.ts';
import type { HistoryStore } from './core/request/historyStore.ts';
import { ClientSecrets } from './core/session/clientSecrets.ts';
import { RefreshLock } from './core/session/refreshLock.ts';
import { SessionMarks } from './core/session/sessionMarks.ts';
import { SessionStore } from './core/session/sessionStore.ts';
import type { ServedSession } from './core/session/servedSessions.ts';
import { TokenService } from './core/session/tokenService.ts';
import { offerInAccountsMenu } from './host/accountsMenu.ts';
import { NinjaOneAuthenticationProvider } from './host/authenticationProvider.ts';
import { CallbackRelay, eraseLeftCallbacks } from './host/callbackRelay.ts';
import { TokenClipboard } from './host/clipboard.ts';
import type { CommandPorts } from './host/commands.ts';
import { ConnectionsView } from './host/connectionsView.ts';
import { PROVIDER_ID, PROVIDER_LABEL, registerCommands, runCommand, setContext } from './host/contributions.ts';
import { ErrorReporter } from './host/errorReporter.ts';
import type { Explorer } from './host/explorer.ts';
import { ExplorerView } from './host/explorerView.ts';
import { HostConfirmation } from './host/hostConfirmation.ts';
import { createPublicApi } from './host/publicApi.ts';
import { RequestFiles } from './host/requestFiles.ts';
import { SecretMover } from './host/secretMover.ts';
import { Safety } from './host/safety.ts';
import { Selection } from './host/selection.ts';
import { SessionStarter } from './host/sessionStarter.ts';
import { Settings } from './host/settings.ts';
import { SignIn } from './host/signIn.ts';
import { SignOut } from './host/signOut.ts';
import { StatusBar } from './host/statusBar.ts';
import { keeperIn, lookAfterStorage } from './host/storageUpkeep.ts';
import { TokenPage } from './host/tokenPage.ts';

/** The composition root: builds, registers, and returns the public API. Nothing here waits for anything. */
export function activate(context: vscode.ExtensionContext): NinjaOneApi {
  const own = <T extends vscode.Disposable>(item: T): T => {
    context.subscriptions.push(item);
    return item;
  };
  const now = Date.now;
  const channel = own(vscode.window.createOutputChannel('NinjaOne', { log: true }));
  const redactor = new Redactor();
  const logger = redactingLogger(channel, redactor);
  const reporter = new ErrorReporter(logger);
  const { secrets, globalState } = context;
  const directory = join(context.globalStorageUri.fsPath, 'sessions');
  const spools = join(context.globalStorageUri.fsPath, 'responses');
  // In a browser each tab has its own copy of the secrets, so waiting for another tab's is in vain.
  const sharedSecrets = vscode.env.uiKind === vscode.UIKind.Desktop;

  const settings = own(new Settings());
  const selection = own(new Selection(settings, context.workspaceState));
  const hosts = new HostConfirmation(globalState);
  const safety = own(new Safety({ memory: globalState, settings, now }));
  const store = own(new SessionStore({ secrets, logger, redactor }));
  const clientSecrets = new ClientSecrets({ secrets, redactor });
  const marks = new SessionMarks(directory, keeperIn(globalState));
  const transport = lazyTransport(settings, logger, own);
  const tokens = own(
    new TokenService({
      store,
      marks,
      lock: new RefreshLock({ directory }),
      clientSecrets,
      connections: () => settings.connections,
      onDidChangeConnections: settings.onDidChangeConnections,
      mayContact: (connection) => hosts.isConfirmed(connection),
      oauth: () => import('./core/oauth/protocol.ts'),
      transport,
      now,
      logger,
      sharedSecrets,
    }),
  );
  const signIn = own(
    new SignIn({
      context: (connection, signal) => tokens.context(connection, signal),
      confirmHost: (connection) => hosts.confirm(connection),
      mint: (connection, scopes, signal) => tokens.mint(connection, scopes, signal),
      remote: vscode.env.remoteName !== undefined && context.extension.extensionKind === vscode.ExtensionKind.Workspace,
      logger,
    }),
  );

  const test = async ({ connection, session }: ServedSession): Promise<void> => {
    const { testConnection } = await import('./core/session/connectionTest.ts');
    await testConnection({
      connection,
      scopes: session.scopes,
      accessToken: session.accessToken,
      transport,
      timeout: settings.httpTimeout,
    });
  };
  const wizardPorts = {
    unfinished: {},
    settings,
    clientSecrets,
    confirmHost: (connection: Pick<Connection, 'instance' | 'name'>) => hosts.confirm(connection),
    probe: async (connection: Connection) => {
      const { probeClient } = await import('./core/oauth/protocol.ts');
      return probeClient({ connection, transport, clientSecret: undefined, now });
    },
    signInAndTest: async (connection: Connection) => {
      const served = await starter.signInTo(connection, 'person');
      await test(served);
      const { lacksRefreshToken, saySignedIn, sayWorks } = await import('./host/signInNotices.ts');
      if (lacksRefreshToken(served)) {
        saySignedIn(served);
      } else {
        sayWorks(connection);
      }
    },
    showError: (error: unknown, connection?: Connection) => reporter.show(error, connection),
  };
  const addConnection = async (): Promise<Connection | undefined> => {
    const wizard = await import('./host/connectionWizard.ts');
    return wizard.addConnection(wizardPorts);
  };
  const starter = new SessionStarter({ settings, tokens, signIn, addConnection, now });
  const clipboard = own(new TokenClipboard());
  const signOut = new SignOut({ tokens, clientSecrets, clipboard, report: (error) => reporter.show(error) });

  const stock = { store, marks, clientSecrets, connections: () => settings.connections, now };
  const ready = lookAfterStorage({
    stock,
    onDidChangeConnections: settings.onDidChangeConnections,
    report: (error) => reporter.show(error),
    logger,
    own,
  });

  own(
    vscode.authentication.registerAuthenticationProvider(
      PROVIDER_ID,
      PROVIDER_LABEL,
      own(
        new NinjaOneAuthenticationProvider({
          tokens,
          starter,
          ready,
          signOut: (sessionId) => signOut.run(sessionId, 'keepSecret'),
        }),
      ),
      { supportsMultipleAccounts: true },
    ),
  );
  own(vscode.window.registerUriHandler(own(new CallbackRelay((query) => signIn.settle(query), secrets, logger))));
  const connectionsView = own(
    new ConnectionsView({
      settings,
      tokens,
      signIn,
      selection,
      writes: safety,
      onDidChangeSessions: store.onDidChange,
      now,
    }),
  );
  own(new StatusBar({ selection, tokens, signIn, onDidChangeSessions: store.onDidChange }));
  own(new SecretMover(settings, clientSecrets, (error) => reporter.show(error)));
  const tokenPage = own(new TokenPage(tokens, now));
  let remembering: Promise<HistoryStore> | undefined;
  const history = (): Promise<HistoryStore> => {
    remembering ??= import('./core/request/historyStore.ts').then(
      ({ HistoryStore }) =>
        new HistoryStore({
          folder: join(context.globalStorageUri.fsPath, 'history'),
          keepBodies: () => settings.keepBodies,
          isSecret: (text) => redactor.redact(text) !== text,
          connections: () => new Set(settings.connections.map(({ id }) => id)),
          logger,
          now,
        }),
    );
    return remembering;
  };
  // Also while nobody looks at the explorer: what is switched off or removed must not wait for that.
  const followSettings = (): void => {
    void history().then((kept) => kept.followSettings());
  };
  own(settings.onDidChangeHistory(followSettings));
  own(settings.onDidChangeConnections(followSettings));
  let opening: Promise<Explorer> | undefined;
  const explorer = (): Promise<Explorer> => {
    opening ??= import('./host/explorer.ts').then(async ({ Explorer }) =>
      own(
        await Explorer.open({
          media: join(context.extensionPath, 'media'),
          pages: vscode.Uri.joinPath(context.extensionUri, 'dist/webview'),
          storage: join(context.globalStorageUri.fsPath, 'catalogues'),
          spools,
          view: explorerView,
          files: requestFiles,
          settings,
          selection,
          tokens,
          starter,
          transport,
          isConfirmed: (origin) => hosts.isConfirmedOrigin(origin),
          writes: safety,
          favorites: globalState,
          recent: context.workspaceState,
          drafts: context.workspaceState,
          history: await history(),
          logger,
          now,
        }),
      ),
    );
    return opening;
  };
  const requestFiles = own(new RequestFiles(async () => (await explorer()).parts));
  const explorerView = own(new ExplorerView(async () => (await explorer()).tree));
  const commandPorts: CommandPorts = {
    settings,
    selection,
    tokens,
    clientSecrets,
    starter,
    signIn,
    signOut,
    clipboard,
    tokenPage,
    safety,
    reporter,
    ready,
    addConnection,
    editConnection: async (connection) => {
      const wizard = await import('./host/connectionWizard.ts');
      return wizard.editConnection(wizardPorts, connection);
    },
    test,
    reset: async () => {
      signIn.cancel();
      await safety.forgetAll();
      try {
        return await signOut.runAll(store.all().map(({ id }) => id));
      } finally {
        await store.clear();
        await marks.clear();
        await hosts.forget();
        await (await history()).clear();
        await (await explorer()).forget();
      }
    },
    forgetHistory: async (connectionId) => (await history()).forget(connectionId),
    showLog: () => {
      channel.show();
    },
    explorer,
    isRow: (argument) => connectionsView.isRow(argument),
    now,
  };
  own(
    registerCommands(
      async () => (await import('./host/commands.ts')).createCommands(commandPorts),
      (error) => reporter.show(error),
    ),
  );

  own(
    clientSecrets.onDidChange((connectionId) => {
      // A sign-in that is under way was started with the secret before.
      if (signIn.pending?.connection.id === connectionId) {
        signIn.cancel();
      }
    }),
  );
  const apiChanged = own(new Emitter<void>());
  const update = (): void => {
    setContext('ninjaone.hasConnection', settings.connections.length > 0);
    setContext('ninjaone.signedIn', tokens.served().length > 0);
    apiChanged.fire();
  };
  own(tokens.onDidChange(update));
  own(settings.onDidChangeConnections(update));
  own(
    tokens.onIncident(({ session, error, connection }) => {
      void reporter.show(error, connection, () => {
        runCommand('ninjaone.refreshToken', { session: { id: session.id } });
      });
    }),
  );
  update();

  void ready.then(() => {
    void Promise.resolve(eraseLeftCallbacks(secrets)).catch(() => {});
    void import('./core/request/spool.ts').then(({ sweepSpools }) => sweepSpools(spools));
    followSettings();
    offerInAccountsMenu({ settings, tokens, onDidShowView: connectionsView.onDidShow, own });
  });
  return createPublicApi(tokens, apiChanged.event);
}

export function deactivate(): void {
  // Everything is in the subscriptions of the context.
}

/** The network part is loaded with the first request: start-up needs none (§0). */
function lazyTransport(
  settings: Settings,
  logger: ReturnType<typeof redactingLogger>,
  own: <T extends vscode.Disposable>(item: T) => T,
): Transport {
  let loading: Promise<{ readonly send: Transport; close(): Promise<void> }> | undefined;
  own({ dispose: () => void loading?.then((transport) => transport.close()) });
  return async (request) => {
    loading ??= import('./core/http/transport.ts').then(({ createTransport }) =>
      createTransport({ fetch: globalThis.fetch, logger, proxySupport: () => settings.proxySupport }),
    );
    return (await loading).send(request);
  };
}
