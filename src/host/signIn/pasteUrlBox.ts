import * as vscode from 'vscode';
import { plainText } from '../../core/base/errors.ts';
import type { PendingCallbacks } from '../../core/oauth/pendingCallbacks.ts';
import { localize } from '../platform/localize.ts';

/** Asks for the URL at which the browser ended, the fallback of every sign-in (A4). Resolves when the box is closed. */
export async function showPasteUrlBox(callbacks: PendingCallbacks, signal: AbortSignal): Promise<void> {
  const box = vscode.window.createInputBox();
  box.title = vscode.l10n.t('Paste Redirected URL');
  box.prompt = vscode.l10n.t(
    'Sign in with the browser, copy the whole URL from its address bar, even if the page cannot be displayed, and paste it here.',
  );
  box.placeholder = 'https://…?code=…&state=…';
  box.ignoreFocusOut = true;
  const closed = new Promise<void>((resolve) => {
    box.onDidHide(() => {
      resolve();
    });
  });
  const hide = (): void => {
    box.hide();
  };
  signal.addEventListener('abort', hide, { once: true });
  const submit = (text: string): void => {
    const outcome = callbacks.settleUrl(text);
    if (outcome === 'settled') {
      box.hide();
    } else {
      box.validationMessage = plainText(localize(outcome), 1000);
    }
  };
  box.onDidChangeValue((value) => {
    box.validationMessage = undefined;
    if (/[?&]state=/.test(value)) {
      submit(value);
    }
  });
  box.onDidAccept(() => {
    submit(box.value);
  });
  if (!signal.aborted) {
    box.show();
    await closed;
  }
  signal.removeEventListener('abort', hide);
  box.dispose();
}
