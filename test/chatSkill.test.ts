import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isWrite } from '../src/core/api/apiRequest.ts';
import { isForm } from '../src/core/catalog/formSchema.ts';
import { deviceClasses } from '../src/core/deviceFilter/deviceClasses.ts';
import { FILTER_KEYS, OPERATORS } from '../src/core/deviceFilter/filterKeys.ts';
import { readFilter } from '../src/core/deviceFilter/readFilter.ts';
import { bundledSchemas } from './support/bundledMedia.ts';
import { bundledOperations } from './support/bundledOperations.ts';
import { withSkillFacts } from './support/chatSkillFacts.ts';
import { runProcess } from './support/powershell.ts';
import { hasPython } from './support/python.ts';
import { ScriptedServer } from './support/scriptedServer.ts';

interface Manifest {
  readonly contributes: {
    readonly chatSkills: readonly Readonly<Record<string, string>>[];
    readonly languageModelTools: readonly { readonly name: string }[];
  };
}

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const [skill] = contributes.chatSkills;
const file = path.normalize(skill?.['path'] ?? '');

describe('the chat skill', () => {
  const operations = bundledOperations();
  const text = readFileSync(file, 'utf8');

  it('has the form that VS Code reads: a folder with its name, a short name and a description (X5)', () => {
    assert.deepEqual(contributes.chatSkills, [{ path: './media/skills/ninjaone-api/SKILL.md' }]);
    const [, name = '', description = ''] = /^---\nname: (.+)\ndescription: (.+)\n---\n/.exec(text) ?? [];
    assert.equal(name, path.basename(path.dirname(file)));
    assert.match(name, /^[a-z0-9-]{1,64}$/);
    assert.ok(description.length > 100 && description.length <= 1024);
    // It is read as YAML, where these would begin something else.
    assert.doesNotMatch(description, /: | #|^["'[{>|&*!%@`]/);
  });

  it('says what the overlay says; UPDATE_GOLDEN=1 writes it (X5)', () => {
    const expected = withSkillFacts(text, operations);
    if (process.env['UPDATE_GOLDEN'] === '1') {
      writeFileSync(file, expected);
    } else {
      assert.equal(text, expected, 'UPDATE_GOLDEN=1 npx mocha test/chatSkill.test.ts writes it');
    }
  });

  it('names only operations and tools that exist (X5)', () => {
    const keys = new Set(operations.map(({ key }) => key));
    const named = [...text.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/v2[^`…]*)`/g)].map(([, key = '']) => key);
    assert.ok(named.length > 15, 'operations are named');
    assert.deepEqual(
      named.filter((key) => !keys.has(key)),
      [],
    );
    const tools = [...text.matchAll(/`(ninjaone_\w+)`/g)].map(([, name]) => name);
    assert.deepEqual(tools.sort(), contributes.languageModelTools.map(({ name }) => name).sort());
  });

  it('teaches the device filter that the editor reads: its keys, operators and an example without a fault (X5, E18)', () => {
    const [, section = ''] = /\n## Device filter\n(.*?)\n## /s.exec(text) ?? [];
    const [, keys = '', operators = ''] = /Keys:(.*?)\. Operators:(.*?)\. /s.exec(section) ?? [];
    const namesIn = (list: string): readonly string[] =>
      [...list.matchAll(/`([^` ]+)[^`]*`/g)].map(([, name = '']) => name).sort();
    assert.deepEqual(namesIn(keys), FILTER_KEYS.map(({ name }) => name).sort());
    assert.deepEqual(namesIn(operators), [...new Set(OPERATORS.values())].sort());
    const [, example = ''] = /```text\n(.+)\n```/.exec(section) ?? [];
    const context = { classes: deviceClasses(bundledSchemas), ignoresClass: false, now: new Date() };
    assert.deepEqual(readFilter(example, context).problems, []);
    assert.ok(example.includes('AND'));
    assert.match(section, /the reports do not apply `class`/);
  });

  it('has Python that gets every page, and fails when a page repeats or is refused (X5)', async function () {
    this.timeout(60_000);
    if (!hasPython('that of the skill')) {
      this.skip(); // Python comes from the system, and not every computer has it.
    }
    const [, code = ''] = /```python\n([^]*?)```/.exec(text) ?? [];
    const server = await ScriptedServer.start();
    try {
      const run = (token: string): ReturnType<typeof runProcess> =>
        runProcess('python3', ['-c', `${code}\nprint([d["id"] for d in devices("org = 1 AND offline")])`], {
          NINJAONE_ACCESS_TOKEN: token,
          NINJAONE_BASE_URL: server.connection.instance.origin,
        });
      const pages = ['[{"id":5},{"id":2}]', '[{"id":9}]', '[]'];
      const arrived = server.expect('skill-pages', (_, index) => ({ body: pages[index] ?? '' }));
      const { status, out, err } = await run('skill-pages');
      assert.deepEqual([status, out.trim(), err], [0, '[5, 2, 9]', '']);
      assert.deepEqual(
        arrived.map(({ url }) => new URL(url, 'http://localhost').searchParams.get('after')),
        [null, '5', '9'],
      );
      server.expect('skill-repeats', () => ({ body: '[{"id":5}]' }));
      assert.match((await run('skill-repeats')).err, /the list is incomplete/);
      server.expect('skill-refused', () => ({ status: 403, body: '[]' }));
      assert.equal((await run('skill-refused')).status, 1);
    } finally {
      await server.stop();
    }
  });

  it('tells when nothing may be written, and where tokens come from (X5)', () => {
    assert.match(text, /Never send a request that changes data/);
    assert.match(text, /Never ask for a client secret/);
    assert.match(text, /NINJAONE_ACCESS_TOKEN/);
    // Facts of the prose.
    assert.ok(operations.some((operation) => isWrite({ operation }) && operation.body && isForm(operation.body)));
    const devices = operations.find(({ key }) => key === 'GET /v2/devices');
    assert.ok(devices && !devices.parameters.some(({ name }) => name === 'organizationId'));
  });
});
