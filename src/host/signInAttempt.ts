import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { cancelled, isNinjaOneError, NinjaOneError } from '../core/base/errors.ts';
import { DisposableStore, type Disposable } from '../core/base/lifecycle.ts';
import type { Connection, Scope } from '../core/connection/connection.ts';
import { PendingCallbacks, type Callback } from '../core/oauth/callbacks.ts';
import type { Loopback } from '../core/oauth/loopback.ts';
import { Patience } from '../core/oauth/patience.ts';
import { forwardedRedirect, redirectPlan } from '../core/oauth/redirects.ts';
import type { TokenSet } from '../core/session/tokenRequests.ts';
import { EXTENSION_ID, runCommand } from './contributions.ts';
import { offerWayOn, openInBrowser } from './errorReporter.ts';
import type { PendingSignIn, SignInPorts } from './signIn.ts';

export interface SignInAttemptPorts extends SignInPorts {
  /** Those of the window: every attempt's redirects end there. */
  readonly callbacks: PendingCallbacks;
}

export function createCallbacks(): PendingCallbacks {
  return new PendingCallbacks();
}

/** One sign-in, from the first click to the tokens or to the end. What it holds is free when it is disposed. */
export class SignInAttempt implements PendingSignIn, Disposable {
  readonly connection: Connection;
  readonly scopes: readonly Scope[];
  readonly tokens: Promise<TokenSet>;
  readonly #ports: SignInAttemptPorts;
  readonly #abort = new AbortController();
  readonly #disposables = new DisposableStore();
  #url: string | undefined;
  #patience: Patience | undefined;
  #listener: Loopback | undefined;
  #helpShown = false;

  constructor(connection: Connection, scopes: readonly Scope[], ports: SignInAttemptPorts) {
    this.connection = connection;
    this.scopes = scopes;
    this.#ports = ports;
    this.tokens = this.#withProgress(() =>
      connection.platform === 'api-services'
        ? ports.mint(connection, scopes, this.#abort.signal)
        : this.#throughBrowser(),
    );
    // The promise is handed out later; until then a failure must not count as unhandled.
    this.tokens.catch(() => {});
  }

  isFor(connection: Connection, scopes: readonly Scope[]): boolean {
    // The whole connection: after a redirect URI was put right, the page of the wrong one is of no use.
    return isDeepStrictEqual(connection, this.connection) && scopes.join() === this.scopes.join();
  }

  showBrowser(): void {
    if (this.#url !== undefined) {
      this.#patience?.left();
      void openInBrowser(this.#url);
    }
  }

  async paste(): Promise<void> {
    this.#patience?.keepWaiting();
    const { callbacks } = this.#ports;
    await pasteBox(callbacks, this.#abort.signal);
  }

  cancel(): void {
    this.#abort.abort();
  }

  /** Frees the port now, also when the last page may not have reached the browser yet. */
  async release(): Promise<void> {
    await this.#listener?.close();
  }

  dispose(): void {
    this.#abort.abort();
    this.#disposables.dispose();
  }

  async #withProgress(task: () => Promise<TokenSet>): Promise<TokenSet> {
    const title = vscode.l10n.t('Signing in to {0}…', this.connection.name);
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (_progress, token) => {
        this.#disposables.add(
          token.onCancellationRequested(() => {
            this.cancel();
          }),
        );
        return Promise.race([task(), this.#aborted()]);
      },
    );
  }

  #aborted(): Promise<never> {
    const { signal } = this.#abort;
    return new Promise((_, reject) => {
      const stop = (): void => {
        reject(isNinjaOneError(signal.reason) ? signal.reason : cancelled());
      };
      if (signal.aborted) {
        stop();
      } else {
        signal.addEventListener('abort', stop, { once: true });
      }
    });
  }

