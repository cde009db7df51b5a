import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';

export const NO_TABLE = 'response.noTable';

export function noTable(): NinjaOneError {
  return new NinjaOneError({
    code: NO_TABLE,
    intent: 'invalidInput',
    message: l10n.t('The active document has no list to show as a table. Run an operation that returns a list.'),
  });
}

export function noTableInFront(): NinjaOneError {
  return new NinjaOneError({
    code: 'table.none',
    intent: 'invalidInput',
    message: l10n.t('No table is in front. Run an operation that returns a list, then select Show as Table.'),
  });
}
