import * as vscode from 'vscode';
import { plainText } from '../../../core/base/errors.ts';
import { DisposableStore } from '../../../core/base/lifecycle.ts';
import type { LocalizableMessage } from '../../../core/base/messages.ts';
import { localize } from '../../platform/localize.ts';
import { plainItem } from '../../platform/quickInputs.ts';
import type { Move, StepInfo } from './stepRunner.ts';

/** `value` is undefined if the user went back or closed the wizard without entering anything. */
export type InputResult<T> =
  | { readonly move: 'next'; readonly value: T }
  | { readonly move: Exclude<Move, 'next'>; readonly value: T | undefined };

/** A button in the title bar. */
export interface StepButton {
  /** Id of a product icon. */
  readonly icon: string;
  readonly tooltip: string;
  /** Resolves to a message about the result, if the user cannot see it otherwise. */
  readonly run: () => PromiseLike<string | undefined>;
}

export interface AskOptions {
  readonly info: StepInfo;
  readonly prompt: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly password?: boolean;
  readonly buttons?: readonly StepButton[];
  /** Called on every change; a problem keeps the step open. */
  readonly check: (text: string) => LocalizableMessage | undefined;
  /** Called on every change without a problem. Its result is shown but does not keep the step open. */
  readonly hint?: (text: string) => string | undefined;
  /** Called on Enter. A warning keeps the step open. */
  readonly confirm?: (text: string) => Promise<StepWarning | undefined>;
}

export interface StepWarning {
  readonly message: string;
  /** Adds the button Continue Anyway, and lets the next Enter continue. Otherwise the next Enter calls `confirm` again. */
  readonly mayContinue: boolean;
}

/** Asks for a text, and trims it. */
export function askText(options: AskOptions): Promise<InputResult<string>> {
  const { info, check, hint, confirm } = options;
  const box = vscode.window.createInputBox();
  box.prompt = plainText(options.prompt, 1000);
  box.placeholder = options.placeholder;
  box.password = options.password ?? false;
  box.value = options.value;

  const severities = vscode.InputBoxValidationSeverity;
  const typed = (): string => box.value.trim();
  const showMessage = (message: string | undefined, severity: vscode.InputBoxValidationSeverity): void => {
    box.validationMessage = message === undefined ? undefined : { message: plainText(message, 1000), severity };
  };
  const validate = (text: string): boolean => {
    const problem = check(text);
    showMessage(problem ? localize(problem) : hint?.(text), problem ? severities.Error : severities.Info);
    return !problem;
  };

  return opened<string>(box, { info, buttons: options.buttons, entered: typed }, ({ settle, fail, done }) => {
    const usualButtons = box.buttons;
    const continueAnyway = {
      iconPath: new vscode.ThemeIcon('arrow-right'),
      tooltip: vscode.l10n.t('Continue Anyway'),
    };
    let confirming: string | undefined;
    /** The text with which the user may continue in spite of a warning. */
    let warnedAbout: string | undefined;
    const accept = async (): Promise<void> => {
      const text = typed();
      if (confirming === text || !validate(text)) {
        return;
      }
      confirming = text;
      box.busy = true;
      // The box stays enabled, because a disabled box loses the focus and the user may want to go back or keep typing.
      const warning = warnedAbout === text ? undefined : await confirm?.(text);
      if (confirming === text) {
        confirming = undefined;
        box.busy = false;
      }
      if (typed() !== text) {
        return;
      }
      if (warning === undefined) {
        settle({ move: 'next', value: text });
        return;
      }
      showMessage(warning.message, severities.Warning);
      if (warning.mayContinue) {
        warnedAbout = text;
        box.buttons = [...usualButtons, continueAnyway];
      }
    };
    if (box.value !== '') {
      validate(typed());
    }
    return [
      box.onDidChangeValue(() => {
        if (warnedAbout !== undefined) {
          warnedAbout = undefined;
          box.buttons = usualButtons;
        }
        validate(typed());
      }),
      box.onDidAccept(() => {
        accept().catch(fail);
      }),
      box.onDidTriggerButton((button) => {
        if (button === continueAnyway) {
          settle({ move: 'next', value: typed() });
        }
      }),
      done((note) => {
        showMessage(note, severities.Info);
      }),
    ];
  });
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
  /** The text that a button of the row copies. */
  readonly copies?: string | undefined;
}

export interface PickOptions<T> {
  readonly info: StepInfo;
  readonly placeholder: string;
  /** May depend on what the user has typed. */
  readonly choices: (text: string) => readonly Choice<T>[];
  readonly active: T | undefined;
  /** What is typed at the beginning. */
  readonly text?: string;
  readonly buttons?: readonly StepButton[];
}

