import * as vscode from 'vscode';

/** The observations of `tooling/probe` in this extension host, which is active before the extension under test. */
export interface Probe {
  /** `host:port` of every connection that this process opened. */
  readonly connections: readonly string[];
  /** The secret storage calls of the extension under test, in order. */
  readonly secretOperations: readonly { readonly name: 'get' | 'store' | 'delete' | 'keys'; readonly key?: string }[];
  /** Settles once a second provider `ninjaone` was registered while the secret storage did not respond. */
  readonly rivalOffered: Promise<{ readonly wasActive: boolean }>;
  /** Undici's two global dispatchers before the extension under test was loaded. */
  readonly dispatchers: readonly [unknown, unknown];
  /** The folder of the log of the extension under test. */
  readonly logFolder: string;
}

export function probe(): Probe {
  const extension = vscode.extensions.getExtension<Probe>('ninjaone-community.test-probe');
  if (!extension?.isActive) {
    throw new Error('The probe must be installed beside the extension under test.');
  }
  return extension.exports;
}
