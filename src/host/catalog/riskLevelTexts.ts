import * as vscode from 'vscode';
import type { RiskLevel } from '../../core/catalog/operation.ts';

export interface RiskLevelTexts {
  /** In words, because an icon and a color tell nothing to a screen reader. */
  readonly label: string;
  /** What the request does, in a sentence of its own. */
  readonly sentence: string;
}

export function riskLevelTexts(riskLevel: RiskLevel): RiskLevelTexts {
  const texts: { readonly [L in RiskLevel]: RiskLevelTexts } = {
    read: { label: vscode.l10n.t('reads'), sentence: vscode.l10n.t('This reads.') },
    secretRead: { label: vscode.l10n.t('reads secrets'), sentence: vscode.l10n.t('This reads secrets.') },
    write: { label: vscode.l10n.t('changes data'), sentence: vscode.l10n.t('This changes data.') },
    deviceAction: { label: vscode.l10n.t('acts on devices'), sentence: vscode.l10n.t('This acts on devices.') },
    destructive: { label: vscode.l10n.t('destroys data'), sentence: vscode.l10n.t('This destroys data.') },
  };
  return texts[riskLevel];
}
