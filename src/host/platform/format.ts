import * as vscode from 'vscode';
import type { ApiResponse } from '../../core/api/apiResponse.ts';
import { l10n } from '../../core/base/l10n.ts';
import { describeTimestamp } from '../../core/responses/timestamps.ts';
import { localize } from './localize.ts';

export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

export function statusOf(status: ApiResponse['status']): string {
  return status === 0 ? vscode.l10n.t('no answer') : String(status);
}

export function sizeOf(bytes: ApiResponse['size']): string {
  return bytes < 1000
    ? localize(l10n.t({ message: '{0} B', args: [bytes], comment: 'A size in bytes.' }))
    : bytes < 1e6
      ? quantityOf(bytes / 1000, 'kilobyte', 1)
      : quantityOf(bytes / 1e6, 'megabyte', 1);
}

export function durationOf(milliseconds: number): string {
  return quantityOf(Math.round(milliseconds), 'millisecond', 0);
}

function quantityOf(value: number, unit: string, digits: number): string {
  const options = { style: 'unit', unit, minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(vscode.env.language, options).format(value);
}

/** In the time of the reader, for rows and titles. */
export function stampOf(milliseconds: number): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const { local } = describeTimestamp(milliseconds, { now: milliseconds, locale: vscode.env.language, timeZone });
  return local.replace(` ${timeZone}`, '');
}
