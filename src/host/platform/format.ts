import * as vscode from 'vscode';
import type { ApiResponse } from '../../core/api/apiResponse.ts';
import { l10n } from '../../core/base/l10n.ts';
import { localize } from './localize.ts';

export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toLocaleTimeString(vscode.env.language, { hour: 'numeric', minute: '2-digit' });
}

/** The time of day to the second in the user's time zone. */
export function formatExactTime(milliseconds: number): string {
  return new Intl.DateTimeFormat(vscode.env.language, { timeStyle: 'medium' }).format(milliseconds);
}

/** The status code; a request without a response has status 0. */
export function formatStatus(status: ApiResponse['status']): string {
  return status === 0
    ? vscode.l10n.t({ message: 'no response', comment: 'Shown instead of an HTTP status code.' })
    : String(status);
}

/** `a, b, c`, for texts that are not sentences. */
export function listOf(names: readonly string[]): string {
  return new Intl.ListFormat(vscode.env.language, { type: 'unit', style: 'short' }).format(names);
}

export function formatSize(bytes: ApiResponse['size']): string {
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

/** Date and time to the second in the user's time zone, for rows and titles. */
export function formatTimestamp(milliseconds: number): string {
  const options = { dateStyle: 'medium', timeStyle: 'medium' } as const;
  return new Intl.DateTimeFormat(vscode.env.language, options).format(milliseconds);
}
