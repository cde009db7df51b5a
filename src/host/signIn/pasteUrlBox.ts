import * as vscode from 'vscode';
import type { PendingCallbacks } from '../../core/oauth/pendingCallbacks.ts';
import { localize } from '../platform/localize.ts';

/** Takes the address that the browser ended at, the second way back of every sign-in (A4). Resolves when it is closed. */
export async function showPasteUrlBox(callbacks: PendingCallbacks, signal: AbortSignal): Promise<void> {
  const box = vscode.window.createInputBox();
  box.title = vscode.l10n.t('Paste the redirected URL');
  box.prompt = vscode.l10n.t(
    'When the browser has signed in, copy the whole address from its address bar, even if the page cannot be shown, and paste it here.',
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
  const take = (text: string): void => {
    const outcome = callbacks.settleUrl(text);
    if (outcome === 'settled') {
      box.hide();
    } else {
      box.validationMessage = localize(outcome);
    }
  };
  box.onDidChangeValue((value) => {
    box.validationMessage = undefined;
    if (/[?&]state=/.test(value)) {
      take(value);
    }
  });
  box.onDidAccept(() => {
    take(box.value);
  });
  if (!signal.aborted) {
    box.show();
    await closed;
  }
  signal.removeEventListener('abort', hide);
  box.dispose();
}
