import type * as vscode from 'vscode';
import { UIKind } from './values.ts';

/** What the editor says about itself, the clipboard, and the way to the browser. */
export class FakeEnvironment {
  /** What is on the clipboard. */
  clipboardText = '';
  /** As in a browser that does not let a page read the clipboard. */
  mayReadClipboard = true;
  /** Addresses that were opened in the browser, as they were given. */
  readonly opened: string[] = [];
  /** Whether a browser can be opened, or what VS Code's own question about the address leads to. */
  canOpen: boolean | (() => Promise<boolean>) = true;
  language = 'en';
  uriScheme = 'vscode';
  appName = 'Visual Studio Code';
  appHost = 'desktop';
  uiKind: vscode.UIKind = UIKind.Desktop;
  machineId = '0123456789abcdef'.repeat(4);
  remoteName: string | undefined;
  /** Where an address of this machine is reached from outside; the same by default. */
  externalUri: (uri: vscode.Uri) => vscode.Uri | Promise<vscode.Uri> = (uri) => uri;

  readonly api = {
    clipboard: {
      readText: async (): Promise<string> => {
        await Promise.resolve();
        if (!this.mayReadClipboard) {
          throw new Error('Read permission denied.');
        }
        return this.clipboardText;
      },
      writeText: async (text: string): Promise<void> => {
        await Promise.resolve();
        this.clipboardText = text;
      },
    },
    // The editor takes a text as well, and leaves its encoding alone.
    openExternal: async (target: vscode.Uri | string): Promise<boolean> => {
      await Promise.resolve();
      this.opened.push(target.toString());
      return typeof this.canOpen === 'function' ? this.canOpen() : this.canOpen;
    },
    asExternalUri: async (target: vscode.Uri): Promise<vscode.Uri> => this.externalUri(target),
  };
}