/** Asks for one of the choices. */
export function pickOne<T>(options: PickOptions<T>): Promise<InputResult<T>> {
  const { info, placeholder, choices, active, text = '', buttons } = options;
  const list = listOf(rowsOf(choices(text)), placeholder);
  list.value = text;
  list.activeItems = list.items.filter(({ value }) => value === active);
  return opened<T>(list, { info, buttons, entered: () => undefined }, ({ settle, fail, done }) => [
    list.onDidChangeValue((typed) => {
      list.items = rowsOf(choices(typed));
    }),
    list.onDidAccept(() => {
      // Right after the rows have changed, VS Code may accept one that is no longer there.
      const isShown = (item: Choice<T>): boolean => list.items.includes(item);
      const chosen = list.selectedItems.find(isShown) ?? (list.items.length === 1 ? list.items[0] : undefined);
      if (chosen) {
        settle({ move: 'next', value: chosen.value });
      }
    }),
    list.onDidTriggerItemButton(({ item: { copies = '' } }) => {
      vscode.env.clipboard.writeText(copies).then(() => {
        list.placeholder = vscode.l10n.t('Copied {0}', plainText(copies, 200));
      }, fail);
    }),
    done((note) => {
      list.placeholder = note;
    }),
  ]);
}

function rowsOf<T>(choices: readonly Choice<T>[]): readonly Choice<T>[] {
  const buttons = [{ iconPath: new vscode.ThemeIcon('copy'), tooltip: vscode.l10n.t('Copy') }];
  return choices.map((choice) => ({ ...plainItem(choice), ...(choice.copies === undefined ? {} : { buttons }) }));
}

export interface PickSomeOptions<T> {
  readonly info: StepInfo;
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
  readonly selected: readonly T[];
  /** Shown if nothing is selected. */
  readonly atLeastOne: string;
}

/** Asks for at least one of the choices. */
export function pickSeveral<T>(options: PickSomeOptions<T>): Promise<InputResult<readonly T[]>> {
  const { info, placeholder, choices, selected, atLeastOne } = options;
  const list = listOf(choices, placeholder);
  list.canSelectMany = true;
  list.selectedItems = choices.filter(({ value }) => selected.includes(value));
  const selection = (): readonly T[] | undefined => {
    const values = list.selectedItems.map(({ value }) => value);
    return values.length > 0 ? values : undefined;
  };
  return opened<readonly T[]>(list, { info, entered: selection }, ({ settle }) => [
    list.onDidChangeSelection((items) => {
      list.placeholder = items.length > 0 ? placeholder : atLeastOne;
    }),
    list.onDidAccept(() => {
      const value = selection();
      if (value) {
        settle({ move: 'next', value });
      } else {
        list.placeholder = atLeastOne;
        // What is typed would hide the placeholder.
        list.value = '';
      }
    }),
  ]);
}

function listOf<T>(choices: readonly Choice<T>[], placeholder: string): vscode.QuickPick<Choice<T>> {
  const list = vscode.window.createQuickPick<Choice<T>>();
  list.items = choices;
  list.placeholder = placeholder;
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  return list;
}

interface Frame<T> {
  readonly info: StepInfo;
  readonly buttons?: readonly StepButton[] | undefined;
  /** The text that the user has entered so far. */
  readonly entered: () => T | undefined;
}

interface Ends<T> {
  readonly settle: (result: InputResult<T>) => void;
  readonly fail: (error: unknown) => void;
  /** Fires with the message of a button. */
  readonly done: vscode.Event<string>;
}

/** Shows the input with the title and buttons of its step until `listen` settles it, or the user goes back or closes it. */
async function opened<T>(
  input: vscode.QuickInput & Pick<vscode.InputBox, 'buttons' | 'onDidTriggerButton'>,
  { info, buttons = [], entered }: Frame<T>,
  listen: (ends: Ends<T>) => readonly vscode.Disposable[],
): Promise<InputResult<T>> {
  const offers = new Map<vscode.QuickInputButton, StepButton>(
    buttons.map((button) => [{ iconPath: new vscode.ThemeIcon(button.icon), tooltip: button.tooltip }, button]),
  );
  input.title = plainText(info.title);
  input.step = info.step;
  // The wizard stays open while the user copies IDs from the browser.
  input.ignoreFocusOut = true;
  input.buttons = [...(info.step > 1 ? [vscode.QuickInputButtons.Back] : []), ...offers.keys()];
  const disposables = new DisposableStore();
  disposables.add(input);
  const pressed = disposables.add(new vscode.EventEmitter<string>());
  try {
    return await new Promise<InputResult<T>>((settle, fail) => {
      const subscriptions = [
        ...listen({ settle, fail, done: pressed.event }),
        input.onDidTriggerButton((button) => {
          if (button === vscode.QuickInputButtons.Back) {
            settle({ move: 'back', value: entered() });
          } else {
            offers
              .get(button)
              ?.run()
              .then((note) => {
                if (note !== undefined) {
                  pressed.fire(note);
                }
              }, fail);
          }
        }),
        input.onDidHide(() => {
          settle({ move: 'left', value: entered() });
        }),
      ];
      for (const subscription of subscriptions) {
        disposables.add(subscription);
      }
      input.show();
    });
  } finally {
    disposables.dispose();
  }
}
