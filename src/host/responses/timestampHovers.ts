import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { describeTimestamp, timestampAt } from '../../core/responses/timestamps.ts';
import { HISTORY_SCHEME, REQUEST_FILES, REQUEST_SCHEME, RESPONSE_SCHEME } from '../platform/contributions.ts';

/** Shows the date and time of a timestamp on hover (E7). */
export function registerTimeHovers(now: () => number): Disposable {
  const selector = [
    ...[RESPONSE_SCHEME, HISTORY_SCHEME, REQUEST_SCHEME].map((scheme) => ({ scheme })),
    { pattern: `**/*${REQUEST_FILES}` },
  ];
  return vscode.languages.registerHoverProvider(selector, {
    provideHover: (document, { line, character }) => {
      const timestamp = timestampAt(document.lineAt(line).text, character);
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
