import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { GET_DEVICE, operationOf, parameterOf, PATCH_DEVICE } from '../../support/operationFixtures.ts';
import { runPowerShell, type Finished } from '../../support/powershell.ts';
import { useSavedScripts } from '../../support/savedScripts.ts';

interface Sent {
  readonly body?: string;
  readonly query?: string;
}

const CHANGE: Sent = { body: '{"displayName":"a"}' };

describe('a script that calls the saved PowerShell script', function () {
  this.timeout(120_000);
  const scripts = useSavedScripts('how other scripts call the saved script');

  /** Runs `call`, with SCRIPT in it, as a task does, and then writes "went on". */
  async function run(
    operation: Operation,
    call: string,
    values: Sent = {},
  ): Promise<Finished & { readonly bodies: readonly string[]; readonly targets: readonly string[] }> {
    const token = scripts.newToken();
    const file = await scripts.save(scripts.request(operation, values));
    const arrived = scripts.server.expect(token, () => ({ body: '{"id":7}' }));
    const caller = join(scripts.directory, `caller-${token}.ps1`);
    await writeFile(caller, `${call.replaceAll('SCRIPT', `& '${file}'`)}\n"went on"\n`);
    const finished = await runPowerShell(scripts.command, caller, [], { NINJAONE_ACCESS_TOKEN: token });
    return { ...finished, bodies: arrived.map(({ body }) => body), targets: arrived.map(({ url }) => url) };
  }

  /** Nothing is sent, and the caller does not go on. */
  async function refuses(operation: Operation, call: string, message: RegExp, sent: Sent = {}): Promise<void> {
    const { status, out, err, bodies } = await run(operation, call, sent);
    assert.deepEqual(bodies, [], call);
    assert.match(err.replaceAll(/\s*\n[\s|]*/g, ' '), message, call);
    assert.deepEqual({ status, out }, { status: 1, out: '' }, call);
  }

  it('sends nothing by piping values to it, also none (E10)', async () => {
    const refused = /takes no values from a pipeline. Nothing was sent/;
    await writeFile(join(scripts.directory, 'ids.csv'), 'Id\n11\n12\n');
    await writeFile(join(scripts.directory, 'none.csv'), 'Id\n');
    const call = (file: string): string => `Import-Csv '${join(scripts.directory, file)}' | SCRIPT -Confirm:$false`;
    await refuses(PATCH_DEVICE, call('none.csv'), refused, CHANGE);
    const caught = `try { ${call('ids.csv')} } catch { $_.Exception.Message }`;
    const ofRows = await run(PATCH_DEVICE, caught, CHANGE);
    assert.match(ofRows.out, refused);
    assert.deepEqual(ofRows.bodies, []);
    const each = '7, 7 | ForEach-Object { SCRIPT -Id $_ }';
    const { out, bodies } = await run(GET_DEVICE, each);
    assert.equal(bodies.length, 2);
    assert.match(out, /went on/);
  });

  it('sends no body that is not JSON (E10)', async () => {
    const bodies = [
      "(Get-Content 'missing.json' -Raw -ErrorAction SilentlyContinue)",
      "''",
      "@{ displayName = 'x' }",
      "([pscustomobject] @{ displayName = 'x' })",
      `'{"displayName":"x"'`,
      '$null',
      "'{', '}'",
      '12',
    ];
    const calls = bodies.map((body) => `try { SCRIPT -Confirm:$false -Body ${body} } catch { $_.Exception.Message }`);
    const legal = "SCRIPT -Confirm:$false -Body (@{ a = 'x' } | ConvertTo-Json -Compress)";
    const { out, bodies: sent } = await run(PATCH_DEVICE, [...calls, legal].join('\n'), CHANGE);
    assert.equal(out.match(/The parameter Body must be one JSON text. Nothing was sent/g)?.length, bodies.length, out);
    assert.deepEqual(sent, ['{"a":"x"}']);
  });

  it('sends no text for a value that is none, and does not go on after it (E5, E8, E10)', async () => {
    const DELETE_FIELDS = operationOf('DELETE /v2/custom-fields/bulk', { parameters: [parameterOf('fieldNames')] });
    const sent: Sent = { query: '?fieldNames=alpha' };
    const rows = join(scripts.directory, 'fields.csv');
    await writeFile(rows, 'Name\nalpha\nbeta\n');
    const loop = `Import-Csv '${rows}' | ForEach-Object { SCRIPT -FieldNames $_.FieldName -Confirm:$false }`;
    await refuses(DELETE_FIELDS, loop, /The parameter -FieldNames is empty.*Nothing was sent/, sent);
    const number = 'foreach ($id in 11, "abc", 13) { SCRIPT -Id $id -Confirm:$false }';
    const { status, out, err, targets } = await run(PATCH_DEVICE, number, CHANGE);
    assert.match(err.replaceAll(/\s*\n[\s|]*/g, ' '), /The parameter -Id must be a whole number from/);
    assert.deepEqual({ status, targets }, { status: 1, targets: ['/v2/device/11'] });
    assert.doesNotMatch(out, /went on/);
    const none = [
      "''",
      "'  '",
      '$null',
      '@()',
      '@{ a = 1 }',
      "([pscustomobject] @{ n = 'a' })",
      '$true',
      '(Get-Item .)',
    ];
    const refused = [...none, 'a, b', '(Get-Date)', '{ a }'].map(
      (value) => `try { SCRIPT -Confirm:$false -FieldNames ${value} } catch { $_.Exception.Message }`,
    );
    const legal = ['007', '1.10', "'True'", '([long] 5)', "(@('x')[0])", '([guid]::Empty)'];
    const calls = [...refused, ...legal.map((value) => `SCRIPT -Confirm:$false -FieldNames ${value}`)].join('\n');
    const ran = await run(DELETE_FIELDS, calls, sent);
    const sentences = /The parameter -FieldNames (?:is empty|must be one text or number).*Nothing was sent/g;
    assert.equal(ran.out.match(sentences)?.length, refused.length, ran.out);
    assert.deepEqual(
      ran.targets.map((target) => target.replace('/v2/custom-fields/bulk?fieldNames=', '')),
      ['007', '1.10', 'True', '5', 'x', '00000000-0000-0000-0000-000000000000'],
    );
  });

  it('ends where nobody can answer the question of the script (E9, E10)', async () => {
    const REBOOT: Operation = { ...PATCH_DEVICE, traits: { ...PATCH_DEVICE.traits, riskLevel: 'deviceAction' } };
    await refuses(REBOOT, 'SCRIPT', /cannot ask for confirmation here. Nothing was sent/, CHANGE);
  });

  it('says that nobody knows the outcome when Ctrl+C stops it before the answer (E9, E10)', async () => {
    for (const operation of [PATCH_DEVICE, GET_DEVICE]) {
      const token = scripts.newToken();
      const body = operation === PATCH_DEVICE ? '{}' : undefined;
      const file = await scripts.save(scripts.request(operation, body === undefined ? {} : { body }));
      const env = { ...process.env, NO_COLOR: '1', NINJAONE_ACCESS_TOKEN: token };
      // The command may start another process, which a terminal stops, too.
      const child = spawn(scripts.command, ['-NoProfile', '-NonInteractive', '-File', file], { env, detached: true });
      let shown = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (part: string) => (shown += part));
      }
      const ended = once(child, 'close');
      scripts.server.expect(token, () => {
        process.kill(-child.pid!, 'SIGINT');
        return { isSilent: true };
      });
      await ended;
      const expected =
        body === undefined ? /^$/ : /It is unknown whether NinjaOne executed PATCH \S+\. Check the result/;
      assert.match(shown.replaceAll(/\s+/g, ' ').trim(), expected);
    }
  });

  it('replaces all values of a parameter that is repeated (E5, E10)', async () => {
    const names = parameterOf('names', { list: 'repeated' });
    const DELETE_TAGS = operationOf('DELETE /v2/tags', { parameters: [names] });
    const calls = [
      'SCRIPT -Confirm:$false',
      'SCRIPT -Confirm:$false -Names gamma',
      "SCRIPT -Confirm:$false -Names 'a,b', 'c d'",
      'try { SCRIPT -Confirm:$false -Names @() } catch { "none" }',
      'try { SCRIPT -Confirm:$false -Names a, "" } catch { "blank" }',
    ];
    const objects = 'try { SCRIPT -Confirm:$false -Names a, @{ a = 1 } } catch { "object" }';
    calls.push(objects);
    const { out, targets } = await run(DELETE_TAGS, calls.join('\n'), { query: '?names=alpha&names=beta' });
    assert.deepEqual(targets, [
      '/v2/tags?names=alpha&names=beta',
      '/v2/tags?names=gamma',
      '/v2/tags?names=a%2Cb&names=c%20d',
    ]);
    assert.match(out, /none\s+blank\s+object\s+went on/);
  });

  it('checks each item of a list as Send does, also in one text (E5, E10)', async () => {
    const operation = operationOf('GET /v2/lists', {
      parameters: [
        parameterOf('days', { list: 'repeated', format: 'date' }),
        parameterOf('moments', { list: 'commas', date: 'epochSeconds' }),
        parameterOf('ids', { list: 'commas', type: 'integer', minimum: 1 }),
        parameterOf('rates', { list: 'pipes', type: 'number' }),
        parameterOf('modes', { list: 'repeated', values: ['A', 'B'] }),
        parameterOf('names', { list: 'spaces' }),
        parameterOf('uid', { format: 'uuid' }),
      ],
    });
    const uid = '6f1c1c5e-0a5b-4c5e-9d3b-2f1e0d9c8b7a';
    const query = `?days=2025-06-30&moments=1750000000&ids=1%2C2&rates=1.5%7C2&modes=A&names=a%20b&uid=${uid}`;
    const refused = [
      ['Days', "'2025-06-30', '2025-02-30'", 'a date, such as'],
      ['Days', "'2025-06-30,soon'", 'a date, such as'],
      ['Moments', '1750000000, 5', 'a date, such as'],
      ['Ids', '3, 0', 'a whole number from 1'],
      ['Ids', "'3,x'", 'a whole number from 1'],
      ['Rates', "1.5, 'abc'", 'a number, such as 1.5'],
      ['Modes', "'A,C'", 'one of A, B'],
      ['Uid', '5', 'a UUID'],
    ] as const;
    const calls = refused.map(([name, value]) => `try { SCRIPT -${name} ${value} } catch { $_.Exception.Message }`);
    const pipe = `try { SCRIPT -Names 'a b', c } catch { $_.Exception.Message }`;
    const legal =
      "SCRIPT -Days (Get-Date -Date '2025-07-01'), '2025-07-02' -Moments '1750000000, 1750000001' -Ids 3, 4 -Rates 1e3, 0.25 -Modes 'B, A' -Names x, y";
    const { out, targets } = await run(operation, [...calls, pipe, 'SCRIPT', legal].join('\n'), { query });
    for (const [name, , rule] of refused) {
      assert.ok(out.includes(`The parameter -${name} must be ${rule}`), `${name} ${rule}: ${out}`);
    }
    assert.equal(out.match(/Nothing was sent/g)?.length, refused.length + 1, out);
    assert.match(out, /-Names is a list whose items cannot contain " "/);
    const search = '?days=2025-07-01&days=2025-07-02&moments=1750000000%2C1750000001&ids=3%2C4&rates=1000%7C0.25';
    assert.deepEqual(targets, [`/v2/lists${query}`, `/v2/lists${search}&modes=B&modes=A&names=x%20y&uid=${uid}`]);
  });
});
