import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { canceled, NinjaOneError, unlessAborted } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle.ts';
import type { Connection, Scope } from '../../core/connections/connection.ts';
import { PendingCallbacks } from '../../core/oauth/pendingCallbacks.ts';
import type { LoopbackServer } from '../../core/oauth/loopbackServer.ts';
import { SignInTimeout } from '../../core/oauth/signInTimeout.ts';
import type { TokenSet } from '../../core/sessions/tokenRequests.ts';
import { runCommand } from '../platform/contributions.ts';
import { openInBrowser } from '../platform/navigation.ts';
import { emptyClipboard } from '../platform/secretClipboard.ts';
import { offerInformation, showInStatusBar, showProgress } from '../platform/windowMessages.ts';
import { showPasteUrlBox } from './pasteUrlBox.ts';
import type { QuestionTime } from './questionTime.ts';
import type { PendingSignIn, SignInOptions } from './signInTypes.ts';
import { openCallbackChannel } from './openRedirect.ts';

export interface SignInAttemptOptions extends SignInOptions {
  /** Shared by all attempts of the window. */
  readonly callbacks: PendingCallbacks;
  /** What is left of it after the questions before this attempt. */
  readonly questions: QuestionTime;
}

export function createCallbacks(): PendingCallbacks {
  return new PendingCallbacks();
}

/** One sign-in, from the first click until there are tokens or it fails. Frees its resources when it is disposed. */
export class SignInAttempt implements PendingSignIn, Disposable {
  readonly connection: Connection;
  readonly scopes: readonly Scope[];
  readonly tokens: Promise<TokenSet>;
  readonly #options: SignInAttemptOptions;
  readonly #abort = new AbortController();
  readonly #disposables = new DisposableStore();
  #url: string | undefined;
  #timeout: SignInTimeout | undefined;
  #listener: Promise<LoopbackServer> | undefined;
  /** Whether VS Code's own question about the external website may be open. */
  #isOpening = false;
  #isHelpShown = false;
  /** Whether the user has asked for the link before there was one. */
  #isLinkWanted = false;

  constructor(connection: Connection, scopes: readonly Scope[], options: SignInAttemptOptions) {
    this.connection = connection;
    this.scopes = scopes;
    this.#options = options;
    this.tokens = this.#withProgress(() =>
      connection.platform === 'api-services'
        ? options.requests.mint(connection, scopes, this.#abort.signal)
        : this.#throughBrowser(),
    );
    // Nobody may await the promise yet, so a failure must not count as unhandled.
    this.tokens.catch(() => {});
  }

  isFor(connection: Connection, scopes: readonly Scope[]): boolean {
    // Compares the whole connection, because after the redirect URI was corrected, the old browser page is useless.
    return isDeepStrictEqual(connection, this.connection) && scopes.join() === this.scopes.join();
  }

  showBrowser(): void {
    if (this.#url !== undefined) {
      this.#timeout?.reopened();
      void this.#openBrowser(this.#url);
    }
  }

  async copyLink(): Promise<void> {
    const url = this.#url;
    this.#isLinkWanted = url === undefined;
    if (url !== undefined) {
      await vscode.env.clipboard.writeText(url);
      this.#disposables.add({ dispose: () => void removeLink(url) });
      showInStatusBar(vscode.l10n.t('The sign-in link was copied. Open it in a browser.'), 5000);
    }
  }

  async paste(): Promise<void> {
    this.#timeout?.keepWaiting();
    const { callbacks } = this.#options;
    await showPasteUrlBox(callbacks, this.#abort.signal);
  }

  cancel(): void {
    this.#abort.abort();
    void this.release();
  }

  /** Frees the port now, even if the last page may not have reached the browser yet. */
  async release(): Promise<void> {
    await this.#listener?.then(
      (listener) => listener.close(),
      () => {},
    );
  }

  dispose(): void {
    this.#abort.abort();
    this.#disposables.dispose();
  }

