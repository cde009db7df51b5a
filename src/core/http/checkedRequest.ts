import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { isLoopback } from './certificateGuard.ts';

/** Throws a NinjaOneError if a request to this address is not allowed. */
export function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.username !== '' || url.password !== '') {
    throw forbidden(
      l10n.t('The request was not sent because its address is not valid. Check the instance of the connection.'),
    );
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw forbidden(
      l10n.t(
        'The request was not sent because its address does not start with https://. Check the instance of the connection.',
      ),
    );
  }
  return url;
}

/** Throws a NinjaOneError. Checked here, because the error that `fetch` throws contains the value, which may be a token. */
export function checkedHeaders(headers: Readonly<Record<string, string>> = {}): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw forbidden(l10n.t('The request was not sent because a header contains invalid characters. Sign in again.'));
  }
}

function forbidden(message: LocalizableMessage): NinjaOneError {
  return new NinjaOneError({ code: 'network.forbidden', intent: 'invalidInput', message });
}
