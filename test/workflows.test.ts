import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly 'working-directory'?: string;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly needs?: string | readonly string[];
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions?: unknown;
  readonly on: Readonly<Record<string, unknown>>;
  readonly env?: unknown;
  readonly concurrency?: { readonly 'cancel-in-progress'?: unknown };
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = '.github/workflows';

/** The actions that were looked at: each of these commits runs on Node 24. A new one belongs here when it was read. */
const REVIEWED: Readonly<Record<string, string>> = {
  'actions/attest-build-provenance@a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32': 'v4.1.0',
  'actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae': 'v5.0.5',
  'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1': 'v7.0.1',
  'actions/dependency-review-action@a1d282b36b6f3519aa1f3fc636f609c47dddb294': 'v5.0.0',
  'actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c': 'v8.0.1',
  'actions/setup-node@820762786026740c76f36085b0efc47a31fe5020': 'v7.0.0',
  'actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f': 'v7.0.0',
  'github/codeql-action/analyze@cdf488f595d80d6e07e03d4674febd5ab45fa938': 'v4.37.9',
  'github/codeql-action/init@cdf488f595d80d6e07e03d4674febd5ab45fa938': 'v4.37.9',
};

const workflows = readdirSync(FOLDER)
  .filter((file) => /\.ya?ml$/.test(file))
  .map((file) => {
    const text = readFileSync(path.join(FOLDER, file), 'utf8');
    return { file, text, workflow: parse(text) as Workflow };
  });

const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ place: `${file}, job ${name}`, name, file, job })),
);
const steps = jobs.flatMap(({ place, job }) => job.steps.map((step) => ({ place, step })));

