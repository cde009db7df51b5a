import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { checkJobs } from '../../tooling/checkJobs.ts';

const commands = {
  npm: (script: string) => ['npm', 'run', script],
  mocha: (pattern: string) => ['mocha', pattern],
};

const SECONDS = JSON.parse(readFileSync('tooling/jobSeconds.json', 'utf8')) as Readonly<Record<string, number>>;

describe('the jobs of npm run check', () => {
  it('are a job for each script and for each pattern of unit tests, which wait for the build', () => {
    const scripts = { check: 'npm run lint && npm run build && npm run unit', unit: "mocha 'a/*.ts' 'b/**/*.ts'" };
    assert.deepEqual(checkJobs(scripts, commands), [
      { name: 'lint', stage: 'check', command: ['npm', 'run', 'lint'], hasNoTests: true },
      { name: 'build', command: ['npm', 'run', 'build'] },
      { name: 'unit a/*.ts', stage: 'check', command: ['mocha', 'a/*.ts'], after: ['build'] },
      { name: 'unit b/**/*.ts', stage: 'check', command: ['mocha', 'b/**/*.ts'], after: ['build'] },
    ]);
  });

  it('refuse a step that they would leave out', () => {
    assert.throws(() => checkJobs({ check: 'npm run lint && prettier --check .' }, commands), /"prettier --check \."/);
  });

  it('are estimated for a clone in which nothing ran yet', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const jobs = checkJobs(scripts, commands).filter(({ stage }) => stage !== undefined);
    assert.equal(jobs.length, 8);
    assert.deepEqual(
      jobs.flatMap(({ name }) => (name in SECONDS ? [] : name)),
      [],
    );
  });
});

describe('tooling/jobSeconds.json', () => {
  it('has the seconds of each end-to-end file, and of no other', () => {
    const files = readdirSync('test/e2e').map((file) => `e2e ${file}`);
    const missing = files.filter((name) => !(name in SECONDS));
    const gone = Object.keys(SECONDS).filter((name) => name.startsWith('e2e ') && !files.includes(name));
    assert.deepEqual(
      { missing, gone },
      { missing: [], gone: [] },
      `Add ${JSON.stringify(missing)} to tooling/jobSeconds.json, each with its seconds, and delete ${JSON.stringify(gone)}. ` +
        '"npm test -- --stage e2e --grep <title>" writes the seconds to artifacts/testDurations.json.',
    );
  });
});
