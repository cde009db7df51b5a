/** Where the user goes from a step: on, back, or out of the wizard. */
export type Move = 'next' | 'back' | 'left';

/** What the frame of a step shows. */
export interface Place {
  readonly title: string;
  /** From 1; there is a way back from 2 on. */
  readonly step: number;
  readonly totalSteps: number;
  /** What the step before has done, to be shown in this one. */
  readonly notice: string | undefined;
}

export interface Turn<WizardState> {
  readonly move: Move;
  /** With what was entered in the step, also when the user went back or left: nothing that was typed is lost. */
  readonly state: WizardState;
  readonly notice?: string | undefined;
}

export type Step<WizardState> = (state: WizardState, place: Place) => Promise<Turn<WizardState>>;

export interface StepsOptions<WizardState> {
  readonly title: string;
  readonly state: WizardState;
  /** Asked before each step, because answers decide which steps follow. They must not change the steps before. */
  readonly stepsOf: (state: WizardState) => readonly Step<WizardState>[];
}

/** Runs the steps until the last one is passed (`next`) or the user leaves (`left`). */
export async function runSteps<WizardState>({
  title,
  state,
  stepsOf,
}: StepsOptions<WizardState>): Promise<Turn<WizardState>> {
  let turn: Turn<WizardState> = { move: 'next', state };
  for (let at = 0; ; at += turn.move === 'next' ? 1 : -1) {
    const steps = stepsOf(turn.state);
    const step = steps[at];
    if (!step) {
      return turn;
    }
    turn = await step(turn.state, { title, step: at + 1, totalSteps: steps.length, notice: turn.notice });
    if (turn.move === 'left') {
      return turn;
    }
  }
}
