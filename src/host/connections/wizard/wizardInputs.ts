import * as vscode from 'vscode';
import { DisposableStore } from '../../../core/base/lifecycle.ts';
import type { LocalizableMessage } from '../../../core/base/messages.ts';
import { localize } from '../../platform/localize.ts';
import type { Move, Place } from './stepRunner.ts';

/** `value` is undefined when the user went back or left without entering anything. */
export type InputResult<T> =
  | { readonly move: 'next'; readonly value: T }
  | { readonly move: Exclude<Move, 'next'>; readonly value: T | undefined };

/** A button in the title bar. */
export interface StepButton {
  /** Id of a product icon. */
  readonly icon: string;
  readonly tooltip: string;
  /** Resolves to what has been done, if that is not plain to see. */
  readonly run: () => PromiseLike<string | undefined>;
}

export interface AskOptions {
  readonly place: Place;
  readonly prompt: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly password?: boolean;
  readonly buttons?: readonly StepButton[];
  /** Called on every change; a problem keeps the step open. */
  readonly check: (text: string) => LocalizableMessage | undefined;
  /** Called on every change without a problem; what it says stops nobody. */
  readonly hint?: (text: string) => string | undefined;
  /** Called on Enter; an objection keeps the step open. The next Enter asks again. */
  readonly confirm?: (text: string) => Promise<string | undefined>;
}

/** Asks for a text, without the blanks at its ends. */
export function ask(options: AskOptions): Promise<InputResult<string>> {
  const { place, check, hint, confirm } = options;
  const box = vscode.window.createInputBox();
  box.prompt = place.notice === undefined ? options.prompt : `${place.notice} ${options.prompt}`;
  box.placeholder = options.placeholder;
  box.password = options.password ?? false;
  box.value = options.value;

  const severities = vscode.InputBoxValidationSeverity;
  const typed = (): string => box.value.trim();
  const say = (message: string | undefined, severity: vscode.InputBoxValidationSeverity): void => {
    box.validationMessage = message === undefined ? undefined : { message, severity };
  };
  const judge = (text: string): boolean => {
    const problem = check(text);
    say(problem ? localize(problem) : hint?.(text), problem ? severities.Error : severities.Info);
    return !problem;
  };

  return opened<string>(box, { place, buttons: options.buttons, entered: typed }, ({ settle, fail, done }) => {
    let confirming: string | undefined;
    const accept = async (): Promise<void> => {
      const text = typed();
      if (confirming === text || !judge(text)) {
        return;
      }
      confirming = text;
      box.busy = true;
      // The box stays enabled: a disabled one loses the focus, and the user may go back or type on.
      const objection = await confirm?.(text);
      if (confirming === text) {
        confirming = undefined;
        box.busy = false;
      }
      if (typed() !== text) {
        return;
      }
      if (objection === undefined) {
        settle({ move: 'next', value: text });
      } else {
        say(objection, severities.Warning);
      }
    };
    if (box.value !== '') {
      judge(typed());
    }
    return [
      box.onDidChangeValue(() => {
        judge(typed());
      }),
      box.onDidAccept(() => {
        accept().catch(fail);
      }),
      done((note) => {
        say(note, severities.Info);
      }),
    ];
  });
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

export interface PickOptions<T> {
  readonly place: Place;
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
  readonly active: T | undefined;
  readonly buttons?: readonly StepButton[];
}

/** Asks for one of the choices. */
export function pick<T>({ place, placeholder, choices, active, buttons }: PickOptions<T>): Promise<InputResult<T>> {
  const list = listOf(choices, placeholder);
  list.activeItems = choices.filter(({ value }) => value === active);
  return opened<T>(list, { place, buttons, entered: () => undefined }, ({ settle }) => [
    list.onDidAccept(() => {
      const [chosen] = list.selectedItems;
      if (chosen) {
        settle({ move: 'next', value: chosen.value });
      }
    }),
  ]);
}

export interface PickSomeOptions<T> {
  readonly place: Place;
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
  readonly selected: readonly T[];
  /** Shown when nothing is ticked. */
  readonly atLeastOne: string;
}

/** Asks for at least one of the choices. */
export function pickSome<T>(options: PickSomeOptions<T>): Promise<InputResult<readonly T[]>> {
  const { place, placeholder, choices, selected, atLeastOne } = options;
  const list = listOf(choices, placeholder);
  list.canSelectMany = true;
  list.selectedItems = choices.filter(({ value }) => selected.includes(value));
  const ticked = (): readonly T[] | undefined => {
    const values = list.selectedItems.map(({ value }) => value);
    return values.length > 0 ? values : undefined;
  };
  return opened<readonly T[]>(list, { place, entered: ticked }, ({ settle }) => [
    list.onDidChangeSelection((items) => {
      list.placeholder = items.length > 0 ? placeholder : atLeastOne;
    }),
    list.onDidAccept(() => {
      const value = ticked();
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
  readonly place: Place;
  readonly buttons?: readonly StepButton[] | undefined;
  /** What has been entered so far. */
  readonly entered: () => T | undefined;
}

interface Ends<T> {
  readonly settle: (answer: InputResult<T>) => void;
  readonly fail: (error: unknown) => void;
  /** Hears what a button has done. */
  readonly done: vscode.Event<string>;
}

/** Shows the input in the frame of its step until `listen` settles it, or the user goes back or leaves. */
async function opened<T>(
  input: vscode.QuickInput & Pick<vscode.InputBox, 'buttons' | 'onDidTriggerButton'>,
  { place, buttons = [], entered }: Frame<T>,
  listen: (ends: Ends<T>) => readonly vscode.Disposable[],
): Promise<InputResult<T>> {
  const offers = new Map<vscode.QuickInputButton, StepButton>(
    buttons.map((button) => [{ iconPath: new vscode.ThemeIcon(button.icon), tooltip: button.tooltip }, button]),
  );
  input.title = place.title;
  input.step = place.step;
  input.totalSteps = place.totalSteps;
  // The user goes to the browser to copy ids, and must find the wizard where it was.
  input.ignoreFocusOut = true;
  input.buttons = [...(place.step > 1 ? [vscode.QuickInputButtons.Back] : []), ...offers.keys()];
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
