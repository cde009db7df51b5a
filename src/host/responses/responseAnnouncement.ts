import * as vscode from 'vscode';
import { plainText } from '../../core/base/errors.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { requestLabel } from '../../core/responses/requestLabel.ts';
import { factsOf } from './responseLenses.ts';

/**
 * Says in the status bar that a response has come while the focus stays where it is. Screen readers speak a new item with
 * this role at once, which `setStatusBarMessage` cannot have. An error is not announced, because its message is (E14).
 */
export function announceResponse(displayed: DisplayedResponse): Disposable | undefined {
  const { request, failure } = displayed.response;
  if (failure) {
    return undefined;
  }
  const item = vscode.window.createStatusBarItem('ninjaone.response', vscode.StatusBarAlignment.Left);
  item.name = vscode.l10n.t('NinjaOne Response');
  item.text = plainText(
    vscode.l10n.t({
      message: '{0}: response received, {1}',
      args: [requestLabel(request), factsOf(displayed).join(' · ')],
      comment:
        '{0} is the title of an operation with its values, such as "Get device 7". {1} are facts such as "200 · 9 ms · 5 items".',
    }),
    120,
  );
  item.accessibilityInformation = { label: item.text, role: 'alert' };
  item.show();
  setTimeout(() => {
    item.dispose();
  }, SHOWN_MS).unref();
  return item;
}

const SHOWN_MS = 8000;
