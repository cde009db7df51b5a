import assert from 'node:assert/strict';
import { checkReadme, checkTag, releaseNotes } from '../../tooling/releaseNotes.ts';

const CHANGELOG = `# Changelog

## [Unreleased]

## [0.2.0] - 2027-01-31

### Added

- Two.

## [0.1.0] - 2026-12-15

- One.
`;

describe('the notes of a release', () => {
  it('are the section of its version, without those of others', () => {
    assert.equal(releaseNotes(CHANGELOG, '0.2.0'), '### Added\n\n- Two.\n');
    assert.equal(releaseNotes(CHANGELOG, '0.1.0'), '- One.\n');
  });

  it('say what is missing in the changelog', () => {
    assert.throws(() => releaseNotes(CHANGELOG, '0.3.0'), /no section "## \[0\.3\.0\] - <date>".*Rename/);
    assert.throws(() => releaseNotes(CHANGELOG.replace(' - 2027-01-31', ''), '0.2.0'), /has no date. Write/);
    assert.throws(() => releaseNotes(CHANGELOG.replace('- One.', ''), '0.1.0'), /says nothing about 0\.1\.0/);
  });

  it('are not those of a version that begins alike', () => {
    assert.throws(() => releaseNotes(CHANGELOG, '0.2'), /no section/);
  });
});

describe('the README of a release', () => {
  it('does not say that there is no release', () => {
    checkReadme('## Install\n\nInstall it from the Marketplace.\n');
    assert.throws(
      () => checkReadme('The extension is not\nin the Marketplace yet. Build it.'),
      /Rewrite its part "Install"/,
    );
  });
});

describe('the tag of a release', () => {
  it('is the version of package.json', () => {
    checkTag('v0.1.0', '0.1.0');
    assert.throws(
      () => checkTag('v0.1.1', '0.1.0'),
      /The tag is "v0\.1\.1", but package\.json has the version 0\.1\.0/,
    );
    assert.throws(() => checkTag('0.1.0', '0.1.0'), /The tag is "0\.1\.0"/);
  });

  it('has no suffix, which the Marketplace refuses', () => {
    assert.throws(() => checkTag('v0.1.0-beta.1', '0.1.0-beta.1'), /odd minor number/);
  });
});
