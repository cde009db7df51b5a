import * as vscode from 'vscode';
import type { RiskLevel } from '../../core/catalog/operation.ts';

export interface RiskLevelTexts {
  /** For screen readers, which cannot read an icon or a color. */
  readonly label: string;
  /** A whole sentence about the effect of the request. */
  readonly sentence: string;
}

export function riskLevelTexts(riskLevel: RiskLevel): RiskLevelTexts {
  const texts: { readonly [L in RiskLevel]: RiskLevelTexts } = {
    read: {
      label: vscode.l10n.t({ message: 'reads data', comment: 'What an operation does.' }),
      sentence: vscode.l10n.t('This request reads data.'),
    },
    secretRead: {
      label: vscode.l10n.t({ message: 'reads secrets', comment: 'What an operation does.' }),
      sentence: vscode.l10n.t('This request reads secrets.'),
    },
    write: {
      label: vscode.l10n.t({ message: 'changes data', comment: 'What an operation does.' }),
      sentence: vscode.l10n.t('This request changes data.'),
    },
    deviceAction: {
      label: vscode.l10n.t({ message: 'acts on devices', comment: 'What an operation does.' }),
      sentence: vscode.l10n.t('This request acts on devices.'),
    },
    destructive: {
      label: vscode.l10n.t({ message: 'destroys data', comment: 'What an operation does.' }),
      sentence: vscode.l10n.t('This request destroys data.'),
    },
  };
  return texts[riskLevel];
}
