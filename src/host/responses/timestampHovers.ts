import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';
import { describeTimestamp, timestampAt } from '../../core/responses/timestamps.ts';
import { HISTORY_SCHEME, REQUEST_FILES, REQUEST_SCHEME, RESPONSE_SCHEME } from '../platform/contributions.ts';

/** What a number that is a time means, where the pointer rests or Show Hover is pressed (E7). */
export function registerTimeHovers(catalog: () => Catalog, now: () => number): Disposable {
  const places = [
    ...[RESPONSE_SCHEME, HISTORY_SCHEME, REQUEST_SCHEME].map((scheme) => ({ scheme })),
    { pattern: `**/*${REQUEST_FILES}` },
  ];
  return vscode.languages.registerHoverProvider(places, {
    provideHover: (document, { line, character }) => {
      const isDate = (name: string): boolean => catalog().operations.some((each) => hasTime(each, name));
      const moment = timestampAt(document.lineAt(line).text, character, isDate);
      if (!moment) {
        return undefined;
      }
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      const locale = vscode.env.language;
      const { utc, local, ago } = describeTimestamp(moment.milliseconds, { now: now(), locale, timeZone });
      // A block of text, and nothing that the editor would take for Markdown.
      const content = { language: 'plaintext', value: `${utc} · ${ago}${timeZone === 'UTC' ? '' : `\n${local}`}` };
      return new vscode.Hover(content, new vscode.Range(line, moment.start, line, moment.end));
    },
  });
}

/** Parameters that the overlay calls a date in seconds or milliseconds. */
function hasTime({ parameters }: Catalog['operations'][number], name: string): boolean {
  return parameters.some(
    (parameter) =>
      parameter.name === name && (parameter.date === 'epochSeconds' || parameter.date === 'epochMilliseconds'),
  );
}
