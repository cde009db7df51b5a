import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { formatMessage } from '../src/core/base/messages.ts';
import { ERROR_CATALOG, type ErrorCode } from '../src/core/serverErrors/errorCatalog.ts';

const README = readFileSync('README.md', 'utf8');
const START = README.indexOf('### What the messages mean');
const SECTION = README.slice(START, README.indexOf('\n## ', START));

/** The messages in the table of the section, each with what to do in its row. */
const ROWS = [...SECTION.matchAll(/^\| (?!message|-)(.+?) +\| .+ \|$/gm)].map(([, message = '']) => message);

/** These say themselves all that is known, and depend on one moment or one request. */
const SELF_EXPLAINING: ReadonlySet<ErrorCode> = new Set([
  'oauth.invalidResponse',
  'server.unavailable',
  'server.unreadable',
  'api.notFound',
  'api.refused',
]);

/** The first sentence, as README quotes it for a connection named Acme. */
function firstSentence(code: ErrorCode): string {
  const { template } = ERROR_CATALOG[code].message;
  const text = formatMessage({ template, args: ['Acme', 'eu.ninjarmm.com', '…'] });
  return (
    /^(?:.*?: …|.*?\.(?= |$))/.exec(text.replaceAll('.ninjarmm.', '\0'))?.[0].replaceAll('\0', '.ninjarmm.') ?? text
  );
}

describe('troubleshooting in README.md', () => {
  const codes = (Object.keys(ERROR_CATALOG) as ErrorCode[]).filter((code) => !SELF_EXPLAINING.has(code));

  for (const code of codes) {
    it(`explains the message of ${code} in its own words (A8, E8)`, () => {
      assert.ok(ROWS.includes(firstSentence(code)), firstSentence(code));
    });
  }

  it('explains no message that the extension does not have', () => {
    assert.ok(ROWS.length > 0);
    assert.deepEqual(
      ROWS.filter((text) => !codes.some((code) => firstSentence(code) === text)),
      [],
    );
  });
});
