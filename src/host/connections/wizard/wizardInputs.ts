import * as vscode from 'vscode';
import { plainText } from '../../../core/base/errors.ts';
import { DisposableStore } from '../../../core/base/lifecycle.ts';
import type { LocalizableMessage } from '../../../core/base/messages.ts';
import { localize } from '../../platform/localize.ts';
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
  /** Called on Enter. A warning keeps the step open, and the next Enter calls it again. */
  readonly confirm?: (text: string) => Promise<string | undefined>;
}

/** Asks for a text, and trims it. */
export function askText(options: AskOptions): Promise<InputResult<string>> {
  const { info, check, hint, confirm } = options;
  const box = vscode.window.createInputBox();
  box.prompt = plainText(info.notice === undefined ? options.prompt : `${info.notice} ${options.prompt}`, 1000);
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
    let confirming: string | undefined;
    const accept = async (): Promise<void> => {
      const text = typed();
      if (confirming === text || !validate(text)) {
        return;
      }
      confirming = text;
      box.busy = true;
      // The box stays enabled, because a disabled box loses the focus and the user may want to go back or keep typing.
      const warning = await confirm?.(text);
      if (confirming === text) {
        confirming = undefined;
        box.busy = false;
      }
      if (typed() !== text) {
        return;
      }
      if (warning === undefined) {
        settle({ move: 'next', value: text });
      } else {
        showMessage(warning, severities.Warning);
      }
    };
    if (box.value !== '') {
      validate(typed());
    }
    return [
      box.onDidChangeValue(() => {
        validate(typed());
      }),
      box.onDidAccept(() => {
        accept().catch(fail);
      }),
      done((note) => {
        showMessage(note, severities.Info);
      }),
    ];
  });
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

export interface PickOptions<T> {
  readonly info: StepInfo;
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
  readonly active: T | undefined;
  readonly buttons?: readonly StepButton[];
}

/** Asks for one of the choices. */
export function pickOne<T>({ info, placeholder, choices, active, buttons }: PickOptions<T>): Promise<InputResult<T>> {
  const list = listOf(choices, placeholder);
  list.activeItems = choices.filter(({ value }) => value === active);
  return opened<T>(list, { info, buttons, entered: () => undefined }, ({ settle }) => [
    list.onDidAccept(() => {
      const [chosen] = list.selectedItems;
      if (chosen) {
        settle({ move: 'next', value: chosen.value });
      }
    }),
  ]);
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
  input.totalSteps = info.totalSteps;
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
