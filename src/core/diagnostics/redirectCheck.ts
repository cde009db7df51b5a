import { l10n } from '../base/l10n.ts';
import type { Connection } from '../connections/connection.ts';
import { nativeRedirect } from '../connections/redirectUri.ts';
import { redirectPlan, type LoopbackPlan } from '../oauth/redirectStrategy.ts';
import { fact, messageOf, ok, problem, unknown, type Check } from './diagnosis.ts';

export interface RedirectCheckOptions {
  /** Whether the extension runs on another machine than the browser. */
  readonly remote: boolean;
  /** Whether a sign-in to this connection is running, which uses the port. */
  readonly isSigningIn: boolean;
}

/** The redirect URI that a sign-in sends, and whether its port is free. Opens the port for a moment. Never rejects. */
export async function checkRedirect(connection: Connection, options: RedirectCheckOptions): Promise<Check> {
  const name = l10n.t('Redirect URI');
  if (connection.platform === 'api-services') {
    return fact(name, l10n.t('None. This platform signs in without a browser.'));
  }
  try {
    const plan = redirectPlan(connection, { remote: options.remote });
    switch (plan.kind) {
      case 'loopback':
        return options.isSigningIn
          ? unknown(
              name,
              l10n.t('The port of {0} is not checked, because a sign-in is running.', addressOf(plan, connection)),
            )
          : await checkPort(plan, connection);
      case 'relay':
        return ok(name, l10n.t('{0}. The browser returns through vscode.dev.', plan.redirectUri), mustBeRegistered());
      case 'editor':
        return ok(name, l10n.t('An address of this editor, which differs from sign-in to sign-in.'));
      case 'paste':
        return ok(
          name,
          l10n.t('{0}. You paste the address at which the browser ends.', plan.redirectUri),
          mustBeRegistered(),
        );
    }
  } catch (error) {
    return problem(name, messageOf(error));
  }
}

async function checkPort(plan: LoopbackPlan, connection: Connection): Promise<Check> {
  const { startLoopbackServer } = await import('../oauth/loopbackServer.ts');
  const { host, port, path } = plan;
  const text = {
    language: 'en',
    signedInTitle: '',
    signedInBody: '',
    waitingTitle: '',
    waitingBody: '',
    endedTitle: '',
    endedBody: '',
  };
  const server = await startLoopbackServer({ host, port, path, settle: () => 'ignored', grace: 0, text });
  await server.close();
  const address = addressOf(plan, connection);
  return ok(
    l10n.t('Redirect URI'),
    port === 0
      ? l10n.t('{0} with a free port. It needs no registration in NinjaOne.', address)
      : l10n.t('{0}. The port is free.', address),
    ...(port === 0 ? [] : [mustBeRegistered()]),
    ...(plan.forward
      ? [
          l10n.t(
            'The browser runs on another computer, so VS Code has to forward the port. If the browser does not return, run NinjaOne: Paste Redirected URL.',
          ),
        ]
      : []),
  );
}

function addressOf(plan: LoopbackPlan, { platform }: Connection): string {
  return platform === 'native' ? nativeRedirect() : plan.redirectUri(plan.port);
}

function mustBeRegistered() {
  return l10n.t('Exactly this address must be registered in NinjaOne.');
}
