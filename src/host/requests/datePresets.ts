import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import type { JsonSchema, Operation, DateFormat } from '../../core/catalog/operation.ts';
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

/** Adds these dates as suggestions to the date parameters in the schema of a request document. */
export function withDateChoices(schema: JsonSchema, { parameters }: Operation): JsonSchema {
  return parameters.reduce<JsonSchema>(
    (whole, { date, name, in: location }) =>
      date === undefined ? whole : within(whole, [location, name], { defaultSnippets: snippets(date) }),
    schema,
  );
}

function snippets(format: DateFormat): readonly object[] {
  // A string even for digits, because VS Code suggests only strings between quotes, and both are sent the same way.
  return dateChoices(format).map(({ label, wire }) => ({ label, description: wire, body: wire }));
}

/** Adds keywords to the schema of a property, which must exist. */
function within(schema: JsonSchema, [name, ...names]: readonly string[], keywords: object): JsonSchema {
  if (typeof schema === 'boolean') {
    return schema;
  }
  if (name === undefined) {
    return { ...schema, ...keywords };
  }
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>>;
  return { ...schema, properties: { ...properties, [name]: within(properties[name] ?? true, names, keywords) } };
}
