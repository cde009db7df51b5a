import type { TestJob } from './testJob.ts';

export interface CheckCommands {
  /** The command that runs a script of `package.json`. */
  readonly npm: (script: string) => readonly string[];
  /** The command that runs the test files of a pattern. */
  readonly mocha: (pattern: string) => readonly string[];
}

/**
 * What `npm run check` does one after the other, as jobs that run side by side: a job for each script, and one for each
 * pattern of `unit`, whose tests need what `build` makes. The job `build` belongs to no stage.
 */
export function checkJobs(scripts: Readonly<Record<string, string>>, commands: CheckCommands): readonly TestJob[] {
  const steps = (scripts['check'] ?? '').split(' && ').map((step) => {
    const [, script] = /^npm run (\S+)$/.exec(step) ?? [];
    if (script === undefined) {
      throw new Error(`The script "check" of package.json has the step "${step}", which is not "npm run" of a script.`);
    }
    return script;
  });
  return steps.flatMap((script): readonly TestJob[] => {
    const command = commands.npm(script);
    if (script === 'unit') {
      return unitPatterns(scripts).map((pattern) => ({
        name: `unit ${pattern}`,
        stage: 'check',
        command: commands.mocha(pattern),
        after: ['build'],
      }));
    }
    return [
      script === 'build' ? { name: script, command } : { name: script, stage: 'check', command, hasNoTests: true },
    ];
  });
}

/** The last part of the script is a list of quoted patterns. */
function unitPatterns({ unit = '' }: Readonly<Record<string, string>>): readonly string[] {
  return [...unit.matchAll(/'([^']+)'/g)].map(([, pattern = '']) => pattern);
}
