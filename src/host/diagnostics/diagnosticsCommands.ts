import type { CommandTable } from '../platform/contributions.ts';
import type { Settings } from '../platform/settings.ts';
import type { CommandTargets } from '../selection/commandTargets.ts';
import type { SignInDiagnosis } from './signInDiagnosis.ts';

export interface DiagnosticsCommandOptions {
  readonly settings: Settings;
  readonly targets: CommandTargets;
  readonly diagnosis: () => Promise<Pick<SignInDiagnosis, 'run' | 'copy'>>;
}

/** The commands that look for the reason why a sign-in does not work. */
export function createDiagnosticsCommands({
  settings,
  targets,
  diagnosis,
}: DiagnosticsCommandOptions): Pick<CommandTable, 'ninjaone.diagnose' | 'ninjaone.copyDiagnosis'> {
  return {
    'ninjaone.diagnose': async (argument) => {
      const named = targets.namedConnection(argument);
      await (await diagnosis()).run(named ? [named] : settings.connections);
    },

    'ninjaone.copyDiagnosis': async () => {
      await (await diagnosis()).copy();
    },
  };
}
