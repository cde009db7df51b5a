import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startBadInstance, type BadResponse, type BadInstance } from '../support/badInstance.ts';
import {
  cancelQuickInput,
  expectToBecome,
  leaveHover,
  openView,
  revealRow,
  runCommand,
  screenshot,
  toast,
  typeInto,
  viewMessage,
} from '../../tooling/workbenchDriver.ts';
import { lens, openFile, pressLens, textOf } from '../support/requestActions.ts';
import { beginInHost, tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn, resetExtension } from '../support/workbenchState.ts';

describe('an instance that sends nonsense', () => {
  let instance: BadInstance;

  before(async () => {
    instance = await startBadInstance();
  });
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => [{ ...sandbox.connections[0], instance: instance.baseUrl }],
  }));
  before(async () => {
    instance.target = fixture.sandbox.baseUrl;
    await openView(fixture.page, 'NinjaOne');
  });
  after(() => instance.stop());

  describe('as its API description', () => {
    afterEach(async () => {
      instance.spec = undefined;
      // Which takes away what was read of a description, and leaves the one that comes with the extension.
      await resetExtension(fixture);
    });

    const yaml = (body: string): BadResponse => ({ contentType: 'application/yaml', body });
    const tens = (name: string): string => Array<string>(10).fill(name).join(', ');
    const bomb = Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${tens(`*a${n}`)}]`).join('\n');
    const specs: readonly (readonly [string, BadResponse, RegExp])[] = [
      [
        'a web page',
        { contentType: 'text/html', body: '<!DOCTYPE html><html><body>Sign in to this network</body></html>' },
        /not an OpenAPI 3 document/,
      ],
      [
        'an alias bomb',
        yaml(`openapi: 3.0.1\npaths: {/a: {get: {}}}\na0: &a0 [${tens('x')}]\n${bomb}\n`),
        /not valid JSON or YAML/,
      ],
      [
        'YAML that contains itself',
        yaml('openapi: 3.0.1\npaths: {/a: {get: {}}}\nx: &x [*x]\n'),
        /not valid JSON or YAML/,
      ],
      ['50 MB', { contentType: 'application/json', body: Buffer.alloc(50_000_000, ' ') }, /larger than 10 MB/],
    ];
    for (const [name, spec, sentence] of specs) {
      it(`reports ${name} in a message and keeps the 310 operations of the tree (E2)`, async () => {
        const { page } = fixture;
        instance.spec = spec;
        await runCommand(page, 'NinjaOne: Refresh Operations');
        await toast(page, sentence);
        await screenshot(page, `bad-spec-${name.replaceAll(' ', '-')}`);
        await expectFilterWorks(/1 of 310 operations/);
      });
    }

    it('uses what is usable beside __proto__ keys and changes no prototype (E2)', async () => {
      const { page, workbench } = fixture;
      instance.spec = {
        contentType: 'application/json',
        body: `{"openapi":"3.0.1","__proto__":{"polluted":1},"paths":{"__proto__":{"get":{}},
          "/v2/organizations":{"get":{"operationId":"getOrganizations","parameters":[{"name":"__proto__","in":"query"}]}},
          "/v2/device/{id}/script/run":{"__proto__":{"polluted":1},"post":{"__proto__":{"polluted":1},"operationId":"runScript"}}},
          "components":{"schemas":{"__proto__":{"type":"object"}}}}`,
      };
      await runCommand(page, 'NinjaOne: Refresh Operations');
      await expectFilterWorks(/1 of 2 operations/);
      const polluted = await workbench.host.run(() => 'polluted' in {});
      assert.equal(polluted, false);
    });
  });

  describe('as the response to a request', () => {
    before(() => ensureSignedIn(fixture));

    const json = 'application/json';
    const answers: readonly (readonly [string, BadResponse, { readonly lens: RegExp; readonly text: RegExp }])[] = [
      [
        'truncated JSON',
        { contentType: json, body: '[{"id":1,"name":"Acme"},{"id":2,"na' },
        { lens: /JSON is incomplete/, text: /"Acme"/ },
      ],
      ['JSON lines', { contentType: null, body: '{"id":1}\n{"id":2}\n' }, { lens: /2 items/, text: /\{"id":2\}/ }],
      [
        'invalid UTF-8',
        { contentType: json, body: Buffer.from('[{"name":"Caf\xe9 in an old encoding"}]', 'latin1') },
        { lens: /not valid text and are shown as \ufffd/, text: /Caf\ufffd in/ },
      ],
      [
        '100,000 levels',
        { contentType: json, body: '['.repeat(100_000) + ']'.repeat(100_000) },
        { lens: /shown as plain text because it has 100,000 levels/, text: /^\[/ },
      ],
      ['a bare string', { contentType: json, body: '"OK"' }, { lens: /200 · \d+ ms/, text: /^"OK"$/ }],
      ['nothing', { contentType: null, body: '' }, { lens: /The response has no body/, text: /^$/ }],
      [
        'a web page',
        { contentType: 'text/html', body: '<!DOCTYPE html><html><body>Hotel WiFi</body></html>' },
        { lens: /web page instead/, text: /Hotel WiFi/ },
      ],
    ];
    for (const [name, answer, expected] of answers) {
      it(`shows ${name} as what it is in a document, and the tree still works (E7)`, async () => {
        const { page } = fixture;
        instance.api = answer;
        await beginInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/organizations');
        await lens(page, expected.lens).waitFor();
        // The hover of the tab would hide the lens.
        await leaveHover(page);
        await screenshot(page, `bad-answer-${name.replaceAll(/[ ,]+/g, '-')}`);
        await expectToBecome(() => textOf(fixture), expected.text);
        await expectFilterWorks(/1 of \d+ operations/);
      });
    }
  });

  describe('and a request file of the folder', () => {
    it('does not send a request of an unknown operation, says so, and the tree still works (E6, E11)', async () => {
      const { page, workbench, sandbox } = fixture;
      const before = tokenTraffic(sandbox).length;
      const file = path.join(workbench.workspaceDir, 'unknown.ninjaone.json');
      await writeFile(file, JSON.stringify({ operation: 'DELETE /v2/everything', path: {}, query: {} }, undefined, 2));
      await openFile(fixture, file);
      await pressLens(page, /^Send to/, toast(page, /The operation DELETE \/v2\/everything does not exist/));
      await screenshot(page, 'bad-request-unknown-operation');
      assert.equal(tokenTraffic(sandbox).length, before);
      await expectFilterWorks(/1 of \d+ operations/);
    });

    it('nothing but loopback was asked for (P4)', () => {});
  });

  /** The filter goes through every operation, and the row that is left is shown. */
  async function expectFilterWorks(message: RegExp): Promise<void> {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Filter Operations…');
    await typeInto(page, 'post script run');
    await viewMessage(page, message).waitFor();
    await revealRow(page, /POST \/v2\/device\/\{id\}\/script\/run/);
    await cancelQuickInput(page);
    await viewMessage(page, /\d+ of \d+ operations/).waitFor({ state: 'hidden' });
  }
});
