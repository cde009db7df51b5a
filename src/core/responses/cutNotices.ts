import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';

/** What is cut: the JSON of the response, that of its last line, or that of a response of which a part is shown. */
type CutPart = 'json' | 'lastLine' | 'rest';

/** Says that JSON is cut. Only a read is to be sent again: a write may have been executed (E9). */
export function cutNotice(part: CutPart, isWrite: boolean): LocalizableMessage {
  return (isWrite ? OF_WRITES : OF_READS)[part];
}

const OF_WRITES: { readonly [P in CutPart]: LocalizableMessage } = {
  json: l10n.t('The JSON is incomplete.'),
  lastLine: l10n.t('The JSON of the last line is incomplete.'),
  rest: l10n.t('Only the first part is shown, and the response ends in the middle of its JSON.'),
};

const OF_READS: { readonly [P in CutPart]: LocalizableMessage } = {
  json: l10n.t('The JSON is incomplete. Send the request again.'),
  lastLine: l10n.t('The JSON of the last line is incomplete. Send the request again.'),
  rest: l10n.t(
    'Only the first part is shown, and the response ends in the middle of its JSON. Send the request again.',
  ),
};
