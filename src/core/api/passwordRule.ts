import type { Traits } from '../catalog/operation.ts';
import { isPasswordName, PAIR_NAME, PAIR_VALUE } from './passwordNames.ts';

/** An operation, or only its marks. */
export interface MarkedOperation {
  readonly traits: Pick<Traits, 'passwords'>;
}

/**
 * In a response, members that are no passwords within a member such as `credentials`, because the other requests need
 * them.
 */
export const IDENTITY: ReadonlySet<string> = new Set(['id', 'uid', 'name', 'displayName', 'type', 'status']);

/** The name of a member, and what it says about the value. */
export interface MemberName {
  readonly text: string;
  readonly isPassword: boolean;
  /** Whether it can be that of the name or of the value of a pair. */
  readonly isLabel: boolean;
  readonly isPairValue: boolean;
  /** Whether the member is no password within one that is. */
  readonly isShown: boolean;
  readonly mayBeMarked: boolean;
}

/** An open list or object. */
interface OpenPart {
  name: MemberName;
  isSecret: boolean;
  /** Whether it is in the name of a pair. */
  isInLabel: boolean;
  /** The current member of an object. */
  member: MemberName;
  hasPairValue: boolean;
  /** The first name of a pair that is one of a password. */
  label: string | undefined;
}

/**
 * Decides which values are passwords, while the tokens of JSON come one after the other: the one place of the rule, for
 * readers of texts and of bytes. It stores only the open lists and objects. What it decides about a pair is known when the
 * object ends, and whoever stores values applies it to them (`endPair`).
 */
export abstract class PasswordRule {
  readonly #marks: readonly string[];
  readonly #shown: ReadonlySet<string>;
  readonly #none: MemberName;
  /** Used again and again, because an object for each list of a large response would be gigabytes of garbage. */
  readonly #parts: OpenPart[] = [];
  /** Levels below those that are stored. */
  #deeper = 0;
  protected depth = 0;
  /** Of the nearest member. */
  protected name: MemberName;

  constructor({ traits }: MarkedOperation, shown: ReadonlySet<string>) {
    this.#marks = traits.passwords ?? [];
    this.#shown = shown;
    this.#none = this.nameOf('');
    this.name = this.#none;
  }

  nameOf(text: string): MemberName {
    return {
      text,
      isPassword: isPasswordName(text),
      isLabel: PAIR_NAME.test(text),
      isPairValue: PAIR_VALUE.test(text),
      isShown: this.#shown.has(text),
      mayBeMarked: this.#marks.some((mark) => `.${text}`.endsWith(`.${mark.split('.').at(-1) ?? ''}`)),
    };
  }

  open(): void {
    if (this.depth >= MAX_DEPTH) {
      this.#deeper++;
      return;
    }
    const isSecret = this.isSecretHere;
    const isInLabel = this.isInLabel;
    const part = (this.#parts[this.depth] ??= {
      name: this.#none,
      isSecret,
      isInLabel,
      member: this.#none,
      hasPairValue: false,
      label: undefined,
    });
    this.depth++;
    part.name = this.name;
    part.isSecret = isSecret;
    part.isInLabel = isInLabel;
    part.member = this.#none;
    part.hasPairValue = false;
    part.label = undefined;
  }

  close(): void {
    const part = this.part;
    if (this.#deeper > 0 || !part) {
      this.#deeper = Math.max(0, this.#deeper - 1);
      return;
    }
    if (part.hasPairValue) {
      this.endPair(part.label);
    }
    this.name = part.name;
    this.depth--;
  }

  startMember(name: MemberName): void {
    this.name = name;
    const part = this.part;
    if (part) {
      part.member = name;
      part.hasPairValue ||= name.isPairValue;
    }
  }

  /** The text of a string that `isInLabel`. */
  takeLabel(text: string): void {
    if (!isPasswordName(text)) {
      return;
    }
    for (let at = this.depth - 1; at >= 0; at--) {
      const part = this.#parts[at];
      if (part?.member.isLabel === true) {
        part.label ??= text;
      }
      if (part?.isInLabel !== true) {
        return;
      }
    }
  }

  /** Whether a string here belongs to the name of a pair. */
  get isInLabel(): boolean {
    const part = this.part;
    return part !== undefined && (part.isInLabel || part.member.isLabel);
  }

  /** Whether a value here is a password by the names of members. */
  protected get isSecretHere(): boolean {
    const { name } = this;
    return (
      name.isPassword || (this.part?.isSecret === true && !name.isShown) || (name.mayBeMarked && this.#isMarkedHere())
    );
  }

  protected get part(): OpenPart | undefined {
    return this.depth > 0 ? this.#parts[this.depth - 1] : undefined;
  }

  /**
   * The names of the members that lead to a value here, the nearest ones if there are many. Lists have that of their
   * member.
   */
  protected names(): readonly string[] {
    const parts = this.#parts.slice(Math.max(0, this.depth - MAX_LEVELS + 1), this.depth);
    return [...parts.map(({ name }) => name.text), this.name.text];
  }

  /** A mark is a name, or several that lead to the member, such as `a.value`. */
  #isMarkedHere(): boolean {
    const path = `.${withoutRepeats(this.names()).join('.')}`;
    return this.#marks.some((mark) => path.endsWith(`.${mark}`));
  }

  /**
   * The innermost object ends, and is a pair: all values in its value are passwords if there is a `label`, and none that is
   * named `name` in its name is, because it tells the secrets of a list apart.
   */
  protected abstract endPair(label: string | undefined): void;
}

/** Lists have the name of their member. */
export function withoutRepeats(names: readonly string[]): string[] {
  return names.filter((name, index) => name !== names[index - 1]);
}

export const MAX_LEVELS = 64;
/** Levels that are stored. A hostile response can have millions. */
const MAX_DEPTH = 100_000;
