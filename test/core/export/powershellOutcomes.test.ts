import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { judgeResponse } from '../../../src/core/api/apiErrors.ts';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { writeOutcome, type RequestOutcome } from '../../../src/core/api/requestOutcome.ts';
import { formatMessage } from '../../../src/core/base/messages.ts';
import type { HttpResponse } from '../../../src/core/http/transport.ts';
import { effort } from '../../../tooling/effort.ts';
import { GET_DEVICE, PATCH_DEVICE } from '../../support/operationFixtures.ts';
import { runPowerShell, runScripts, type ScriptResult, type ScriptRun } from '../../support/powershell.ts';
import { useSavedScripts } from '../../support/savedScripts.ts';
import type { ScriptedAnswer } from '../../support/scriptedServer.ts';

const STATUSES = [
  200, 202, 204, 206, 207, 300, 302, 304, 400, 401, 402, 403, 404, 406, 408, 409, 410, 413, 415, 418, 421, 422, 425,
  429, 451, 498, 500, 503,
];
/** Bodies in the forms of other servers. */
const FORMS: readonly string[] = [
  ...[
    '{"error":"not_found","error_description":"none"}',
    '{"error":{"code":5}}',
    '{"error":"no","id":1}',
    '{"error":" "}',
  ],
  ...[
    '{"error":true}',
    '{"error":false,"id":1}',
    '{"success":false}',
    '{"success":true,"errors":["a"]}',
    '{"success":"false"}',
  ],
  ...['{"success":false,"id":1}', '{"success":true}', '[{"success":false},{"id":1}]', '{"items":[{"success":false}]}'],
  ...[
    '{"status":404,"title":"Not found"}',
    '{"status":404,"detail":" "}',
    '{"status":404}',
    '{"status":600,"title":"a"}',
  ],
  ...[
    '{"status":500,"message":{"a":1},"id":1}',
    '{"status":"404","title":"a"}',
    '{"type":"about:blank","status":400,"detail":"a"}',
  ],
  ...[
    '{"result":"ERROR"}',
    '{"result":"SUCCESS"}',
    '{"result":"error of a device"}',
    '{"result":"failed","data":[]}',
    '{"result":{}}',
  ],
  ...[
    '{"errors":[]}',
    '{"errors":["a"]}',
    '{"errors":"a"}',
    '{"errors":[{"message":"a"}],"id":1}',
    '{"errors":{"a":1},"data":null}',
  ],
  ...[
    '{"errors":["a"],"resultCode":"SUCCESS"}',
    '{"results":[],"resultCode":"FAILURE","errorMessage":"db","incidentId":"x"}',
  ],
  ...[
    '{"results":[],"error":"timeout"}',
    '{"results":[{"id":1}],"error":"timeout"}',
    '{"Error":"a"}',
    '{"error":"a","Id":null}',
  ],
  ...[
    '{"error":"a","list":[0]}',
    '{"error":"a","path":"/v2","timestamp":1}',
    '{"code":1,"message":"a"}',
    '[{"error":"a"}]',
  ],
  ...[
    '{"Values":1,"results":[{"resultCode":"FAILURE","errorMessage":"no"}]}',
    '{"Keys":[],"error":"a","id":1}',
    '{"Count":0,"errors":{"Count":0,"a":1}}',
  ],
  ...['"FAILURE"', '"failed"', '"Failure of a disk"', '["FAILURE"]', '{"names":["FAILURE"],"id":1}', '"error\\n"'],
  ...['{"errorCode":"A1"}', '{"errorCode":"A1","id":1}', '{"errorMessage":"a"}', '{"errorMessage":"a","id":1}'],
  ...['{"resultCode":"PARTIAL_SUCCESS"}', '{"resultCode":"PARTIAL_SUCCESS","errorMessage":"2 of 3 failed"}'],
  ...[
    '{"result":{"resultCode":"FAILURE"}}',
    '{"result":{"success":false},"id":1}',
    '{"result":{"resultCode":"SUCCESS"}}',
  ],
  '[{"resultCode":"FAILURE"},{"resultCode":"PARTIAL_FAILURE"}]',
  ...[
    '{"id":5,"name":"b","locations":[{"name":"Main","resultCode":"FAILURE"}]}',
    '{"succeeded":[1,2],"failed":[{"id":3,"error":"no"}]}',
    '{"failedIds":[1,2]}',
    '{"failures":[{"id":1}],"Count":0}',
    '{"resultCode":"FAILURE","id":5}',
    '{"resultCode":"FAILURE","result":{"id":5}}',
    '{"data":{"success":false,"message":"no"}}',
    '{"response":{"id":1}}',
  ],
  ...[
    '{"resultCode":"NO_ERROR","id":5}',
    '{"resultCode":"SUCCESS_WITH_ERRORS","id":5}',
    '{"resultCode":"UNSUCCESSFUL"}',
    '{"resultCode":"REJECTED","errorMessage":"no"}',
    '{"resultCode":"NOBODY_KNOWS","errorMessage":"no","id":1}',
    '{"resultCode":"SUCCESS\\n"}',
    '{"success":true,"error":"no location given"}',
    '{"result":"no_errors"}',
    '{"result":"SUCCESS","ok":false}',
    '[{"id":1,"errorCode":"0"}]',
    '{"id":1,"errorCode":"NONE"}',
    '{"error":{}}',
  ],
  ...['{"status":"FAILED"}', '[{"status":"FAILED","id":1}]', '{"status":"error","message":"no"}', '{"ok":false}'],
  ...['{"statusCode":400,"message":"bad"}', '{"fault":{"faultstring":"bad"}}', '{"failed":3}'],
  ...['[{"status":"404"},{"status":500}]', '[{"statusCode":204},{"status":"200 OK"}]', '[{"status":"2000"}]'],
  ...['{"multistatus":{"responses":[{"status":404}]}}', '[{"status":200,"error":"no"}]'],
];
const BODIES: readonly (string | Uint8Array)[] = [
  ...['', ' \n', '{}', '[]', '{"id":1}', '"done"', '"Too many requests"', '12', 'null', '{"id":1}\n{"id":2}'],
  ...[
    '{"id":',
    '{"id":1}\n{"id":',
    'Created',
    '401 Unauthorized',
    'Too many requests',
    'Rate limit exceeded '.repeat(40),
  ],
  ...[
    '<html>Request limit exceeded</html>',
    '<!-- a --><script></script>',
    '\ufeff{"id":1}',
    '{"a":1,"A":2}',
    '["no"]',
  ],
  ...[
    '{"resultCode":"FAILURE"}',
    '{"resultCode":"SUCCESS"}',
    '{"resultCode":"VALIDATION_ERROR"}',
    '{"resultCode":"SUCCESS","errorMessage":"no right"}',
  ],
  ...[
    '{"resultCode":"","errorMessage":"a"}',
    '{"errorMessage":"a","incidentId":"B-1"}',
    '{"errorMessage":" ","incidentId":"B-1"}',
  ],
  ...[
    '{"errorMessage":{"a":1},"incidentId":{}}',
    '{"resultCode":"not_failed","ResultCode":"SUCCESS"}',
    '{"resultCode":1}',
  ],
  ...[
    '[{"resultCode":"FAILURE","errorMessage":"a"},{"resultCode":"SUCCESS"}]',
    '[{"resultCode":"ERROR"},{"resultCode":"FAILURE"}]',
  ],
  ...[
    '{"results":[{"resultCode":"FAILURE"},{"id":1}],"other":[1]}',
    '{"resultCode":"SUCCESS","results":[{"resultCode":"failed"}]}',
  ],
  ...[
    '[{"status":200},{"status":404}]',
    '{"responses":[{"status":500},{"status":400}]}',
    '[[{"resultCode":"FAILURE"}]]',
    '[null,"FAILURE"]',
  ],
  ...FORMS,
  ...[
    '{"resultCode":"FAILURE","resultCode":"SUCCESS"}',
    '{"a":{"resultCode":"FAILURE"}}',
    '"{\\"resultCode\\":\\"FAILURE\\"}"',
  ],
  Uint8Array.of(0xff, 0xfe, 0x80),
];
/** One of each kind. */
const ANY: typeof BODIES = ['', '{"a":1}', '["no"]', 'no', '<html>no</html>', Uint8Array.of(0xff, 0xfe, 0x80)];
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  { 'content-type': 'application/json' },
  { 'content-type': 'text/html' },
  {},
  { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment; filename=a.bin' },
];

