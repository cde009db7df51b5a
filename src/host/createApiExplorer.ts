import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Sessions } from '../core/sessions/createSessions.ts';
import { errorMessage } from '../core/base/errors.ts';
import { lazy } from '../core/base/lifecycle.ts';
import type { HistoryStore } from '../core/history/historyStore.ts';
import type { ApiExplorer } from './apiExplorer.ts';
import { ExplorerView } from './explorer/explorerView.ts';
import type { ExplorerTreeParts } from './explorer/openExplorerTree.ts';
import { registerModelTools } from './languageModel/registerModelTools.ts';
import type { Platform } from './platform/createPlatform.ts';
import { RequestFileSystem } from './requests/requestFileSystem.ts';
import type { ResourcesView } from './resources/resourcesView.ts';
import type { SelectedConnection } from './selection/selectedConnection.ts';
import type { SignInFeature } from './signIn/createSignIn.ts';
import type { WriteAccess } from './writeAccess/writeAccess.ts';

export interface ApiExplorerFeature {
  readonly open: () => Promise<ApiExplorer>;
  readonly history: () => Promise<HistoryStore>;
  /** Creates the Resources view when it is called first. */
  readonly resources: () => Promise<ResourcesView>;
}

export interface ApiExplorerUses {
  readonly sessions: Sessions;
  readonly signIn: SignInFeature;
  readonly selection: SelectedConnection;
  readonly writeAccess: WriteAccess;
  readonly ready: Promise<void>;
}

/** Registers the parts of the API Explorer that VS Code needs at startup. The rest is loaded when it is first used. */
export function createApiExplorer(platform: Platform, uses: ApiExplorerUses): ApiExplorerFeature {
  const { context, register, storage, settings, redactor, transport, trustedHosts, logger, now } = platform;
  const history = lazy(async () => {
    const { HistoryStore } = await import('../core/history/historyStore.ts');
    const secrets = await redactor.load();
    return new HistoryStore({
      folder: storage('history'),
      keepBodies: () => settings.keepBodies,
      isSecret: (text) => secrets.redact(text) !== text,
      connections: () => new Set(settings.connections.map(({ id }) => id)),
      logger,
      now,
    });
  });
  const treeParts = lazy(async (): Promise<ExplorerTreeParts> => {
    const { openExplorerTree } = await import('./explorer/openExplorerTree.ts');
    return register(
      await openExplorerTree({
        bundledFile: (name) => join(context.extensionPath, name === 'operations.json' ? 'dist' : 'media', name),
        storage: storage('catalogs'),
        view,
        settings,
        selection: uses.selection,
        tokens: uses.sessions.tokens,
        transport,
        isConfirmed: (origin) => trustedHosts.isConfirmedOrigin(origin),
        favorites: storage('favorites.jsonl'),
        recent: context.workspaceState,
        logger,
        now,
      }),
    );
  });
  const open = lazy(async (): Promise<ApiExplorer> => {
    const { openApiExplorer } = await import('./apiExplorer.ts');
    return register(
      await openApiExplorer({
        ...platform,
        parts: await treeParts(),
        pages: vscode.Uri.joinPath(context.extensionUri, 'dist/webview'),
        responseFiles: storage('responses'),
        view,
        fileSystem,
        selection: uses.selection,
        tokens: uses.sessions.tokens,
        coordinator: uses.signIn.coordinator,
        writes: uses.writeAccess,
        memory: context.globalState,
        drafts: context.workspaceState,
        store: await history(),
      }),
    );
  });
  const fileSystem = register(new RequestFileSystem(async () => (await open()).requestParts));
  const view = register(new ExplorerView(async () => (await treeParts()).tree));
  registerModelTools(register, async () => (await uses.ready.then(open)).modelTools());
  const resources = lazy(async () => {
    const { ResourcesView } = await import('./resources/resourcesView.ts');
    return register(new ResourcesView({ explorer: open, selection: uses.selection, tokens: uses.sessions.tokens }));
  });
  const failed = (error: unknown): void => {
    logger.warn(`Stored responses could not be cleaned up: ${errorMessage(error)}`);
  };
  // Runs even if the explorer is never opened, so that turning a setting off deletes the stored data at once.
  const followSettings = (): void => {
    void history()
      .then((store) => store.followSettings())
      .catch(failed);
  };
  register(settings.onDidChangeHistory(followSettings));
  register(settings.onDidChangeConnections(followSettings));
  void uses.ready.then(() => {
    followSettings();
    void import('../core/files/tempFiles.ts')
      .then(({ deleteStaleTempFiles }) => deleteStaleTempFiles(storage('responses')))
      .catch(failed);
  });
  return { open, history, resources };
}
