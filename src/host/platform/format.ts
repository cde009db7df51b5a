import * as vscode from 'vscode';
import type { ApiResponse } from '../../core/api/apiResponse.ts';
import { describeTimestamp } from '../../core/responses/timestamps.ts';

export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

export function statusOf(status: ApiResponse['status']): string {
  return status === 0 ? vscode.l10n.t('no answer') : String(status);
}

export function sizeOf(bytes: ApiResponse['size']): string {
  return bytes < 1000
    ? `${bytes} B`
    : bytes < 1e6
      ? `${(bytes / 1000).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** In the time of the reader, for rows and titles. */
export function stampOf(milliseconds: number): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const { local } = describeTimestamp(milliseconds, { now: milliseconds, locale: vscode.env.language, timeZone });
  return local.replace(` ${timeZone}`, '');
}
