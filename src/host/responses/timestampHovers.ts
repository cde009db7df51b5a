import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';
import { describeTimestamp, timestampAt } from '../../core/responses/timestamps.ts';
import { HISTORY_SCHEME, REQUEST_FILES, REQUEST_SCHEME, RESPONSE_SCHEME } from '../platform/contributions.ts';

/** Shows the date and time of a timestamp on hover (E7). */
export function registerTimeHovers(catalog: () => Catalog, now: () => number): Disposable {
  const selector = [
    ...[RESPONSE_SCHEME, HISTORY_SCHEME, REQUEST_SCHEME].map((scheme) => ({ scheme })),
    { pattern: `**/*${REQUEST_FILES}` },
  ];
  return vscode.languages.registerHoverProvider(selector, {
    provideHover: (document, { line, character }) => {
      const isDate = (name: string): boolean => catalog().operations.some((each) => hasTime(each, name));
      const timestamp = timestampAt(document.lineAt(line).text, character, isDate);
      if (!timestamp) {
        return undefined;
      }
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      const locale = vscode.env.language;
      const { utc, local, ago } = describeTimestamp(timestamp.milliseconds, { now: now(), locale, timeZone });
      // A code block, so that VS Code does not interpret the text as Markdown.
      const content = { language: 'plaintext', value: `${utc} · ${ago}${timeZone === 'UTC' ? '' : `\n${local}`}` };
      return new vscode.Hover(content, new vscode.Range(line, timestamp.start, line, timestamp.end));
    },
  });
}

/** Whether the overlay marks a parameter of this name as a date in seconds or milliseconds. */
function hasTime({ parameters }: Catalog['operations'][number], name: string): boolean {
  return parameters.some(
    (parameter) =>
      parameter.name === name && (parameter.date === 'epochSeconds' || parameter.date === 'epochMilliseconds'),
  );
}
