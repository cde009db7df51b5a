import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import type { DateFormat } from '../../core/catalog/operation.ts';
import { startOfDay, wireDate } from '../../core/requests/dateFormats.ts';
import { localize } from '../platform/localize.ts';

export interface DateChoice {
  readonly label: string;
  /** The value that is sent. */
  readonly wire: string;
}

/** Common dates, in the format of the parameter (E5). */
export function dateChoices(format: DateFormat): readonly DateChoice[] {
  const now = new Date();
  const at = (label: string, daysAgo: number): DateChoice => ({
    label,
    wire: wireDate(startOfDay(now, daysAgo), format),
  });
  return [at(vscode.l10n.t('Today'), 0), at(daysAgo(7), 7), at(daysAgo(30), 30)];
}

function daysAgo(count: number): string {
  return localize(l10n.t('{0, plural, one {# Day Ago} other {# Days Ago}}', count));
}
