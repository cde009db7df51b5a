import assert from 'node:assert/strict';
import { formatMessage, type LocalizableMessage } from '../../../src/core/base/messages.ts';
import { fact, ok, problem, unknown, type DiagnosisSection } from '../../../src/core/diagnostics/diagnosis.ts';
import { formatDiagnosis, type FormattedDiagnosis } from '../../../src/core/diagnostics/formatDiagnosis.ts';

describe('the text of the diagnosis', () => {
  function format(...sections: readonly DiagnosisSection[]): FormattedDiagnosis {
    return formatDiagnosis(
      { createdAt: 0, sections },
      {
        show: (text: LocalizableMessage | string) => (typeof text === 'string' ? text : formatMessage(text)),
        formatDate: () => 'today',
      },
    );
  }

  it('is a list of checks for each section', () => {
    const { text } = format(
      {
        title: 'Acme',
        checks: [ok('DNS', 'Found.'), problem('Server', 'Gone.', 'Wait.'), unknown('Clock', 'Silent.')],
      },
      { title: 'Environment', checks: [fact('Editor', 'Code')] },
    );
    assert.equal(
      text.slice(text.indexOf('## Acme')),
      [
        '## Acme',
        '',
        '- **OK** DNS: Found.',
        '- **Problem** Server: Gone. Wait.',
        '- **Unknown** Clock: Silent.',
        '',
        '## Environment',
        '',
        '- Editor: Code',
        '',
      ].join('\n'),
    );
    assert.match(text, /^# NinjaOne sign-in diagnosis, today\n\n1 problem was found. Its line says what to do.\n/);
  });

  it('counts problems, and says when there is none', () => {
    const checks = [problem('a', 'b'), problem('c', 'd'), unknown('e', 'f')];
    assert.match(format({ title: 'Acme', checks }).text, /^2 problems were found. Their lines say what to do.$/m);
    assert.match(format({ title: 'Acme', checks: [ok('a', 'b')] }).text, /^No problem was found.$/m);
    assert.match(format().text, /^No problem was found.$/m);
  });

  it('lets no value become a link, an image, HTML or another line (T41)', () => {
    const hostile = '![x](https://evil.example/) <img src=x> `a` *b* _c_ |~& \\\n# Title\u202e';
    const { text } = format({ title: hostile, checks: [ok(hostile, hostile)] });
    const escaped = String.raw`!\[x\](https://evil.example/) \<img src=x\> \`a\` \*b\* \_c\_ \|\~\& \\ # Title `;
    assert.ok(text.includes(`\n## ${escaped}\n`));
    assert.ok(text.endsWith(`\n\n- **OK** ${escaped}: ${escaped}\n`));
  });

  it('leaves the names of variables as they are', () => {
    assert.match(format({ title: 'x', checks: [fact('HTTP_PROXY', 'NO_PROXY')] }).text, /^- HTTP_PROXY: NO_PROXY$/m);
  });

  it('marks the verdicts, for colors', () => {
    const { text, marks } = format({ title: 'Acme', checks: [ok('DNS', 'Found.'), fact('Editor', 'Code')] });
    const lines = text.split('\n');
    assert.deepEqual(
      marks.map(({ line, start, end, verdict }) => [verdict, lines[line]?.slice(start, end)]),
      [['ok', '**OK**']],
    );
  });
});