describe('the saved PowerShell script judges a change', function () {
  this.timeout(120_000);
  const scripts = useSavedScripts('what the saved script says of a change');

  const change = (): ApiRequest => scripts.request(PATCH_DEVICE, { body: '{}' });
  const read = (): ApiRequest => scripts.request(GET_DEVICE);

  /** Runs the script once for each answer, in one PowerShell. */
  async function run(
    answers: readonly ScriptedAnswer[],
    request = change(),
    {
      parameters,
      environment,
    }: Pick<ScriptRun, 'parameters'> & { readonly environment?: ScriptRun['environment'] } = {},
  ): Promise<readonly ScriptResult[]> {
    const file = await scripts.save(request);
    answers.forEach((answer, index) => scripts.server.expect(`change-${index}`, () => answer));
    const runs = answers.map((_, index): ScriptRun => ({
      file,
      ...(parameters ? { parameters } : {}),
      environment: { NINJAONE_ACCESS_TOKEN: `change-${index}` },
    }));
    return runScripts(scripts.command, scripts.directory, runs, environment);
  }

  it('as Send judges it: executed, refused or unknown, whatever the status, body and type (E9, E10)', async () => {
    const answers = STATUSES.flatMap((status, row) =>
      bodiesOf(status).map((body, column): ScriptedAnswer => {
        const headers = HEADERS[(row + column) % HEADERS.length] ?? {};
        return { status, body: status === 204 || status === 304 ? '' : body, type: '', headers };
      }),
    );
    const results = await run(answers);
    const expected = answers.map((answer) => writeOutcome(responseOf(answer)));
    answers.forEach((answer, index) => {
      const shown = JSON.stringify([answer, results[index]?.error]);
      assert.equal(outcomeOf(results[index]!), expected[index], shown);
    });
    for (const outcome of ['known', 'refused', 'unknown'] as const) {
      assert.ok(expected.filter((each) => each === outcome).length > 20, outcome);
    }
  });

  it('and a read, whose success can report a failure in place of data (E9, E10)', async () => {
    const objects = BODIES.filter((body) => typeof body === 'string' && /^\{.*\}$/.test(body));
    const long = JSON.stringify({ error: 'a', message: 'b'.repeat(70_000) });
    const answers = [...objects, long].map((body, index): ScriptedAnswer => ({
      body,
      type: '',
      headers: index % 9 === 0 ? { 'content-type': 'text/plain' } : { 'content-type': 'application/json' },
    }));
    const results = await run(answers, read());
    let failures = 0;
    answers.forEach((answer, index) => {
      const context = { request: read(), scopes: [], accessToken: 'token', now: 0 };
      const failure = judgeResponse(responseOf(answer), context).failure?.code;
      failures += failure === undefined ? 0 : 1;
      const shown = JSON.stringify([String(answer.body).slice(0, 200), results[index]]);
      assert.equal(results[index]?.id === 'Refused', failure === 'api.reportedFailure', shown);
      assert.equal(
        results[index]?.items.length === 0,
        failure !== undefined || results[index]?.id === 'Unreadable',
        shown,
      );
    });
    assert.ok(failures > 20 && answers.length - failures > 20, String(failures));
  });

  it('the same on a Turkish computer, where no I is an i, and masks the same passwords (E9, E10)', async () => {
    const turkish = { LC_ALL: 'tr_TR.UTF-8' };
    const probe = join(scripts.directory, 'probe.ps1');
    await writeFile(probe, "if ('FAILURE' -match 'failure') { exit 1 }");
    assert.equal((await runPowerShell(scripts.command, probe, [], turkish)).status, 0);
    const failed = [
      '{"resultCode":"FAILURE"}',
      '[{"id":1,"resultCode":"FAILURE"}]',
      '"FAILURE"',
      '{"result":"FAILURE"}',
    ];
    const bodies = [...failed, 'RATE LIMIT EXCEEDED', '{"ID":1,"id":2}'];
    const answers = bodies.map((body): ScriptedAnswer => ({ body }));
    const echo = { status: 400, body: '{"ERRORMESSAGE":"bad HUNTER2SECRET, KIT4711, PIN4712"}' };
    const secrets = '{"WIFI_PIN":"hunter2secret","APIKEY":"kit4711","fields":[{"FIELD":"PIN","VALUE":"pin4712"}]}';
    const changes = await run([...answers, echo], change(), { parameters: { Body: secrets }, environment: turkish });
    const ids = changes.map(({ id = '' }) => /^\w*/.exec(id)?.[0]);
    assert.deepEqual(ids, ['Refused', 'Refused', 'Refused', 'Refused', 'Unknown', 'Unreadable', 'Refused']);
    assert.match(changes.at(-1)?.error ?? '', /\(400, bad \*{3}, \*{3}, \*{3}\)/);
    const reads = await run([{ body: failed[0]! }, { body: failed[2]! }], read(), { environment: turkish });
    assert.deepEqual(
      reads.map(({ id }) => id),
      ['Refused', 'Refused'],
    );
  });

  it('that reports a failure with the sentence of Send, and ends with an error (E9, E10)', async () => {
    const answers = [
      '{"resultCode":"FAILURE","errorMessage":"The name is taken."}',
      '[{"resultCode":"FAILURE","errorMessage":"The name is taken"},{"resultCode":"SUCCESS"}]',
    ].map((body): ScriptedAnswer => ({ body }));
    const results = await run(answers);
    answers.forEach((answer, index) => {
      const context = { request: change(), scopes: [], accessToken: 'token', now: 0 };
      const sentence = formatMessage(judgeResponse(responseOf(answer), context).failure!).replace(
        'send the request again',
        'run the script again',
      );
      // The script names the result code, too.
      assert.equal(results[index]?.error?.replace('FAILURE, ', ''), sentence);
    });
  });
});

/** All of them where they matter, and everywhere in the long version. */
function bodiesOf(status: number): readonly (string | Uint8Array)[] {
  const isAll = effort({ short: status === 200, long: true });
  return isAll ? BODIES : status === 207 ? BODIES.filter((body) => String(body).includes('"status"')) : ANY;
}

function responseOf({ status = 200, body = '', headers = {} }: ScriptedAnswer): HttpResponse {
  return { status, headers: new Headers(headers), body: Buffer.from(body) };
}

function outcomeOf({ id, error }: ScriptResult): RequestOutcome | undefined {
  switch (id) {
    case undefined:
      return 'known';
    case 'Unreadable':
      return error?.startsWith('NinjaOne executed ') ? 'known' : undefined;
    case 'Refused':
      return 'refused';
    case 'Unknown':
      return 'unknown';
    default:
      return undefined;
  }
}
