import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import type { Connection } from '../connections/connection.ts';
import { authorizationFailure } from '../serverErrors/classifyError.ts';

/** What is wrong with a pasted address and what to paste instead. */
export interface PasteProblem extends LocalizableMessage {
  readonly kind:
    'empty' | 'tooLong' | 'bareCode' | 'notUrl' | 'noAnswer' | 'errorPage' | 'noState' | 'otherSignIn' | 'otherAddress';
}

/** The part of a pending sign-in that a pasted address is compared with. */
export interface PasteTarget {
  readonly connection: Connection;
  readonly redirectUri: string | undefined;
}

/** What people copy comes with line breaks of a mail, quotes and brackets; none of these can stand in an address. */
export function readPasted(text: string): URL | PasteProblem {
  if (text.length > LONGEST_PASTE) {
    return problem('tooLong', l10n.t('This is too long. Paste only the address on which the browser ended.'));
  }
  const address = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, '').replace(/^[<("'`“‘«]+|[>)"'`”’»]+$/gu, '');
  if (address === '') {
    return problem('empty', l10n.t('Paste the whole address on which the browser ended.'));
  }
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(address) && URL.canParse(address)) {
    return new URL(address);
  }
  return /[?&]|(?:code|state)=|:\/\//.test(address)
    ? problem('notUrl', l10n.t('This is not a whole address. Copy all of it, from the beginning: {0}', 'http…'))
    : problem(
        'bareCode',
        l10n.t('This is not enough. Paste the whole address on which the browser ended, not only the code.'),
      );
}

/** Whether an address is the one that the browser was sent to; the server has added to the query. */
export function isAt(url: URL, redirectUri: string | undefined): boolean {
  if (redirectUri === undefined || !URL.canParse(redirectUri)) {
    return redirectUri === undefined;
  }
  const { protocol, host, pathname } = new URL(redirectUri);
  return url.protocol === protocol && url.host === host && (url.pathname || '/') === (pathname || '/');
}

/**
 * Why an address is not the answer that is waited for. `target` is the pending sign-in that its state belongs to, if
 * any; `waiting` are all that are pending.
 */
export function pasteProblem(url: URL, target: PasteTarget | undefined, waiting: readonly PasteTarget[]): PasteProblem {
  if (target) {
    const address = plainText(target.redirectUri ?? '', 200);
    return problem(
      'otherAddress',
      l10n.t('This is not where the sign-in ends. The address has to begin with {0}', address),
    );
  }
  const query = url.searchParams;
  const error = query.get('error');
  const here = waiting.find(({ connection }) => connection.instance.origin === url.origin);
  if (error && here && !query.has('state')) {
    // NinjaOne shows some errors on a page of its own, without a state, and never sends the browser back.
    const description = query.get('error_description') ?? undefined;
    return problem('errorPage', authorizationFailure({ error, description }, here.connection));
  }
  if (!query.get('code') && !error) {
    return problem(
      'noAnswer',
      l10n.t(
        'This address has no answer of NinjaOne. Finish the sign-in in the browser, then paste the address on which it ended.',
      ),
    );
  }
  return query.get('state')
    ? problem(
        'otherSignIn',
        l10n.t(
          'This address belongs to another sign-in. Paste the one on which the present sign-in ended, or start again.',
        ),
      )
    : problem('noState', l10n.t('A part of this address is missing. Copy all of it from the browser.'));
}

function problem(kind: PasteProblem['kind'], { template, args, comment }: LocalizableMessage): PasteProblem {
  return { kind, template, args, comment };
}

const LONGEST_PASTE = 16_384;