  async #throughBrowser(): Promise<TokenSet> {
    const { connection, scopes } = this;
    const { logger } = this.#ports;
    // The secret is looked up first: without it the browser would be for nothing.
    const context = await this.#ports.context(connection, this.#abort.signal);
    const protocol = await import('../core/oauth/protocol.ts');
    const way = await this.#prepare(protocol.randomState());
    const expected = this.#disposables.add(
      this.#ports.callbacks.expect(way.nonce, connection, { redirectUri: way.redirectUri }),
    );
    const { url, verifier } = await protocol.authorizationRequest({
      connection,
      redirectUri: way.redirectUri,
      state: way.state,
      scopes,
    });
    this.#throwIfCancelled();
    this.#url = url;
    logger.info(`Sign-in to ${connection.name} waits for the browser, way back: ${way.kind}.`);
    const opened = await openInBrowser(url);
    const callback = await this.#waitForCallback(expected.result, way.pasteAtOnce || !opened);
    this.#throwIfCancelled();
    return protocol.exchangeCode(context, { code: callback.code, verifier, redirectUri: way.redirectUri });
  }

  async #waitForCallback(result: Promise<Callback>, pasteAtOnce: boolean): Promise<Callback> {
    const patience = new Patience({
      onOfferHelp: () => {
        void this.#offerHelp();
      },
      onGiveUp: () => {
        this.#abort.abort(gaveUp(this.connection));
      },
    });
    this.#patience = patience;
    this.#disposables.add(patience);
    this.#disposables.add(
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) {
          patience.returned();
        }
      }),
    );
    if (pasteAtOnce) {
      void this.paste();
    }
    try {
      return await result;
    } finally {
      patience.dispose();
    }
  }

  async #offerHelp(): Promise<void> {
    if (this.#helpShown || this.#isOver()) {
      return;
    }
    this.#helpShown = true;
    const reopen = vscode.l10n.t('Reopen Browser');
    const paste = vscode.l10n.t('Paste URL');
    const wait = vscode.l10n.t('Keep Waiting');
    const stop = vscode.l10n.t('Cancel');
    const chosen = await vscode.window.showInformationMessage(
      vscode.l10n.t('The sign-in to {0} waits for your browser.', this.connection.name),
      reopen,
      paste,
      wait,
      stop,
    );
    this.#helpShown = false;
    if (this.#isOver()) {
      return;
    }
    if (chosen === reopen) {
      runCommand('ninjaone.reopenBrowser');
    } else if (chosen === paste) {
      runCommand('ninjaone.pasteRedirectUrl');
    } else if (chosen === wait) {
      this.#patience?.keepWaiting();
    } else if (chosen === stop) {
      this.cancel();
    }
  }

  /** Opens the way back before the browser is sent away. */
  async #prepare(nonce: string): Promise<WayBack> {
    const plan = redirectPlan(this.connection, { remote: this.#ports.remote });
    switch (plan.way) {
      case 'loopback': {
        const { startLoopback } = await import('../core/oauth/loopback.ts');
        const listener = await startLoopback({
          host: plan.host,
          port: plan.port,
          path: plan.path,
          settle: (query) => this.#ports.callbacks.settle(query),
          grace: 5000,
          allowedOrigin: this.connection.instance.origin,
          text: {
            // Shown for refusals too: how it went is said in the editor.
            signedInTitle: vscode.l10n.t('Back to your editor'),
            signedInBody: vscode.l10n.t('NinjaOne has answered. You can close this page.'),
            waitingTitle: vscode.l10n.t('Nothing to do here'),
            waitingBody: vscode.l10n.t(
              'This address only takes the answer of a NinjaOne sign-in that your editor started.',
            ),
          },
        }).catch((error: unknown) => this.#offerPaste(error));
        if (!listener) {
          return { kind: 'paste', nonce, state: nonce, redirectUri: plan.redirectUri(plan.port), pasteAtOnce: true };
        }
        this.#listener = listener;
        // Closes at once, unless the answer came through it: then the page must still reach the browser (A5).
        this.#disposables.add({
          dispose: () => {
            listener.finish();
          },
        });
        const own = plan.redirectUri(listener.port);
        if (!plan.forward) {
          return { kind: 'loopback', nonce, state: nonce, redirectUri: own, pasteAtOnce: false };
        }
        const external = (await vscode.env.asExternalUri(vscode.Uri.parse(own))).toString(true);
        // A registered redirect URI is sent as it is; only a native client may come back on another port.
        const forwarded = this.connection.platform === 'native' ? forwardedRedirect(external) : undefined;
        if (forwarded !== undefined) {
          listener.reachedAs(forwarded);
        }
        const isReached = forwarded !== undefined || external === own;
        return { kind: 'loopback', nonce, state: nonce, redirectUri: forwarded ?? own, pasteAtOnce: !isReached };
      }
      case 'relay': {
        const state = await callbackAddress(`nonce=${nonce}`);
        return { kind: 'relay', nonce, state, redirectUri: plan.redirectUri, pasteAtOnce: false };
      }
      case 'editor': {
        const redirectUri = await callbackAddress('');
        return { kind: 'editor', nonce, state: nonce, redirectUri, pasteAtOnce: false };
      }
      case 'paste':
        return { kind: 'paste', nonce, state: nonce, redirectUri: plan.redirectUri, pasteAtOnce: true };
    }
  }

  /**
   * A registered address on which we cannot listen is left to the person, who is asked first: the browser will end at
   * whatever listens there (A5).
   */
  async #offerPaste(error: unknown): Promise<undefined> {
    if (!isNinjaOneError(error) || this.connection.platform === 'native') {
      throw error;
    }
    if (!(await offerWayOn(error, vscode.l10n.t('Paste URL')))) {
      throw cancelled();
    }
    return undefined;
  }

  #isOver(): boolean {
    return this.#abort.signal.aborted;
  }

  #throwIfCancelled(): void {
    if (this.#isOver()) {
      throw cancelled();
    }
  }
}

