import { randomInt } from 'node:crypto';
import * as vscode from 'vscode';
import { canceled, isNinjaOneError, NinjaOneError, unlessAborted } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { withTimeout } from '../../core/base/lifecycle.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { RedirectKind } from '../../core/connections/redirectUri.ts';
import type { PendingCallbacks } from '../../core/oauth/pendingCallbacks.ts';
import type { LoopbackServer } from '../../core/oauth/loopbackServer.ts';
import { forwardedRedirect, redirectPlan, type LoopbackPlan } from '../../core/oauth/redirectStrategy.ts';
import { EXTENSION_ID } from '../platform/contributions.ts';
import { offerAlternative } from '../platform/errorReporter.ts';
import { languages } from '../platform/localize.ts';
import type { QuestionTime } from './questionTime.ts';

/** How the browser returns from one sign-in. */
export interface CallbackChannel {
  readonly kind: RedirectKind;
  readonly nonce: string;
  /** The value of the `state` parameter: the nonce, or for the relay a callback address that contains the nonce. */
  readonly state: string;
  readonly redirectUri: string;
  readonly pasteAtOnce: boolean;
}

export interface OpenRedirectOptions {
  readonly connection: Connection;
  readonly remote: boolean;
  readonly callbacks: PendingCallbacks;
  readonly questions: QuestionTime;
  /** Aborted when the sign-in ends. */
  readonly signal: AbortSignal;
  /** Called before there is a listener, so that its port is freed whatever happens next. */
  readonly onListening: (listener: Promise<LoopbackServer>) => void;
}

/** Opens the callback channel before the browser opens. Rejects with a NinjaOneError if that is not possible. */
export async function openCallbackChannel(nonce: string, options: OpenRedirectOptions): Promise<CallbackChannel> {
  const plan = redirectPlan(options.connection, { remote: options.remote });
  switch (plan.kind) {
    case 'loopback':
      return listen(nonce, plan, options);
    case 'relay': {
      const state = await callbackAddress(`nonce=${nonce}`, options.signal);
      return { kind: 'relay', nonce, state, redirectUri: plan.redirectUri, pasteAtOnce: false };
    }
    case 'editor': {
      const redirectUri = await callbackAddress('', options.signal);
      return { kind: 'editor', nonce, state: nonce, redirectUri, pasteAtOnce: false };
    }
    case 'paste':
      return { kind: 'paste', nonce, state: nonce, redirectUri: plan.redirectUri, pasteAtOnce: true };
  }
}

async function listen(
  nonce: string,
  plan: LoopbackPlan,
  { connection, callbacks, questions, signal, onListening }: OpenRedirectOptions,
): Promise<CallbackChannel> {
  const { startLoopbackServer } = await import('../../core/oauth/loopbackServer.ts');
  const starting = startLoopbackServer({
    host: plan.host,
    port: plan.port,
    path: plan.path,
    settle: (query) => callbacks.settle(query),
    grace: 5000,
    allowedOrigin: connection.instance.origin,
    text: {
      language: languages().language,
      // Also shown if NinjaOne refused the sign-in. VS Code shows the result.
      signedInTitle: vscode.l10n.t('Return to VS Code'),
      signedInBody: vscode.l10n.t(
        'VS Code received the response of NinjaOne and continues there. You can close this tab.',
      ),
      waitingTitle: vscode.l10n.t('Nothing to do here'),
      waitingBody: vscode.l10n.t('This address only receives the response of a NinjaOne sign-in that VS Code started.'),
      endedTitle: vscode.l10n.t('This sign-in has ended'),
      endedBody: vscode.l10n.t(
        'VS Code no longer waits for it. To sign in, start again in the NinjaOne view of VS Code, or run NinjaOne: Sign In… from the Command Palette.',
      ),
    },
  });
  onListening(starting);
  const listener = await starting.catch((error: unknown) => questions.ask(() => offerPaste(error), signal));
  if (!listener) {
    const port = plan.port === 0 ? unusedPort() : plan.port;
    return { kind: 'paste', nonce, state: nonce, redirectUri: plan.redirectUri(port), pasteAtOnce: true };
  }
  const listenerUri = plan.redirectUri(listener.port);
  if (!plan.forward) {
    return { kind: 'loopback', nonce, state: nonce, redirectUri: listenerUri, pasteAtOnce: false };
  }
  const external = await forwardedAddress(listenerUri, signal);
  // A registered redirect URI is sent unchanged. Only a native client may use another port.
  const forwarded =
    external !== undefined && connection.platform === 'native' ? forwardedRedirect(external) : undefined;
  if (forwarded !== undefined) {
    listener.reachedAs(forwarded);
  }
  const isReached = forwarded !== undefined || external === listenerUri;
  return { kind: 'loopback', nonce, state: nonce, redirectUri: forwarded ?? listenerUri, pasteAtOnce: !isReached };
}

/**
 * If we cannot listen on the address, the user can paste the URL instead. This is offered before the browser
 * opens, because the browser will reach whatever else listens on that address (A5).
 */
async function offerPaste(error: unknown): Promise<undefined> {
  if (!isNinjaOneError(error)) {
    throw error;
  }
  if (!(await offerAlternative(error, vscode.l10n.t('Paste URL')))) {
    throw canceled();
  }
  return undefined;
}

/** The address at which the browser reaches this one, or undefined if VS Code cannot forward its port. */
async function forwardedAddress(address: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await externalAddress(vscode.Uri.parse(address), signal);
  } catch {
    return undefined;
  }
}

/** A port that programs rarely use (RFC 6335 §6). Whether it is free cannot be tested where listening fails. */
function unusedPort(): number {
  return randomInt(49_152, 65_536);
}

/** The address at which a browser reaches our URI handler in this window. */
async function callbackAddress(query: string, signal: AbortSignal): Promise<string> {
  const uri = vscode.Uri.from({ scheme: vscode.env.uriScheme, authority: EXTENSION_ID, path: '/callback', query });
  return externalAddress(uri, signal);
}

/** Rejects if VS Code does not answer, because what waits for it cannot be canceled by every caller (A17). */
async function externalAddress(uri: vscode.Uri, signal: AbortSignal): Promise<string> {
  const external = unlessAborted(signal, async () => vscode.env.asExternalUri(uri));
  return (await withTimeout(ADDRESS_LIMIT, external, noAddress)).toString(true);
}

/** Milliseconds; VS Code asks nobody, but may have to reach the machine of the user. */
const ADDRESS_LIMIT = 15_000;

function noAddress(): NinjaOneError {
  return new NinjaOneError({
    code: 'signIn.noAddress',
    intent: 'transient',
    message: l10n.t(
      'VS Code did not find the address at which the browser reaches this window. Reload the window, or select another redirect URI for the connection.',
    ),
    action: 'editConnection',
  });
}
