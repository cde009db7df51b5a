import type * as vscode from 'vscode';
import { EventEmitter } from './events.ts';
import type { User } from './user.ts';

/** What `createInputBox` and `createQuickPick` have in common, and what a person can do to it. */
export abstract class FakeQuickInput implements vscode.QuickInput {
  abstract readonly kind: 'input' | 'list';
  title: string | undefined;
  step: number | undefined;
  totalSteps: number | undefined;
  enabled = true;
  busy = false;
  ignoreFocusOut = false;
  value = '';
  placeholder: string | undefined;
  buttons: readonly vscode.QuickInputButton[] = [];
  isVisible = false;
  isDisposed = false;
  readonly #user: User;
  readonly #valueChanged = new EventEmitter<string>();
  readonly #accepted = new EventEmitter<void>();
  readonly #buttonTriggered = new EventEmitter<vscode.QuickInputButton>();
  readonly #hidden = new EventEmitter<void>();
  #willHide = false;

  readonly onDidChangeValue = this.#valueChanged.event;
  readonly onDidAccept = this.#accepted.event;
  readonly onDidTriggerButton = this.#buttonTriggered.event;
  readonly onDidHide = this.#hidden.event;

  constructor(user: User) {
    this.#user = user;
  }

  /** What is written on it, the title first. */
  get texts(): readonly string[] {
    return [this.title, this.placeholder].filter((text) => text !== undefined);
  }

  /** Everything else that is written on it. */
  get notes(): readonly string[] {
    return [];
  }

  get labels(): readonly string[] {
    return this.buttons.map(({ tooltip }) => tooltip ?? '');
  }

  show(): void {
    this.isVisible = true;
    this.#willHide = true;
    this.#user.handle(this);
  }

  /** The editor tells that it is gone a little later. */
  hide(): void {
    this.isVisible = false;
    queueMicrotask(() => {
      this.#tellHidden();
    });
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.isDisposed = true;
      this.isVisible = false;
      this.#tellHidden();
      this.#hidden.dispose();
      this.#accepted.dispose();
      this.#valueChanged.dispose();
      this.#buttonTriggered.dispose();
    }
  }

  /** The user types, all at once. */
  type(text: string): void {
    this.value = text;
    this.#valueChanged.fire(text);
  }

  /** The user presses Enter. */
  accept(): void {
    this.#accepted.fire();
  }

  /** The user presses Escape. */
  escape(): void {
    this.hide();
  }

  /** The user presses a button of the title bar. */
  press(tooltip: string): void {
    this.#buttonTriggered.fire(named(this.buttons, tooltip));
  }

  #tellHidden(): void {
    if (this.#willHide) {
      this.#willHide = false;
      this.#hidden.fire();
    }
  }
}

export class FakeInputBox extends FakeQuickInput implements vscode.InputBox {
  readonly kind = 'input';
  valueSelection: readonly [number, number] | undefined;
  password = false;
  prompt: string | undefined;
  validationMessage: string | vscode.InputBoxValidationMessage | undefined;

  override get texts(): readonly string[] {
    return [...super.texts, ...(this.prompt === undefined ? [] : [this.prompt])];
  }

  /** What the input says about what is in it. */
  get objection(): string | undefined {
    return typeof this.validationMessage === 'object' ? this.validationMessage.message : this.validationMessage;
  }

  /** The user types, and presses Enter. */
  enter(text: string): void {
    this.type(text);
    this.accept();
  }
}

export class FakeQuickPick<T extends vscode.QuickPickItem> extends FakeQuickInput implements vscode.QuickPick<T> {
  readonly kind = 'list';
  items: readonly T[] = [];
  canSelectMany = false;
  matchOnDescription = false;
  matchOnDetail = false;
  selectedItems: readonly T[] = [];
  readonly #activeChanged = new EventEmitter<readonly T[]>();
  readonly #selectionChanged = new EventEmitter<readonly T[]>();
  readonly #itemButtonTriggered = new EventEmitter<vscode.QuickPickItemButtonEvent<T>>();

  #activeItems: readonly T[] = [];
  #hasNoActive = false;

  readonly onDidChangeActive = this.#activeChanged.event;
  readonly onDidChangeSelection = this.#selectionChanged.event;
  readonly onDidTriggerItemButton = this.#itemButtonTriggered.event;

  get activeItems(): readonly T[] {
    return this.#activeItems;
  }

  /** By the extension. The editor tells nothing of it. */
  set activeItems(items: readonly T[]) {
    this.#hasNoActive = items.length === 0;
    this.#activeItems = items;
  }

  override get notes(): readonly string[] {
    return this.items.flatMap(notesOf);
  }

  override get labels(): readonly string[] {
    return this.items.map(({ label }) => label);
  }

  /** The user presses Enter, which chooses the row in focus: the first one unless the extension made another one or none active. */
  override accept(): void {
    if (!this.canSelectMany && this.selectedItems.length === 0) {
      this.selectedItems = this.activeItems.length > 0 || this.#hasNoActive ? this.activeItems : this.items.slice(0, 1);
      this.#selectionChanged.fire(this.selectedItems);
    }
    super.accept();
  }

  /** The user chooses this item, and so accepts. */
  choose(label: string): void {
    this.focus(label);
    this.selectedItems = this.activeItems;
    this.#selectionChanged.fire(this.selectedItems);
    this.accept();
  }

  /** The user moves to this item with the arrow keys. */
  focus(label: string): void {
    this.#activeItems = [this.item(label)];
    this.#activeChanged.fire(this.#activeItems);
  }

  /** The user ticks exactly these. */
  tick(...labels: readonly string[]): void {
    this.selectedItems = labels.map((label) => this.item(label));
    this.#selectionChanged.fire(this.selectedItems);
  }

  /** The user presses a button of an item. */
  pressOn(label: string, tooltip: string): void {
    const item = this.item(label);
    this.#itemButtonTriggered.fire({ item, button: named(item.buttons ?? [], tooltip) });
  }

  item(label: string): T {
    const item = this.items.find((each) => each.label === label);
    if (!item) {
      throw new Error(`There is no "${label}" in the list: ${this.labels.join(', ')}`);
    }
    return item;
  }
}

/** The smaller texts of a row. */
export function notesOf({ description, detail }: vscode.QuickPickItem): readonly string[] {
  return [description, detail].filter((text) => text !== undefined);
}

function named(buttons: readonly vscode.QuickInputButton[], tooltip: string): vscode.QuickInputButton {
  const button = buttons.find((each) => each.tooltip === tooltip);
  if (!button) {
    const others = buttons.map((each) => each.tooltip ?? '').join(', ');
    throw new Error(`There is no button "${tooltip}" here, only: ${others}`);
  }
  return button;
}
