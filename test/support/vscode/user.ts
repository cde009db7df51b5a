import type * as vscode from 'vscode';
import type { FakeInputBox, FakeQuickInput, FakeQuickPick } from './quickInput.ts';

/** Something that waits for the user: a message with buttons, a dialog, a list or an input. */
export interface Question {
  readonly kind: 'message' | 'modal' | 'list' | 'input' | 'file';
  /** What is written on it: message or title first. */
  readonly texts: readonly string[];
  /** The buttons, or the labels of the list. */
  readonly choices: readonly string[];
  /** The descriptions and details of the list. */
  readonly notes?: readonly string[] | undefined;
  /** The second paragraph of a modal dialog. */
  readonly detail?: string | undefined;
  /** What an input says to a text; undefined is no objection. */
  readonly objectionTo?: ((text: string) => Promise<string | undefined>) | undefined;
  readonly options?: object | undefined;
}

/** A text that is in the question, or a pattern for it. */
export type Match = string | RegExp;

/** The button, label or typed text; undefined closes the question. */
export type Reply = string | vscode.Uri | undefined;

/** Answers when the question is there, for what a test does while it is open. */
export type Replier = (question: Question) => Reply | Promise<Reply>;

interface Answer {
  readonly match: Match;
  readonly reply: Replier;
}

interface Handling {
  readonly match: Match;
  readonly handle: (input: FakeQuickInput) => unknown;
}

/** The person in front of the editor. A test says beforehand what they answer; a question without an answer fails it. */
export class User {
  /** Every question that was asked, in order. */
  readonly asked: Question[] = [];
  readonly #answers: Answer[] = [];
  readonly #handlings: Handling[] = [];
  readonly #failures: string[] = [];
  #closesAll = false;
  readonly #waiting: { readonly match: Match; readonly tell: (question: Question) => void }[] = [];

  /** Presses the button, picks the label, types the text, or chooses the file. */
  answers(match: Match, reply: Exclude<Reply, undefined> | Replier): void {
    this.#answers.push({ match, reply: typeof reply === 'function' ? reply : () => reply });
  }

  /** Presses Escape. */
  closes(match: Match): void {
    this.#answers.push({ match, reply: () => undefined });
  }

  /** Presses Escape from now on, whatever is asked. */
  closesAll(): void {
    this.#closesAll = true;
  }

  /** Looks at it, and leaves it open. */
  ignores(match: Match): void {
    this.#answers.push({ match, reply: () => new Promise(() => {}) });
  }

  /** Does this with an input of `createInputBox` as soon as it is shown. */
  fillsIn(match: Match, handle: (box: FakeInputBox) => unknown): void {
    this.#handlings.push({ match, handle: handle as Handling['handle'] });
  }

  /** Does this with a list of `createQuickPick` as soon as it is shown. */
  picksFrom(match: Match, handle: (pick: FakeQuickPick<vscode.QuickPickItem>) => unknown): void {
    this.#handlings.push({ match, handle: handle as unknown as Handling['handle'] });
  }

  /** Resolves to the question when it is, or was, asked. */
  wasAsked(match: Match): Promise<Question> {
    const earlier = this.asked.find((question) => fits(question, match));
    return earlier
      ? Promise.resolve(earlier)
      : new Promise((tell) => {
          this.#waiting.push({ match, tell });
        });
  }

  async reply(question: Question): Promise<Reply> {
    this.#note(question);
    const answer = take(this.#answers, question);
    if (!answer && this.#closesAll) {
      return undefined;
    }
    if (!answer) {
      throw this.#fail(`Nobody answers this ${question.kind}: ${describe(question)}`);
    }
    try {
      const reply = await answer.reply(question);
      return reply === undefined ? undefined : await this.#checked(question, reply);
    } catch (error) {
      throw this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  handle(input: FakeQuickInput): void {
    const question: Question = {
      kind: input.kind,
      texts: input.texts,
      choices: input.labels,
      notes: input.notes,
      options: input,
    };
    this.#note(question);
    const handled = take(this.#handlings, question);
    const answer = !handled && input.kind === 'list' ? take(this.#answers, question) : undefined;
    const handling =
      handled ??
      (answer && { handle: () => this.#answerList(answer, question, input) }) ??
      (this.#closesAll
        ? {
            handle: () => {
              input.hide();
            },
          }
        : undefined);
    if (!handling) {
      throw this.#fail(`Nobody answers this ${question.kind}: ${describe(question)}`);
    }
    // What shows the input goes on first, as it does in the editor.
    queueMicrotask(() => {
      Promise.resolve()
        .then(() => handling.handle(input))
        .catch((error: unknown) => {
          this.#fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
          input.hide();
        });
    });
  }

  /** Types the answer into a list of `createQuickPick`, and presses Enter. */
  async #answerList({ reply }: Answer, question: Question, list: FakeQuickInput): Promise<void> {
    const answer = await reply(question);
    if (answer === undefined) {
      list.hide();
      return;
    }
    list.type(String(answer));
    list.accept();
    if (list.isVisible) {
      throw new Error(`The list does not take "${String(answer)}": ${list.labels.join(', ')}`);
    }
  }

  /** Throws when a question was not answered as the test said, or was not asked at all. */
  verify(): void {
    const unasked = [...this.#answers, ...this.#handlings].map(({ match }) => `This was not asked: ${String(match)}`);
    const problems = [...this.#failures, ...unasked];
    if (problems.length > 0) {
      throw new Error(problems.join('\n'));
    }
  }

  #note(question: Question): void {
    this.asked.push(question);
    for (const { tell } of this.#waiting.filter(({ match }) => fits(question, match))) {
      tell(question);
    }
  }

  async #checked(question: Question, reply: Exclude<Reply, undefined>): Promise<Reply> {
    const { kind, choices, objectionTo } = question;
    if (kind !== 'input' && kind !== 'file' && !choices.includes(String(reply))) {
      throw new Error(`There is no "${String(reply)}" in: ${describe(question)}`);
    }
    const objection = await objectionTo?.(String(reply));
    if (objection !== undefined) {
      throw new Error(`The input does not take "${String(reply)}": ${objection}`);
    }
    return reply;
  }

  #fail(text: string): Error {
    this.#failures.push(text);
    return new Error(text);
  }
}

/** The first that fits, which then is used up. */
function take<T extends { readonly match: Match }>(prepared: T[], question: Question): T | undefined {
  const index = prepared.findIndex(({ match }) => fits(question, match));
  return index < 0 ? undefined : prepared.splice(index, 1)[0];
}

function fits({ texts }: Question, match: Match): boolean {
  return texts.some((text) => (typeof match === 'string' ? text.includes(match) : match.test(text)));
}

function describe({ texts, detail, choices }: Question): string {
  return `${[...texts, ...(detail === undefined ? [] : [detail])].join(' | ')} [${choices.join(', ')}]`;
}
