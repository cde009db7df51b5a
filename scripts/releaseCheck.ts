import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkReadme, checkTag, releaseNotes } from '../tooling/releaseNotes.ts';

const HELP = `node scripts/releaseCheck.ts <tag> [--notes <file>]

Ends with code 1 and the reason if the tag may not release the commit that is checked out: the version of package.json
and package-lock.json is another one, CHANGELOG.md has no dated section for it, README.md says that there is no release
yet, or the commit is not on main. Needs nothing but Node.js 24 and git.

  --notes <file>   writes the section of CHANGELOG.md and how to verify the release`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { notes: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
});
const [tag] = positionals;
if (values.help || tag === undefined) {
  console.log(HELP);
  process.exitCode = values.help ? 0 : 1;
} else {
  try {
    check(tag);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

function check(name: string): void {
  const { version } = readJson('package.json');
  checkTag(name, version);
  const locked = readJson('package-lock.json').version;
  if (locked !== version) {
    throw new Error(`package-lock.json has the version ${locked}, and package.json ${version}. Run "npm install".`);
  }
  const notes = releaseNotes(readFileSync('CHANGELOG.md', 'utf8'), version);
  checkReadme(readFileSync('README.md', 'utf8'));
  try {
    execFileSync('git', ['merge-base', '--is-ancestor', 'HEAD', 'origin/main'], { stdio: 'ignore' });
  } catch {
    throw new Error(`The commit of ${name} is not on main. Merge it, delete the tag, and tag the commit on main.`);
  }
  if (values.notes !== undefined) {
    mkdirSync(path.dirname(values.notes), { recursive: true });
    writeFileSync(values.notes, `${notes}\n${verification(version)}`);
  }
  console.log(`${name} may be released.`);
}

function readJson(file: string): { readonly version: string } {
  return JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
}

function verification(version: string): string {
  return `## Verify this release

Each file has a signed record of the commit and the workflow that made it:

    gh attestation verify ninjaone-authentication-${version}.vsix --repo ninjaone-community/ninjaone-authentication

\`npm ci && npm run package -- --release release\` on this tag makes the same bytes; compare them with SHA256SUMS.
The file that ends in .cdx.json lists the packages of others in the extension (CycloneDX).
`;
}
