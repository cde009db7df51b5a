import * as vscode from 'vscode';
import { isWrite } from '../../core/api/apiRequest.ts';
import type { ApiResponse } from '../../core/api/apiResponse.ts';
import type { DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { isKeptInMemory } from '../../core/history/historyEntry.ts';
import { requestLabel } from '../../core/responses/requestLabel.ts';

/**
 * What is told instead of opening a document, because the document would be empty: a success without a body, or a page
 * after the last one. Undefined for every other response, also for a list that may be incomplete (E7, E8).
 */
export function toldInstead({ view, response, page, end, incomplete }: DisplayedResponse): string | undefined {
  const { request, status, failure, isRedirect } = response;
  if (failure || isRedirect === true || incomplete || end || status < 200 || status > 299) {
    return undefined;
  }
  if (page > 1 && (view.kind === 'empty' || (view.kind === 'json' && view.items === 0))) {
    return vscode.l10n.t('This was the last page.');
  }
  if (view.kind !== 'empty') {
    return undefined;
  }
  const title = requestLabel(request);
  if (status === 202) {
    return vscode.l10n.t({
      message: '{0}: accepted ({1}). NinjaOne may still be working on it.',
      args: [title, status],
      comment:
        '{0} is the title of an operation with its values, such as "Reboot devices 7, NORMAL", and {1} a status code of HTTP.',
    });
  }
  return isWrite(request)
    ? vscode.l10n.t({
        message: '{0}: done ({1}).',
        args: [title, status],
        comment:
          '{0} is the title of an operation with its values, such as "Reboot devices 7, NORMAL", and {1} a status code of HTTP.',
      })
    : vscode.l10n.t({
        message: '{0}: the response has no body ({1}).',
        args: [title, status],
        comment:
          '{0} is the title of an operation with its values, such as "Get device 7", and {1} a status code of HTTP.',
      });
}

/**
 * What is told of a response that came after that to a later Send of the same request, and whether the history has it. A
 * list of all pages is not kept there.
 */
export function lateResponse(
  response: ApiResponse,
  { end }: Pick<DisplayedResponse, 'end'>,
): {
  readonly message: string;
  readonly isInHistory: boolean;
} {
  const isInHistory = !end && isKeptInMemory(response);
  const title = requestLabel(response.request);
  const message = isInHistory
    ? vscode.l10n.t({
        message:
          '{0}: the response to an earlier Send came only now. Its tab shows the response to the later one. Look for the earlier one in the history.',
        args: [title],
        comment: '{0} is the title of an operation with its values, such as "Get device 7".',
      })
    : vscode.l10n.t({
        message: '{0}: the response to an earlier Send came only now. It has a tab of its own.',
        args: [title],
        comment: '{0} is the title of an operation with its values, such as "Get device 7".',
      });
  return { message, isInHistory };
}
