import type { Question } from './user.ts';

/** Answers with the button or label that fits; for texts whose exact words are not the matter of the test. */
export function choice(label: RegExp): (question: Question) => string {
  return ({ choices, texts }) => {
    const found = choices.find((each) => label.test(each));
    if (found === undefined) {
      throw new Error(`Nothing fits ${String(label)} in: ${texts.join(' | ')} [${choices.join(', ')}]`);
    }
    return found;
  };
}
