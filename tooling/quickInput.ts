import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { eventually, expectToBecome, TIMEOUT } from './eventually.ts';
import { press, tryPress } from './press.ts';

/** What stands in the open pick or input, so that a step is answered and not the one before it. */
export interface PromptOptions {
  /** Part of the title, the message or the placeholder. */
  readonly prompt?: string;
}

/** Runs a command of the palette by its full title, for example `NinjaOne: Sign In…`. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const palette = page.locator(`${WIDGET}:visible`).filter({ has: page.locator('input') });
  const isOpen = async (): Promise<boolean> => {
    return (await palette.isVisible()) && (await inputField(page).inputValue({ timeout: TIMEOUT.attempt })) === text;
  };
  const text = `>${title}`;
  // A pick that is still closing would swallow the first keys.
  await page.locator(WIDGET).waitFor({ state: 'hidden' });
  await eventually(async () => {
    await page.keyboard.press('F1');
    try {
      await inputField(page).fill(text, { timeout: TIMEOUT.attempt });
      assert.ok(await tryPress(pickRow(page, title)), `The press on "${title}" in the palette was lost.`);
    } catch (error) {
      // The palette lists what was registered when it opened, and closes when something else is shown meanwhile.
      await page.keyboard.press('Escape');
      throw error;
    }
  });
  await expectToBecome(isOpen, false);
}

/** Picks an entry by its exact label, or by a pattern over the whole row with its description and detail. */
export async function quickPick(page: Page, option: string | RegExp, options: PromptOptions = {}): Promise<void> {
  await waitForPrompt(page, options);
  await press(pickRow(page, option));
}

/** Ticks exactly these entries of a pick that takes several, then accepts it. */
export async function quickPickMany(page: Page, labels: readonly string[], options: PromptOptions = {}): Promise<void> {
  await waitForPrompt(page, options);
  for (const label of await quickPickLabels(page)) {
    const checkbox = pickRow(page, label).getByRole('checkbox');
    const isWanted = labels.includes(label);
    await eventually(async () => {
      if ((await checkbox.isChecked()) !== isWanted) {
        await tryPress(checkbox);
        assert.equal(await checkbox.isChecked(), isWanted, `The tick of "${label}" did not change.`);
      }
    });
  }
  await press(page.locator(WIDGET).getByRole('button', { name: 'OK' }));
}

/** The labels that the open pick lists, once there are any; a long list shows only its first part. */
export async function quickPickLabels(page: Page, options: PromptOptions = {}): Promise<string[]> {
  await waitForPrompt(page, options);
  const labels = pickRows(page).locator(LABEL);
  return expectToBecome(
    () => labels.allInnerTexts(),
    (texts) => texts.length > 0,
  );
}

/** The rows of the open pick. */
export function pickRows(page: Page): Locator {
  return page.locator('.quick-input-list .monaco-list-row');
}

/** Presses a button in a row of the open pick. */
export async function pickRowButton(page: Page, option: string | RegExp, button: string): Promise<void> {
  const row = pickRow(page, option);
  await press(row.getByRole('button', { name: button }), { hover: row });
}

/** Types into the open input box, in place of what stands there, and accepts it. */
export async function inputBox(page: Page, text: string, options: PromptOptions = {}): Promise<void> {
  await typeInto(page, text, options);
  await inputField(page).press('Enter');
}

/** Types into the open pick or input, in place of what stands there, and leaves it open. */
export async function typeInto(page: Page, text: string, options: PromptOptions = {}): Promise<void> {
  await waitForPrompt(page, options);
  await eventually(async () => {
    // The box may be filled with a proposal while it is being opened.
    await inputField(page).fill(text, { timeout: TIMEOUT.attempt });
    assert.equal(await inputField(page).inputValue({ timeout: TIMEOUT.attempt }), text);
  });
}

/** Types without accepting and answers the message below the input, which is where a problem is shown. */
export async function inputBoxMessage(
  page: Page,
  text: string,
  expected: RegExp,
  options: PromptOptions = {},
): Promise<string> {
  await typeInto(page, text, options);
  return expectToBecome(() => page.locator('.quick-input-message').innerText(), expected);
}

/** Presses one of the buttons of a pick or an input: Back, or one with the icon and tooltip of an extension. */
export async function quickInputButton(page: Page, name: string | RegExp): Promise<void> {
  await press(page.locator(WIDGET).getByRole('button', { name }));
}

/** Closes the open pick or input without an answer. */
export async function cancelQuickInput(page: Page): Promise<void> {
  await eventually(async () => {
    await inputField(page).press('Escape', { timeout: TIMEOUT.attempt });
    await page.locator(WIDGET).waitFor({ state: 'hidden', timeout: TIMEOUT.attempt });
  });
}

/** The open pick or input while it shows this text, as title, message or placeholder. */
export function quickInput(page: Page, text?: string): Locator {
  const widget = page.locator(`${WIDGET}:visible`);
  if (text === undefined) {
    return widget;
  }
  // Rows are left out: "List group device IDs" must not pass for the question about a device ID that comes after it.
  const heading = page.locator('.quick-input-title, .quick-input-description, .quick-input-message');
  return widget
    .filter({ has: heading.filter({ hasText: text, visible: true }) })
    .or(widget.filter({ has: page.getByPlaceholder(text) }));
}

/** The field of the open pick or input. */
export function inputField(page: Page): Locator {
  return page.locator(`${WIDGET} .quick-input-box input`);
}

const WIDGET = '.quick-input-widget';

/** The label of a row; its detail is below it, in an element of the same kind. */
const LABEL = '.label-name:not(.quick-input-list-label-meta .label-name)';

function pickRow(page: Page, option: string | RegExp): Locator {
  const rows = pickRows(page);
  if (typeof option !== 'string') {
    return rows.filter({ hasText: option }).first();
  }
  // By the exact label: "Sign In" is also in "Sign In Again".
  const label = page.locator(LABEL).filter({ hasText: new RegExp(`^\\s*${escapePattern(option)}\\s*$`) });
  return rows.filter({ has: label }).first();
}

async function waitForPrompt(page: Page, { prompt }: PromptOptions): Promise<void> {
  await (prompt === undefined ? inputField(page) : quickInput(page, prompt)).waitFor();
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
