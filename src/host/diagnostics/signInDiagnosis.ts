import { access, constants } from 'node:fs/promises';
import * as vscode from 'vscode';
import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { withoutClientIds } from '../../core/diagnostics/connectionChecks.ts';
import { diagnose } from '../../core/diagnostics/diagnose.ts';
import { formatDiagnosis, type FormattedDiagnosis } from '../../core/diagnostics/formatDiagnosis.ts';
import { PROXY_SETTINGS, type ProxySetting } from '../../core/diagnostics/networkSettings.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { Sessions } from '../../core/sessions/createSessions.ts';
import { codeLens, registerCodeLensProvider } from '../platform/codeLenses.ts';
import { DIAGNOSIS_SCHEME } from '../platform/contributions.ts';
import type { Platform } from '../platform/createPlatform.ts';
import { withDelayedProgress } from '../platform/delayedProgress.ts';
import { isRemoteHost } from '../platform/extensionHost.ts';
import { formatTimestamp } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';
import { showInStatusBar } from '../platform/windowMessages.ts';
import type { SignInFeature } from '../signIn/createSignIn.ts';
import { editorSetting } from '../platform/settings.ts';
import { DiagnosisColors } from './diagnosisColors.ts';
import { environmentFacts } from './environmentFacts.ts';

export interface DiagnosticsUses {
  readonly sessions: Sessions;
  readonly signIn: SignInFeature;
  /** Resolves when the stored sessions have been read. */
  readonly ready: Promise<void>;
}

/** Runs the checks and shows the last result as a read-only document. */
export class SignInDiagnosis implements Disposable {
  readonly #platform: Platform;
  readonly #uses: DiagnosticsUses;
  readonly #changed: vscode.EventEmitter<vscode.Uri>;
  readonly #colors = new DiagnosisColors(() => this.#last);
  readonly #lenses: vscode.Disposable;
  #last: FormattedDiagnosis | undefined;

  constructor(platform: Platform, uses: DiagnosticsUses, changed: vscode.EventEmitter<vscode.Uri>) {
    this.#platform = platform;
    this.#uses = uses;
    this.#changed = changed;
    this.#lenses = registerCodeLensProvider(
      { scheme: DIAGNOSIS_SCHEME },
      {
        provideCodeLenses: () => (this.#last ? [copyLens(), runLens()] : [runLens()]),
      },
    );
  }

  /** The report, or the hint that there is none: VS Code restores the document, but not its text. */
  get text(): string {
    return this.#last?.text ?? vscode.l10n.t('Run NinjaOne: Diagnose Sign-In Problems to see the report again.') + '\n';
  }

  /** Checks the connections and opens the report. Rejects as canceled when the user cancels. */
  async run(connections: readonly Connection[]): Promise<void> {
    const title = vscode.l10n.t('Diagnosing the NinjaOne sign-in');
    this.#last = await withDelayedProgress(title, async (signal, report) => {
      const diagnosis = await diagnose({
        ...this.#options(),
        connections,
        signal,
        onProgress: (done, total) => {
          report(
            vscode.l10n.t({
              message: '{0} of {1}',
              args: [done, total],
              comment: 'Number of connections that are done.',
            }),
          );
        },
      });
      const redactor = await this.#platform.redactor.load();
      return formatDiagnosis(diagnosis, {
        show: (text) =>
          withoutClientIds(redactor.redact(typeof text === 'string' ? text : localize(text)), connections),
        formatDate: formatTimestamp,
      });
    });
    const uri = vscode.Uri.from({
      scheme: DIAGNOSIS_SCHEME,
      path: `/${vscode.l10n.t({ message: 'NinjaOne sign-in diagnosis', comment: 'Name of a document.' })}.md`,
    });
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: false });
    this.#colors.apply();
  }

  async copy(): Promise<void> {
    if (!this.#last) {
      throw noReport();
    }
    await vscode.env.clipboard.writeText(this.#last.text);
    showInStatusBar(vscode.l10n.t('Copied the report.'), 3000);
  }

  dispose(): void {
    this.#lenses.dispose();
    this.#colors.dispose();
  }

  #options(): Omit<Parameters<typeof diagnose>[0], 'connections' | 'signal' | 'onProgress'> {
    const { context, settings, transport, trustedHosts, now } = this.#platform;
    const { sessions, signIn, ready } = this.#uses;
    const { store, tokens, clientSecrets } = sessions;
    return {
      parsed: settings.parsed,
      mayContact: (connection) => trustedHosts.isConfirmed(connection),
      isSigningIn: ({ id }) => signIn.signIn.pending?.connection.id === id,
      remote: isRemoteHost(context),
      transport,
      timeout: TIMEOUT,
      tokens,
      clientSecrets,
      storage: { secrets: context.secrets, store },
      network: {
        settings: Object.fromEntries(PROXY_SETTINGS.map((name) => [name, editorSetting(name)])) as Record<
          ProxySetting,
          unknown
        >,
        environment: process.env,
        canRead: async (path) => {
          await access(path, constants.R_OK);
          return true;
        },
      },
      environment: environmentFacts(context, editorSetting('workbench.externalBrowser')),
      ready,
      now,
      formatDate: formatTimestamp,
    };
  }
}

/** Milliseconds for each request. */
const TIMEOUT = 10_000;

function copyLens(): vscode.CodeLens {
  return codeLens(FIRST_LINE, {
    icon: 'copy',
    title: vscode.l10n.t('Copy Report'),
    command: 'ninjaone.copyDiagnosis',
  });
}

function runLens(): vscode.CodeLens {
  return codeLens(FIRST_LINE, {
    icon: 'refresh',
    title: vscode.l10n.t('Run Again'),
    command: 'ninjaone.diagnose',
  });
}

const FIRST_LINE = new vscode.Range(0, 0, 0, 0);

function noReport(): NinjaOneError {
  return new NinjaOneError({
    code: 'diagnosis.none',
    intent: 'invalidInput',
    message: l10n.t('There is no report to copy. Run NinjaOne: Diagnose Sign-In Problems first.'),
  });
}