describe('the workflows', () => {
  it('give no job a right that it does not name', () => {
    assert.ok(workflows.length >= 4);
    for (const { file, workflow } of workflows) {
      assert.deepEqual(workflow.permissions, {}, `${file} begins with "permissions: {}"`);
      assert.equal(workflow.env, undefined, `${file}: a variable belongs to the step that reads it`);
    }
    for (const { place, job } of jobs) {
      assert.ok(job.permissions && Object.keys(job.permissions).length > 0, `${place} names its permissions`);
      const written = Object.entries(job.permissions).filter(([, right]) => right !== 'read');
      assert.ok(
        written.every(([right]) => WRITERS[right]?.includes(place)),
        `${place} may write ${written.join()}`,
      );
      assert.ok(job['timeout-minutes'], `${place} has a time limit`);
    }
  });

  it('use only actions that were looked at, by commit and with the version in a comment', () => {
    const used = workflows.flatMap(({ file, text }) =>
      text.split('\n').flatMap((line) => (line.includes('uses:') ? { file, line: line.trim() } : [])),
    );
    assert.equal(used.length, steps.filter(({ step }) => step.uses !== undefined).length);
    for (const { file, line } of used) {
      const [, action = '', version = ''] = /^(?:- )?uses: (\S+@[0-9a-f]{40}) # (v\d+\.\d+\.\d+)$/.exec(line) ?? [];
      assert.equal(REVIEWED[action], version, `${file}: ${line}`);
    }
  });

  it('leave no token behind in a clone', () => {
    for (const { place, step } of steps.filter(({ step: { uses } }) => uses?.startsWith('actions/checkout@'))) {
      assert.equal(step.with?.['persist-credentials'], false, place);
    }
  });

  it('run no package that no lock file has', () => {
    for (const { place, step } of steps) {
      assert.doesNotMatch(step.run ?? '', /\bnpx\b|npm (?:i|install|exec)\b|pnpm|yarn|curl[^\n]*\|\s*(?:ba)?sh/, place);
    }
  });

  it('put no text that somebody outside can choose into a command', () => {
    for (const { place, step } of steps) {
      assert.doesNotMatch(step.run ?? '', /\$\{\{/, `${place}: pass it in env`);
    }
    for (const { file, workflow } of workflows) {
      assert.ok(!('pull_request_target' in workflow.on) && !('workflow_run' in workflow.on), file);
    }
  });

  it('hold no token that lives longer than the job', () => {
    for (const { file, text } of workflows) {
      assert.doesNotMatch(text, /secrets\./, file);
      assert.doesNotMatch(text, /VSCE_PAT|OVSX_PAT|--pat\b/, file);
    }
  });

  it('run nothing beside an identity that signs or publishes', () => {
    const privileged = jobs.filter(({ job }) => job.environment !== undefined || isTrusted(job));
    assert.deepEqual(privileged.map(({ name }) => name).sort(), ['attest', 'marketplace', 'openvsx', 'release']);
    for (const { place, job, name } of privileged) {
      for (const step of job.steps) {
        assert.doesNotMatch(step.run ?? '', /\.ci\/run|npm (?:test|run|start)|node |scripts\/|tooling\//, place);
        if (/npm ci/.test(step.run ?? '')) {
          assert.equal(step['working-directory'], `publish/${name}`, place);
        }
      }
      const clone = job.steps.find(({ uses }) => uses?.startsWith('actions/checkout@'));
      assert.equal(clone?.with?.['sparse-checkout'], clone && `publish/${name}`, `${place} clones only its publisher`);
    }
  });
});

describe('the release workflow', () => {
  const release = workflows.find(({ file }) => file === 'release.yml')?.workflow;
  const job = (name: string): Job => {
    const found = release?.jobs[name];
    assert.ok(found, `release.yml has a job ${name}`);
    return found;
  };
  const commands = (name: string): string =>
    job(name)
      .steps.flatMap(({ run }) => run ?? [])
      .join('\n');

  it('publishes what was checked, tested, built twice, installed and attested, in this order', () => {
    assert.equal(job('test').needs, 'check');
    assert.equal(job('package').needs, 'check');
    assert.equal(job('verify').needs, 'package');
    assert.deepEqual(job('attest').needs, ['test', 'package', 'verify']);
    assert.equal(job('marketplace').needs, 'attest');
    assert.equal(job('openvsx').needs, 'attest');
    assert.deepEqual(job('release').needs, ['marketplace', 'openvsx']);
    for (const name of ['attest', 'marketplace', 'openvsx']) {
      assert.match(commands(name), /sha256sum --check SHA256SUMS/, name);
    }
    for (const name of ['marketplace', 'openvsx']) {
      assert.match(commands(name), /gh attestation verify/, name);
    }
  });

  it('can be run again after it stopped in the middle', () => {
    assert.match(commands('marketplace'), /vsce publish .*--skip-duplicate/);
    assert.match(commands('openvsx'), /ovsx publish .*--skip-duplicate/);
    assert.match(commands('release'), /gh release upload .*--clobber/);
    assert.equal(release?.concurrency?.['cancel-in-progress'], false);
  });

  it('gives each market its own identity, behind its own environment', () => {
    assert.equal(job('marketplace').environment, 'marketplace');
    assert.equal(job('openvsx').environment, 'openvsx');
    assert.doesNotMatch(commands('marketplace'), /ovsx/);
    assert.doesNotMatch(commands('openvsx'), /vsce|az login/);
  });

  it('takes nothing from a cache, which other runs write', () => {
    for (const [name, { steps }] of Object.entries(release?.jobs ?? {})) {
      for (const { uses = '', with: inputs } of steps) {
        assert.doesNotMatch(uses, /^actions\/cache/, name);
        assert.equal(inputs?.['cache'], undefined, name);
      }
    }
  });

  it('says why it refuses', () => {
    for (const [, condition = '', rest = ''] of Object.keys(release?.jobs ?? {}).flatMap((name) => [
      ...commands(name).matchAll(/^\s*(test .*|diff .*|cmp .*)\|\|\n(.*)$/gm),
    ])) {
      assert.match(rest, /::(?:error|warning)::/, condition);
    }
    assert.match(commands('check'), /scripts\/releaseCheck\.ts/);
  });
});

describe('the tools that publish', () => {
  for (const [folder, name] of [
    ['publish/marketplace', '@vscode/vsce'],
    ['publish/openvsx', 'ovsx'],
  ] as const) {
    it(`are locked with a checksum each, and install no script: ${folder}`, () => {
      const { dependencies } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as {
        dependencies: Readonly<Record<string, string>>;
      };
      assert.deepEqual(Object.keys(dependencies), [name]);
      assert.match(dependencies[name] ?? '', /^\d+\.\d+\.\d+$/);
      const { packages } = JSON.parse(readFileSync(`${folder}/package-lock.json`, 'utf8')) as {
        packages: Readonly<Record<string, { integrity?: string; resolved?: string }>>;
      };
      for (const [place, { integrity, resolved }] of Object.entries(packages).filter(([each]) => each !== '')) {
        assert.match(integrity ?? '', /^sha512-/, place);
        assert.equal(resolved, undefined, `${place}: an address of one registry`);
      }
      assert.match(readFileSync(`${folder}/.npmrc`, 'utf8'), /^ignore-scripts=true$/m);
    });
  }
});

/** Which jobs may have a right to write, and which right. */
const WRITERS: Readonly<Record<string, readonly string[]>> = {
  'id-token': ['release.yml, job attest', 'release.yml, job marketplace', 'release.yml, job openvsx'],
  attestations: ['release.yml, job attest'],
  contents: ['release.yml, job release'],
  'security-events': ['security.yml, job codeql'],
};

function isTrusted({ permissions = {} }: Job): boolean {
  // To report findings neither signs nor publishes.
  return Object.entries(permissions).some(([name, right]) => right === 'write' && name !== 'security-events');
}
