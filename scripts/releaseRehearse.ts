import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readIdentity, isPreRelease } from '../tooling/packVsix.ts';
import { cacheDir, projectRoot } from '../tooling/provisionVscode.ts';
import { checkReadme, releaseNotes } from '../tooling/releaseNotes.ts';

const HELP = `npm run release:rehearse [-- <flags>]

Does every step of a release that needs no identity of others, in two fresh clones of the commit that is checked out:
builds in both and compares the bytes, lists licenses and components, cuts the notes, installs the package in the oldest
and the newest VS Code and runs the host suites there. Ends with what is left to a maintainer, and with code 1 if a step
failed. Nothing is published.

  --quick   leaves VS Code out
  --help    this text`;

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

interface Component {
  readonly name: string;
  readonly version?: string;
  readonly licenses: readonly { readonly license: { readonly id: string } }[];
  readonly components?: readonly Component[];
}

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
});
if (values.help) {
  console.log(HELP);
} else {
  process.exitCode = (await rehearse(values.quick)) ? 0 : 1;
}

async function rehearse(isQuick: boolean): Promise<boolean> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rehearsal-'));
  const left: string[] = [];
  const failed: string[] = [];
  const step = async (title: string, work: () => Promise<string>): Promise<void> => {
    try {
      console.log(`\n=== ${title} ===\n${await work()}`);
    } catch (error) {
      failed.push(title);
      console.log(`\n=== ${title}: FAILED ===\n${error instanceof Error ? error.message : String(error)}`);
    }
  };
  /** What only a maintainer can write is no failure of the rehearsal. */
  const orLeft = (read: () => string): string => {
    try {
      return read();
    } catch (error) {
      left.push(error instanceof Error ? error.message : String(error));
      return 'See what is left to you.';
    }
  };
  const [one, two] = [path.join(folder, 'one'), path.join(folder, 'two')];
  try {
    const { name, version } = await readIdentity();
    const made = (clone: string, file: string): string => path.join(clone, 'artifacts/release', file);
    await step(`Two clones build ${name} ${version}`, async () => {
      for (const clone of [one, two]) {
        await run('git', ['clone', '--quiet', '--no-hardlinks', projectRoot, clone], folder);
        await run(npm, ['ci', '--no-progress'], clone);
        await run(npm, ['run', '--silent', 'package', '--', '--release', 'artifacts/release'], clone);
      }
      const files = await readdir(path.join(one, 'artifacts/release'));
      const sizes = await Promise.all(files.map(async (file) => `${(await stat(made(one, file))).size} ${file}`));
      return sizes.join('\n');
    });
    await step('Both made the same bytes', async () => {
      const [first, second] = await Promise.all([one, two].map((clone) => readFile(made(clone, 'SHA256SUMS'), 'utf8')));
      if (first !== second) {
        throw new Error(`${first}\n${second}`);
      }
      return first ?? '';
    });
    await step('Licenses and components of others', async () => {
      const text = await readFile(made(one, `${name}-${version}.cdx.json`), 'utf8');
      const { components } = JSON.parse(text) as { components: readonly Component[] };
      const notices = await readFile(path.join(one, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
      const all = components.flatMap((each) => [each, ...(each.components ?? [])]);
      const missing = all.filter((each) => !notices.includes(`\n${each.name}`)).map((each) => each.name);
      if (missing.length > 0) {
        throw new Error(`THIRD-PARTY-NOTICES.txt lacks ${missing.join(', ')}.`);
      }
      return all.map((each) => [each.name, each.version, each.licenses[0]?.license.id].join(' ')).join('\n');
    });
    await step('Text of the README', async () => {
      const readme = await readFile(path.join(one, 'README.md'), 'utf8');
      return orLeft(() => {
        checkReadme(readme);
        return 'It can be shown in the markets.';
      });
    });
    await step('Notes of the release', async () => {
      const changelog = await readFile(path.join(one, 'CHANGELOG.md'), 'utf8');
      return orLeft(() => releaseNotes(changelog, version));
    });
    if (isQuick) {
      left.push('Run it again without --quick.');
    } else {
      await step('The package in the oldest and the newest VS Code', async () => {
        if (existsSync(cacheDir)) {
          await symlink(cacheDir, path.join(one, path.basename(cacheDir)), 'junction');
        }
        await run(npm, ['test', '--', '--stage', 'host,host-oldest'], one, { TEST_VSIX: 'artifacts/release' });
        return 'installed, every part loaded, host suites passed';
      });
    }
    console.log(`\n${summary(version, left, failed)}`);
    return failed.length === 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function summary(version: string, left: readonly string[], failed: readonly string[]): string {
  const kind = isPreRelease(version)
    ? 'a pre-release (odd minor number)'
    : 'a release for everybody (even minor number)';
  const steps = [
    ...left,
    'Before the first tag: the accounts, environments and rules of RELEASING.md.',
    'Not tried here: GitHub itself (attestation, environments), Microsoft Entra ID, both markets, macOS and Windows.',
    `Merge the commit to main, wait for CI, then: git tag -s v${version} -m v${version} && git push origin v${version}`,
    'Let a person who did not push the tag approve the environments "marketplace" and "openvsx".',
  ];
  return [
    `${version} is ${kind}.`,
    failed.length > 0 ? `Failed: ${failed.join('; ')}` : 'Every step that needs no identity of others works.',
    'Left to you:',
    ...steps.map((text, index) => `${index + 1}. ${text}`),
  ].join('\n');
}

/** Shows what the command writes. Rejects when it fails. */
function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const isWindows = process.platform === 'win32';
    const child = spawn(command, args, { cwd, stdio: 'inherit', shell: isWindows, env: { ...process.env, ...env } });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new Error(`"${command} ${args.join(' ')}" ended with code ${code}.`));
      }
    });
  });
}
