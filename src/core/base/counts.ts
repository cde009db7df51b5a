import { l10n } from './l10n.ts';
import type { LocalizableMessage } from './messages.ts';

export function items(count: number): LocalizableMessage {
  return l10n.t('{0, plural, one {# item} other {# items}}', count);
}

export function pages(count: number): LocalizableMessage {
  return l10n.t('{0, plural, one {# page} other {# pages}}', count);
}

export function rows(count: number): LocalizableMessage {
  return l10n.t('{0, plural, one {# row} other {# rows}}', count);
}

export function operations(count: number): LocalizableMessage {
  return l10n.t('{0, plural, one {# operation} other {# operations}}', count);
}

export function seconds(count: number): LocalizableMessage {
  return l10n.t('{0, plural, one {# second} other {# seconds}}', count);
}
