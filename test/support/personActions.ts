import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { expectToBecome, inputField, press, runCommand, typeInto } from '../../tooling/workbenchDriver.ts';

/**
 * Does what a person does, and counts it. One action is a click, a key, or a text with the Enter that accepts it; the
 * pointer's way is none.
 */
export class PersonActions {
  readonly #page: Page;
  count = 0;

  constructor(page: Page) {
    this.#page = page;
  }

  async click(target: Locator, hover?: Locator): Promise<void> {
    this.count += 1;
    await press(target, hover ? { hover } : {});
  }

  async rightClick(target: Locator): Promise<void> {
    this.count += 1;
    await press(target, { button: 'right' });
  }

  async key(combination: string): Promise<void> {
    this.count += 1;
    await this.#page.keyboard.press(combination);
  }

  /** Types where the cursor is. */
  async type(text: string): Promise<void> {
    this.count += 1;
    await this.#page.keyboard.type(text);
  }

  /** Puts the cursor behind a line of the editor. */
  async clickLineEnd(line: Locator): Promise<void> {
    this.count += 1;
    // The line itself is as wide as the longest one.
    const box = await line.locator('> span').first().boundingBox();
    assert.ok(box);
    await this.#page.mouse.click(box.x + box.width + 2, box.y + box.height / 2);
  }

  /** Writes so much of a proposal of the editor that it is the first one, and accepts it with Enter. */
  async complete(text: string): Promise<void> {
    this.count += 1;
    await this.#page.keyboard.type(text);
    await this.#page.locator('.suggest-widget.visible .monaco-list-row.focused').filter({ hasText: text }).waitFor();
    await this.#page.keyboard.press('Enter');
  }

  /** Opens the Command Palette and takes the command. */
  async command(title: string): Promise<void> {
    this.count += 2;
    await runCommand(this.#page, title);
  }

  /** Types into the open pick until the entry that Enter takes is the expected one, and takes it. */
  async pick(text: string, expected: RegExp, prompt?: string): Promise<void> {
    this.count += 1;
    await typeInto(this.#page, text, prompt === undefined ? {} : { prompt });
    await expectToBecome(() => this.#page.locator(ACTIVE_ROW).innerText(), expected);
    await inputField(this.#page).press('Enter');
  }

  /** Types into the open filter, which shows what it leaves elsewhere, and accepts it. */
  async pickNothing(text: string): Promise<void> {
    this.count += 1;
    await typeInto(this.#page, text);
    await inputField(this.#page).press('Enter');
  }

  /** Types into the open input and accepts it. */
  async answer(text: string, prompt: string): Promise<void> {
    this.count += 1;
    await typeInto(this.#page, text, { prompt });
    await inputField(this.#page).press('Enter');
  }
}

const ACTIVE_ROW = '.quick-input-list .monaco-list-row.focused';
