import { join } from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore, lazy } from '../../core/base/lifecycle.ts';
import { LazyRedaction } from '../../core/base/lazyRedaction.ts';
import type { Logger } from '../../core/base/log.ts';
import type { Transport } from '../../core/http/transport.ts';
import { ErrorReporter } from './errorReporter.ts';
import { Settings } from './settings.ts';
import { TrustedHosts } from './trustedHosts.ts';

/** The services that every feature receives. */
export interface Platform {
  readonly context: vscode.ExtensionContext;
  /** Disposes the item with the extension. */
  readonly register: <T extends vscode.Disposable>(item: T) => T;
  /** A folder or file in the extension's global storage. */
  readonly storage: (name: string) => string;
  readonly channel: vscode.LogOutputChannel;
  readonly logger: Logger;
  readonly redactor: LazyRedaction;
  readonly settings: Settings;
  readonly trustedHosts: TrustedHosts;
  readonly transport: Transport;
  readonly now: () => number;
  /** Shows an error. */
  readonly report: ErrorReporter['show'];
}

export function createPlatform(context: vscode.ExtensionContext): Platform {
  const register = <T extends vscode.Disposable>(item: T): T => {
    context.subscriptions.push(item);
    return item;
  };
  const channel = register(vscode.window.createOutputChannel('NinjaOne', { log: true }));
  const redactor = new LazyRedaction();
  const logger = redactor.logger(channel);
  const reporter = new ErrorReporter(logger);
  const settings = register(new Settings());
  return {
    context,
    register,
    storage: (name) => join(context.globalStorageUri.fsPath, name),
    channel,
    logger,
    redactor,
    settings,
    trustedHosts: new TrustedHosts(context.globalState),
    transport: lazyTransport({ register, logger, settings }),
    // Looked up at each call, because a test moves the clock of a running editor.
    now: () => Date.now(),
    report: (error, connection, instead) => reporter.show(error, connection, instead),
  };
}

/** The network code is loaded with the first request, because activation sends none. */
function lazyTransport({ register, logger, settings }: Pick<Platform, 'register' | 'logger' | 'settings'>): Transport {
  // Taken at activation, because another extension may replace the global one later and would see every token.
  const { fetch } = globalThis;
  const opened = new DisposableStore();
  register(opened);
  const transport = lazy(async () => {
    const { createTransport } = await import('../../core/http/transport.ts');
    const created = createTransport({
      fetch,
      logger,
      proxySupport: () => settings.proxySupport,
    });
    opened.add({ dispose: () => void created.close() });
    return created;
  });
  return async (request) => (await transport()).send(request);
}
