import { l10n } from '../../core/base/l10n.ts';
import type { LocalizableMessage } from '../../core/base/messages.ts';
import type { DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import type { ListRows } from '../../core/responses/listRows.ts';
import { DAMAGED } from '../../core/responses/responseView.ts';

/** What whoever takes rows from a table has to know about its list. */
export function tableNotices(
  { view, whole, incomplete }: DisplayedResponse,
  rows: ListRows,
): readonly LocalizableMessage[] {
  // The document may show only the first part of what the table has.
  const isWhole = whole !== undefined && view.truncated && view.isCut !== true && !view.fault;
  return [
    ...(incomplete ? [incomplete] : []),
    ...(isWhole ? view.notices.filter((notice) => notice === DAMAGED) : view.notices),
    ...(rows.rowsLeftOut > 0
      ? [
          l10n.t(
            '{0, plural, one {# more row is in the JSON and in the CSV file of the response.} other {# more rows are in the JSON and in the CSV file of the response.}}',
            rows.rowsLeftOut,
          ),
        ]
      : []),
    ...(rows.columnsLeftOut > 0
      ? [
          l10n.t(
            '{0, plural, one {# more column is in the response document and in the CSV file of the response.} other {# more columns are in the response document and in the CSV file of the response.}}',
            rows.columnsLeftOut,
          ),
        ]
      : []),
  ];
}
