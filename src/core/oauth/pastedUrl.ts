import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import type { Connection } from '../connections/connection.ts';
import { authorizationFailure } from '../serverErrors/classifyError.ts';

/** Explains why a pasted address is refused, and what to paste instead. */
export interface PasteProblem extends LocalizableMessage {
  readonly kind:
    | 'empty'
    | 'tooLong'
    | 'bareCode'
    | 'notUrl'
    | 'noResponse'
    | 'errorPage'
    | 'noState'
    | 'otherSignIn'
    | 'otherAddress';
}

/** The data of a pending sign-in with which a pasted address is compared. */
export interface PasteTarget {
  readonly connection: Connection;
  readonly redirectUri: string | undefined;
  /** Where the relay sends the browser, which then shows this address instead of the redirect URI. */
  readonly relayedTo?: string | undefined;
}

/** Removes line breaks from emails, quotation marks, and brackets: copied text often has them, addresses cannot. */
export function readPasted(text: string): URL | PasteProblem {
  if (text.length > MAX_PASTE_LENGTH) {
    return problem('tooLong', l10n.t('The text is too long. Paste only the final address from the browser.'));
  }
  const address = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, '').replace(/^[<("'`“‘«]+|[>)"'`”’»]+$/gu, '');
  if (address === '') {
    return problem('empty', l10n.t('Paste the complete final address from the browser.'));
  }
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(address) && URL.canParse(address)) {
    return new URL(address);
  }
  return /[?&]|(?:code|state)=|:\/\//.test(address)
    ? problem('notUrl', l10n.t('The address is incomplete. Copy all of it, starting with {0}', 'http…'))
    : problem('bareCode', l10n.t('The code alone is not enough. Paste the complete final address from the browser.'));
}

/** Whether the browser can end at this address, apart from the query, to which the server adds parameters. */
export function isRedirectTarget(url: URL, { redirectUri, relayedTo }: PasteTarget): boolean {
  return (
    redirectUri === undefined ||
    isSameTarget(url, redirectUri) ||
    (relayedTo !== undefined && isSameTarget(url, relayedTo))
  );
}

function isSameTarget(url: URL, address: string): boolean {
  if (!URL.canParse(address)) {
    return false;
  }
  const { protocol, host, pathname } = new URL(address);
  return url.protocol === protocol && url.host === host && (url.pathname || '/') === (pathname || '/');
}

/**
 * Explains why an address does not complete a pending sign-in. `target` is the sign-in to which its state belongs, if
 * any; `pending` are all pending ones.
 */
export function pasteProblem(url: URL, target: PasteTarget | undefined, pending: readonly PasteTarget[]): PasteProblem {
  if (target) {
    const address = plainText(target.redirectUri ?? '', 200);
    return problem(
      'otherAddress',
      l10n.t('This is not the final address of the sign-in. It must start with {0}', address),
    );
  }
  const query = url.searchParams;
  const error = query.get('error');
  const here = pending.find(({ connection }) => connection.instance.origin === url.origin);
  if (error && here && !query.has('state')) {
    // NinjaOne shows some errors on its own page, without a state and without a redirect.
    const description = query.get('error_description') ?? undefined;
    return problem('errorPage', authorizationFailure({ error, description }, here.connection));
  }
  if (!query.get('code') && !error) {
    return problem(
      'noResponse',
      l10n.t(
        'This address does not contain a response from NinjaOne. Finish the sign-in in the browser, then paste the final address.',
      ),
    );
  }
  return query.get('state')
    ? problem(
        'otherSignIn',
        l10n.t(
          'This address belongs to another sign-in. Paste the final address of the current sign-in, or start again.',
        ),
      )
    : problem('noState', l10n.t('Part of the address is missing. Copy the complete address from the browser.'));
}

function problem(kind: PasteProblem['kind'], { template, args, comment }: LocalizableMessage): PasteProblem {
  return { kind, template, args, comment };
}

const MAX_PASTE_LENGTH = 16_384;
