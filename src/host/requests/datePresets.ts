import * as vscode from 'vscode';
import type { JsonSchema, Operation, DateFormat } from '../../core/catalog/operation.ts';
import { startOfDay, wireDate } from '../../core/requests/dateFormats.ts';

export interface DateChoice {
  readonly label: string;
  /** As it is sent. */
  readonly wire: string;
}

/** What a date is mostly meant to be, in the form in which the API takes it (E5). */
export function dateChoices(form: DateFormat): readonly DateChoice[] {
  const now = new Date();
  const at = (label: string, daysAgo: number): DateChoice => ({
    label,
    wire: wireDate(startOfDay(now, daysAgo), form),
  });
  return [
    at(vscode.l10n.t('Today'), 0),
    at(vscode.l10n.t('{0} Days Ago', 7), 7),
    at(vscode.l10n.t('{0} Days Ago', 30), 30),
  ];
}

/** The schema of a request document, with these dates offered where the operation takes one. */
export function withDateChoices(schema: JsonSchema, { parameters }: Operation): JsonSchema {
  return parameters.reduce<JsonSchema>(
    (whole, { date, name, in: place }) =>
      date === undefined ? whole : within(whole, [place, name], { defaultSnippets: snippets(date) }),
    schema,
  );
}

function snippets(form: DateFormat): readonly object[] {
  // As text also where it is digits: between quotes the editor offers nothing else, and both are sent alike.
  return dateChoices(form).map(({ label, wire }) => ({ label, description: wire, body: wire }));
}

/** Adds keywords to the schema of a member, which is there. */
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
