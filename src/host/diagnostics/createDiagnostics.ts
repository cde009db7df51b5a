import * as vscode from 'vscode';
import { lazy } from '../../core/base/lifecycle.ts';
import { DIAGNOSIS_SCHEME } from '../platform/contributions.ts';
import type { Platform } from '../platform/createPlatform.ts';
import type { DiagnosticsUses, SignInDiagnosis } from './signInDiagnosis.ts';

export interface DiagnosticsFeature {
  readonly open: () => Promise<SignInDiagnosis>;
}

/** Registers the document, which VS Code may restore at startup. The rest is loaded when it is first used. */
export function createDiagnostics(platform: Platform, uses: DiagnosticsUses): DiagnosticsFeature {
  const { register } = platform;
  const changed = register(new vscode.EventEmitter<vscode.Uri>());
  const open = lazy(async () => {
    const { SignInDiagnosis } = await import('./signInDiagnosis.ts');
    return register(new SignInDiagnosis(platform, uses, changed));
  });
  register(
    vscode.workspace.registerTextDocumentContentProvider(DIAGNOSIS_SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: async () => (await open()).text,
    }),
  );
  return { open };
}
