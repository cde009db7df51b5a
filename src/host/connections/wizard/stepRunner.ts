/** How the user leaves a step: forward, back, or by closing the wizard. */
export type Move = 'next' | 'back' | 'left';

/** The title and position that a step shows. There is no total, because the answers decide which steps follow. */
export interface StepInfo {
  readonly title: string;
  /** Starts at 1. From 2 on there is a Back button. */
  readonly step: number;
}

export interface Turn<WizardState> {
  readonly move: Move;
  /** Includes the input of the step even if the user went back or closed the wizard, so that nothing typed is lost. */
  readonly state: WizardState;
}

export type Step<WizardState> = (state: WizardState, info: StepInfo) => Promise<Turn<WizardState>>;

export interface StepsOptions<WizardState> {
  readonly title: string;
  readonly state: WizardState;
  /** Called before each step, because the input decides which steps follow. It must not change the previous steps. */
  readonly stepsOf: (state: WizardState) => readonly Step<WizardState>[];
}

/** Runs the steps until the last one is completed (`next`) or the user closes the wizard (`left`). */
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
    turn = await step(turn.state, { title, step: at + 1 });
    if (turn.move === 'left') {
      return turn;
    }
  }
}
