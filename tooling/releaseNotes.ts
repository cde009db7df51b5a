/**
 * The part of a changelog (Keep a Changelog) about `version`, without its heading. Throws an error that says what is
 * missing: the section, its date, or its text.
 */
export function releaseNotes(changelog: string, version: string): string {
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find((text) => text.startsWith(`## [${version}]`));
  if (section === undefined) {
    throw new Error(`CHANGELOG.md has no section "## [${version}] - <date>". Rename "## [Unreleased]" to it.`);
  }
  const [heading = '', ...lines] = section.split('\n');
  if (!/^## \[[^\]]+\] - \d{4}-\d{2}-\d{2}$/.test(heading)) {
    throw new Error(`CHANGELOG.md has "${heading}", which has no date. Write "## [${version}] - YYYY-MM-DD".`);
  }
  const text = lines.join('\n').trim();
  if (text === '') {
    throw new Error(`CHANGELOG.md says nothing about ${version}.`);
  }
  return `${text}\n`;
}

/** Throws an error if the README, which the markets show, still tells its readers to build the extension. */
export function checkReadme(readme: string): void {
  if (/not\s+in\s+the\s+Marketplace\s+yet/i.test(readme)) {
    throw new Error('README.md says that the extension is not in the Marketplace yet. Rewrite its part "Install".');
  }
}

/** Throws an error that says why `tag` may not release `version`. */
export function checkTag(tag: string, version: string): void {
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Error(
      `The version "${version}" of package.json has a suffix, which the Marketplace refuses. A pre-release has an odd minor number.`,
    );
  }
  if (tag !== `v${version}`) {
    throw new Error(
      `The tag is "${tag}", but package.json has the version ${version}. Tag the commit that changes it.`,
    );
  }
}
