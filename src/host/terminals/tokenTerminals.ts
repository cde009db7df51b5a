import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import { plainText } from '../../core/base/errors.ts';
import type { Disposable, Event } from '../../core/base/lifecycle.ts';
import { tokenEnvironment } from '../../core/sessions/tokenHandOver.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import { runCommand } from '../platform/contributions.ts';
import type { ErrorReporter } from '../platform/errorReporter.ts';
import { formatTime } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';
import { offerAction, offerToFix } from '../platform/offerAction.ts';

export interface TokenTerminalsOptions {
  readonly tokens: Pick<TokenService, 'connectionSessions'>;
  /** Fires when sessions were added, changed or deleted, in any window. */
  readonly onDidChangeSessions: Event<unknown>;
  readonly register: (item: Disposable) => unknown;
  readonly reporter: Pick<ErrorReporter, 'show'>;
  readonly now: () => number;
}

type Shell = Pick<vscode.TerminalOptions, 'shellPath' | 'shellArgs'>;

interface Entry {
  readonly usable: UsableSession;
  readonly timer: NodeJS.Timeout;
}

/**
 * The terminals of this window that have a token in their environment (P7). A token is never renewed in place: when it
 * expires, a fresh terminal is offered. When its session ends, closing is offered (A13).
 */
export class TokenTerminals implements Disposable {
  readonly #options: TokenTerminalsOptions;
  readonly #open = new Map<vscode.Terminal, Entry>();
  readonly #subscription: Disposable;

  constructor(options: TokenTerminalsOptions) {
    this.#options = options;
    this.#subscription = vscode.Disposable.from(
      vscode.window.onDidCloseTerminal((terminal) => {
        this.#forget(terminal);
      }),
      options.onDidChangeSessions(() => {
        this.#checkSessions();
      }),
    );
    options.register(this);
  }

  /** Without a shell, the user's own. The caller has asked the user. */
  open(usable: UsableSession, shell: Shell = {}): void {
    const { session, connection } = usable;
    const until = formatTime(session.expiresAt);
    const terminal = vscode.window.createTerminal({
      ...shell,
      name: vscode.l10n.t({
        message: '{0} until {1}',
        args: [plainText(connection.name, 60), until],
        comment: 'Name of a terminal. {0} is the name of a connection and {1} the time at which its token expires.',
      }),
      env: { ...tokenEnvironment(usable) },
      // Neither a reload nor a restart brings it back, with the token in what VS Code stores about it.
      isTransient: true,
      iconPath: new vscode.ThemeIcon('key'),
      message: vscode.l10n.t(
        'NINJAONE_ACCESS_TOKEN and NINJAONE_BASE_URL are set for {0}. The token is valid until {1}.',
        plainText(connection.name, 60),
        until,
      ),
    });
    const timer = setTimeout(() => {
      this.#tell(offerFresh(terminal.name, usable));
    }, session.expiresAt - this.#options.now());
    timer.unref();
    this.#open.set(terminal, { usable, timer });
    terminal.show();
  }

  dispose(): void {
    for (const terminal of [...this.#open.keys()]) {
      this.#forget(terminal);
    }
    this.#subscription.dispose();
  }

  /** Offers once for each session to close its terminals when it is gone, whichever window has signed out. */
  #checkSessions(): void {
    const ended = [...this.#open].filter(([, { usable }]) => !this.#isStored(usable));
    const labels = new Map(ended.map(([, { usable }]) => [usable.session.id, usable.account.label]));
    for (const [id, label] of labels) {
      const terminals = ended.flatMap(([terminal, { usable }]) => (usable.session.id === id ? [terminal] : []));
      for (const terminal of terminals) {
        this.#forget(terminal);
      }
      this.#tell(offerToClose(terminals, label));
    }
  }

  #isStored({ session }: UsableSession): boolean {
    return this.#options.tokens.connectionSessions(session.connectionId).some(({ id }) => id === session.id);
  }

  #forget(terminal: vscode.Terminal): void {
    clearTimeout(this.#open.get(terminal)?.timer);
    this.#open.delete(terminal);
  }

  /** Nothing waits for the user's answer. */
  #tell(offer: Promise<void>): void {
    offer.catch((error: unknown) => {
      this.#options.reporter.show(error);
    });
  }
}

/** Names the connection, too: another one must not be offered if the session is gone. */
async function offerFresh(terminal: string, { session, connection }: UsableSession): Promise<void> {
  await offerAction(vscode.l10n.t('The NinjaOne token in the terminal "{0}" has expired.', terminal), {
    label: vscode.l10n.t('Open Fresh Terminal'),
    run: () => {
      runCommand('ninjaone.openTerminal', { session: { id: session.id }, connection: { name: connection.name } });
    },
  });
}

async function offerToClose(terminals: readonly vscode.Terminal[], label: string): Promise<void> {
  await offerToFix(
    localize(
      l10n.t({
        message:
          '{0, plural, one {The session {1} has ended, and a terminal still has its token.} other {The session {1} has ended, and # terminals still have its token.}}',
        args: [terminals.length, label],
        comment: '{1} is the name of an account.',
      }),
    ),
    {
      label: terminals.length === 1 ? vscode.l10n.t('Close Terminal') : vscode.l10n.t('Close Terminals'),
      run: () => {
        for (const terminal of terminals) {
          terminal.dispose();
        }
      },
    },
  );
}
