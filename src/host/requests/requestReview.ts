import * as vscode from 'vscode';
import { withoutPasswords } from '../../core/api/passwordValues.ts';
import { canceled, errorMessage, isNinjaOneError, plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import { DOTS } from '../../core/json/formatJson.ts';
import { childTexts } from '../../core/json/jsonReader.ts';
import type { ChangedMember } from '../../core/requests/bodyChanges.ts';
import { chooseAction } from '../platform/confirm.ts';
import { localize } from '../platform/localize.ts';

/** What a write changes, for the user to look at before it is sent (E19). */
export interface RequestReview {
  /** For the question, in place of the body. */
  readonly changes: readonly string[];
  /** Shows the difference. Resolves when it is there, and waits for nobody. */
  show(): Promise<void>;
  /** Looks right before the write whether it is still the same that is changed. Rejects as canceled to send nothing. */
  check(): Promise<void>;
}

/** Each change in a line, such as `displayName: "A" → "B"`, at most a few. */
export function changeLines(changes: readonly ChangedMember[], operation: Operation): readonly string[] {
  const lines = changes
    .slice(0, MAX_LINES)
    .map(
      (each) =>
        `${plainText(each.name, 60)}: ${shownValue(each, each.before, operation)} → ${shownValue(each, each.after, operation)}`,
    );
  const rest = changes.length - lines.length;
  return rest > 0
    ? [...lines, localize(l10n.t('{0, plural, one {and # more change} other {and # more changes}}', rest))]
    : lines;
}

const MAX_LINES = 6;

/** A password as dots. */
function shownValue({ name }: ChangedMember, text: string | undefined, operation: Operation): string {
  const masked = text === undefined ? '' : withoutPasswords(`{${JSON.stringify(name)}:${text}}`, operation, DOTS);
  return text === undefined ? '–' : plainText(childTexts(masked ?? '')[0]?.text ?? DOTS, 80);
}

/** Asks what to do because the object was changed meanwhile. Rejects as canceled unless it is to be sent anyway. */
export async function askChangedMeanwhile(
  label: string,
  lines: readonly string[],
  showDifference: () => Promise<void>,
): Promise<void> {
  const [show, send] = [vscode.l10n.t('Show Difference'), vscode.l10n.t('Send Anyway')];
  const choice = await chooseAction(
    {
      message: vscode.l10n.t({
        message: '{0}: the object has changed since its value was loaded. Nothing was sent yet.',
        args: [label],
        comment: '{0} is the title of an operation with its values, such as "Update device 7".',
      }),
      detail: lines.join('\n'),
    },
    ...[show, send],
  );
  if (choice === show) {
    await showDifference();
  }
  if (choice !== send) {
    throw canceled();
  }
}

/** Asks whether to send although nobody knows what is there now. Rejects as canceled if not. */
export async function askUnknownMeanwhile(label: string, error: unknown): Promise<void> {
  const send = vscode.l10n.t('Send Anyway');
  const choice = await chooseAction(
    {
      message: vscode.l10n.t({
        message: '{0}: it is unknown whether the object has changed since its value was loaded. Nothing was sent yet.',
        args: [label],
        comment: '{0} is the title of an operation with its values, such as "Update device 7".',
      }),
      detail: isNinjaOneError(error) ? localize(error) : errorMessage(error),
    },
    send,
  );
  if (choice !== send) {
    throw canceled();
  }
}
