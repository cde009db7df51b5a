import * as vscode from 'vscode';
import { startsAtCursor } from '../../core/api/pagingStyles.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { requestLabel } from '../../core/responses/requestLabel.ts';
import { localize } from '../platform/localize.ts';

/** The name of the tab of a response, without an ending: its request with values, its connection and its pages. */
export function documentTitle({ response: { request }, first, page, end }: DisplayedResponse): string {
  const pages = end
    ? [
        end.complete
          ? end.isFromCursor
            ? fromCursor()
            : vscode.l10n.t({ message: 'all pages', comment: 'Part of the name of a tab.' })
          : localize(
              l10n.t({
                message: '{0, plural, one {# page, incomplete} other {# pages, incomplete}}',
                args: [end.pages],
                comment: 'Part of the name of a tab. The list was not fetched completely.',
              }),
            ),
      ]
    : page > 1
      ? [vscode.l10n.t({ message: 'page {0}', args: [page], comment: '{0} is a page number.' })]
      : startsAtCursor(request)
        ? [fromCursor()]
        : [];
  return [requestLabel(page > 1 ? first : request), request.connection.name, ...pages].join(' · ');
}

function fromCursor(): string {
  return vscode.l10n.t({
    message: 'from a cursor on',
    comment: 'Part of the name of a tab. The list has no items before the cursor of its request.',
  });
}
