import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startChildGroup } from '../tooling/childGroup.ts';
import { startCpuLoad } from '../tooling/cpuLoad.ts';
import { projectRoot } from '../tooling/provisionVscode.ts';
import { reportLines, type RunReport } from '../tooling/testReport.ts';
import { screenshots } from '../tooling/workbenchDriver.ts';

const HELP = `npm run test:busy [-- <flags>]

Runs "npm test" several times in a row while other processes keep every core busy. Fails when one of the runs fails.
What each run wrote, and the screenshots of what failed in it, are in artifacts/busy.

  --runs <n>   default 3
  --stage, --grep, --workers   as for npm test
  --help       this text`;

const folder = path.join(projectRoot, 'artifacts/busy');
const leader = fileURLToPath(new URL('../tooling/groupLeader.cjs', import.meta.url));

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '3' },
      stage: { type: 'string' },
      grep: { type: 'string' },
      workers: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { runs, stage, grep, workers } = values;
  const flags = Object.entries({ stage, grep, workers }).flatMap(([name, value]) => {
    return value === undefined ? [] : [`--${name}`, value];
  });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const cores = availableParallelism();
  const load = startCpuLoad(cores);
  console.log(`${cores} processes keep the cores busy.`);
  let red = 0;
  try {
    for (let run = 1; run <= Number(runs); run += 1) {
      if (!(await runTests(run, flags))) {
        red += 1;
      }
    }
  } finally {
    load.stop();
  }
  console.log(`${Number(runs) - red} of ${runs} runs passed.`);
  return red === 0 && Number(runs) > 0 ? 0 : 1;
}

/** Prints what came of one run and returns whether it is green. */
async function runTests(run: number, flags: readonly string[]): Promise<boolean> {
  const reportFile = path.join(folder, `run-${run}.json`);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const group = startChildGroup([process.execPath, leader, npm, 'test', '--', '--report', reportFile, ...flags]);
  const onSignal = (): void => {
    void group.stop().then(() => process.exit(1));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  signals.forEach((signal) => process.on(signal, onSignal));
  const code = await group.closed;
  signals.forEach((signal) => process.off(signal, onSignal));
  await writeFile(path.join(folder, `run-${run}.txt`), group.output());
  if (code !== 0) {
    await rename(screenshots, path.join(folder, `run-${run}-screenshots`)).catch(() => {});
  }
  const report = await readFile(reportFile, 'utf8').catch(() => undefined);
  console.log(
    report === undefined
      ? `Run ${run}: ended with code ${code} and without a result, see artifacts/busy/run-${run}.txt`
      : `Run ${run}: ${reportLines(JSON.parse(report) as RunReport)}`,
  );
  return code === 0;
}