  async #withProgress(task: () => Promise<TokenSet>): Promise<TokenSet> {
    const { name, platform } = this.connection;
    const text =
      platform === 'api-services'
        ? { title: vscode.l10n.t('Signing in to {0}…', name) }
        : {
            title: vscode.l10n.t(
              'Signing in to {0}… You sign in as whoever is signed in to NinjaOne in the browser. For another browser or a private window:',
              name,
            ),
            link: { label: vscode.l10n.t('Copy Sign-In Link'), command: 'ninjaone.copySignInLink' as const },
          };
    return showProgress(
      { location: vscode.ProgressLocation.Notification, ...text, cancellable: true },
      async (_report, token) => {
        this.#disposables.add(
          token.onCancellationRequested(() => {
            this.cancel();
          }),
        );
        return unlessAborted(this.#abort.signal, task);
      },
    );
  }

  async #throughBrowser(): Promise<TokenSet> {
    const { connection, scopes } = this;
    const { logger } = this.#options;
    // Reads the client secret first, because opening the browser is useless without it.
    const context = await this.#options.requests.context(connection, this.#abort.signal);
    const protocol = await import('../../core/oauth/oauthClient.ts');
    await protocol.checkClient(context);
    this.#throwIfCanceled();
    const channel = await openCallbackChannel(protocol.randomState(), {
      connection,
      remote: this.#options.remote,
      callbacks: this.#options.callbacks,
      questions: this.#options.questions,
      signal: this.#abort.signal,
      onListening: (listener) => {
        this.#listener = listener;
        // Closes at once, unless it received the callback: then its page must still reach the browser (A5).
        const finish = (): Promise<void> =>
          listener.then(
            (started) => {
              started.finish();
            },
            () => {},
          );
        this.#disposables.add({ dispose: () => void finish() });
      },
    });
    const expected = this.#disposables.add(
      this.#options.callbacks.expect(channel.nonce, connection, {
        redirectUri: channel.redirectUri,
        relayedTo: channel.kind === 'relay' ? channel.state : undefined,
      }),
    );
    const { url, verifier } = await protocol.authorizationRequest({
      connection,
      redirectUri: channel.redirectUri,
      state: channel.state,
      scopes,
    });
    this.#throwIfCanceled();
    this.#url = url;
    if (this.#isLinkWanted) {
      this.copyLink().catch(() => {
        logger.warn(`VS Code could not copy the sign-in link of ${connection.name}.`);
      });
    }
    logger.info(`The sign-in to ${connection.name} waits for the browser. Redirect method: ${channel.kind}.`);
    const timeout = this.#startTimeout();
    void this.#openBrowser(url);
    if (channel.pasteAtOnce) {
      void this.paste();
    }
    const callback = await expected.result;
    timeout.dispose();
    this.#url = undefined;
    this.#throwIfCanceled();
    return protocol.exchangeCode(context, { code: callback.code, verifier, redirectUri: channel.redirectUri });
  }

  /**
   * Never rejects, and nothing waits for it: VS Code may ask the user first, who may close the question, leave it open,
   * or copy the link from it.
   */
  async #openBrowser(url: string): Promise<void> {
    this.#isOpening = true;
    let isOpened = false;
    try {
      isOpened = await openInBrowser(url);
    } catch {
      this.#options.logger.warn(`VS Code could not open the browser for the sign-in to ${this.connection.name}.`);
    }
    this.#isOpening = false;
    if (!isOpened) {
      void this.#offerHelp(
        vscode.l10n.t(
          'The browser was not opened for the sign-in to {0}. Copy the sign-in link and open it in a browser.',
          this.connection.name,
        ),
      );
    }
  }

  /** The time begins before the browser opens, because VS Code may ask the user whether to open it (A4). */
  #startTimeout(): SignInTimeout {
    const timeout = new SignInTimeout({
      onOfferHelp: () => {
        void this.#offerHelp(vscode.l10n.t('The sign-in to {0} is waiting for your browser.', this.connection.name));
      },
      onGiveUp: () => {
        this.#abort.abort(gaveUp(this.connection));
      },
    });
    this.#timeout = this.#disposables.add(timeout);
    this.#disposables.add(
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (!focused) {
          timeout.left();
        } else if (!this.#isOpening) {
          timeout.returned();
        }
      }),
    );
    return timeout;
  }

  async #offerHelp(message: string): Promise<void> {
    if (this.#isHelpShown || this.#isOver()) {
      return;
    }
    this.#isHelpShown = true;
    const commands = {
      [vscode.l10n.t('Reopen Browser')]: 'ninjaone.reopenBrowser',
      [vscode.l10n.t('Copy Sign-In Link')]: 'ninjaone.copySignInLink',
      [vscode.l10n.t('Paste URL')]: 'ninjaone.pasteRedirectUrl',
    } as const;
    const wait = vscode.l10n.t('Keep Waiting');
    const stop = vscode.l10n.t('Cancel');
    const chosen = await offerInformation(message, ...Object.keys(commands), wait, stop);
    this.#isHelpShown = false;
    if (this.#isOver() || chosen === undefined) {
      return;
    }
    if (chosen === wait) {
      this.#timeout?.keepWaiting();
    } else if (chosen === stop) {
      this.cancel();
    } else if (commands[chosen]) {
      runCommand(commands[chosen]);
    }
  }

  #isOver(): boolean {
    return this.#abort.signal.aborted;
  }

  #throwIfCanceled(): void {
    if (this.#isOver()) {
      throw canceled();
    }
  }
}

/** The link is of no use when the sign-in is over. A browser would ask the user before a page may read the clipboard. */
async function removeLink(url: string): Promise<void> {
  if (vscode.env.uiKind === vscode.UIKind.Desktop) {
    await emptyClipboard((text) => text === url).catch(() => {});
  }
}

function gaveUp(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'signIn.timeout',
    intent: 'transient',
    message: l10n.t(
      'The sign-in to {0} timed out because the browser did not return. If NinjaOne showed an error page, check the client ID, the redirect URI and the scopes of the client app, then try again.',
      connection.name,
    ),
    action: 'signIn',
  });
}