interface WayBack {
  readonly kind: 'loopback' | 'relay' | 'editor' | 'paste';
  readonly nonce: string;
  /** What the `state` parameter carries: the nonce, or for the relay the address that carries the nonce. */
  readonly state: string;
  readonly redirectUri: string;
  readonly pasteAtOnce: boolean;
}

/** The address by which a browser reaches our URI handler in this window. */
async function callbackAddress(query: string): Promise<string> {
  const uri = vscode.Uri.from({ scheme: vscode.env.uriScheme, authority: EXTENSION_ID, path: '/callback', query });
  return (await vscode.env.asExternalUri(uri)).toString(true);
}

async function pasteBox(callbacks: PendingCallbacks, signal: AbortSignal): Promise<void> {
  const box = vscode.window.createInputBox();
  box.title = vscode.l10n.t('Paste the redirected URL');
  box.prompt = vscode.l10n.t(
    'When the browser has signed in, copy the whole address from its address bar, even if the page cannot be shown, and paste it here.',
  );
  box.placeholder = 'https://…?code=…&state=…';
  box.ignoreFocusOut = true;
  const closed = new Promise<void>((resolve) => {
    box.onDidHide(() => {
      resolve();
    });
  });
  const hide = (): void => {
    box.hide();
  };
  signal.addEventListener('abort', hide, { once: true });
  const take = (text: string): void => {
    const outcome = callbacks.settleUrl(text);
    if (outcome === 'settled') {
      box.hide();
    } else {
      box.validationMessage = vscode.l10n.t(outcome.template, ...outcome.args);
    }
  };
  box.onDidChangeValue((value) => {
    box.validationMessage = undefined;
    if (/[?&]state=/.test(value)) {
      take(value);
    }
  });
  box.onDidAccept(() => {
    take(box.value);
  });
  if (!signal.aborted) {
    box.show();
    await closed;
  }
  signal.removeEventListener('abort', hide);
  box.dispose();
}

function gaveUp(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'signIn.timeout',
    intent: 'transient',
    template:
      'The sign-in to {0} ended because the browser did not come back. If NinjaOne showed an error page there, check the client id, the redirect URI and the scopes of the client app; then try again.',
    args: [connection.name],
    action: 'signIn',
  });
}
