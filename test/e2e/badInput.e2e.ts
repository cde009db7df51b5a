import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startBadInstance, type BadResponse, type BadInstance } from '../support/badInstance.ts';
import {
  captureFailures,
  openView,
  runCommand,
  screenshot,
  toast,
  treeItem,
  typeInto,
  viewMessage,
} from '../../tooling/workbenchDriver.ts';
import { clearToasts, openDesk, type Desk } from '../support/useWorkbench.ts';
import { lens, pressLens } from '../support/requestActions.ts';

describe('a person meets an instance that answers nonsense', () => {
  let desk: Desk;
  let instance: BadInstance;

  before(async () => {
    instance = await startBadInstance();
    desk = await openDesk({
      sandbox: { autoApprove: true },
      connections: (sandbox) => [{ ...sandbox.connections[0], instance: instance.baseUrl }],
    });
    instance.target = desk.sandbox.baseUrl;
    await openView(desk.page, 'NinjaOne');
    await runCommand(desk.page, 'NinjaOne: Sign In');
    await toast(desk.page, /^Signed in to/);
    await clearToasts(desk.page);
  });

  after(async () => {
    await desk.clear();
    await instance.stop();
  });
  captureFailures(() => desk.workbench.context.pages());

  describe('as its API description', () => {
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
        /neither JSON nor YAML that can be read/,
      ],
      [
        'YAML that contains itself',
        yaml('openapi: 3.0.1\npaths: {/a: {get: {}}}\nx: &x [*x]\n'),
        /neither JSON nor YAML that can be read/,
      ],
      ['50 MB', { contentType: 'application/json', body: Buffer.alloc(50_000_000, ' ') }, /larger than 10 MB/],
    ];
    for (const [name, spec, sentence] of specs) {
      it(`E2: ${name}: a clear message, and the tree still answers with its 310 operations`, async () => {
        const { page } = desk;
        instance.spec = spec;
        await runCommand(page, 'NinjaOne: Refresh Operations');
        await toast(page, sentence);
        await screenshot(page, `bad-spec-${name.replaceAll(' ', '-')}`);
        await clearToasts(page);
        await treeAnswers(/1 of 310 operations/);
      });
    }

    it('E2: __proto__ keys: what can be used is used, and no prototype changes', async () => {
      const { page, workbench } = desk;
      instance.spec = {
        contentType: 'application/json',
        body: `{"openapi":"3.0.1","__proto__":{"polluted":1},"paths":{"__proto__":{"get":{}},
          "/v2/organizations":{"get":{"operationId":"getOrganizations","parameters":[{"name":"__proto__","in":"query"}]}},
          "/v2/device/{id}/script/run":{"__proto__":{"polluted":1},"post":{"__proto__":{"polluted":1},"operationId":"runScript"}}},
          "components":{"schemas":{"__proto__":{"type":"object"}}}}`,
      };
      await runCommand(page, 'NinjaOne: Refresh Operations');
      await treeAnswers(/1 of 2 operations/);
      const polluted = await workbench.host.run(() => 'polluted' in {});
      assert.equal(polluted, false);
    });
  });

  describe('as the answer of a request', () => {
    const json = 'application/json';
    const answers: readonly (readonly [string, BadResponse, { readonly lens: RegExp; readonly text: RegExp }])[] = [
      [
        'truncated JSON',
        { contentType: json, body: '[{"id":1,"name":"Acme"},{"id":2,"na' },
        { lens: /ends in its midst/, text: /"Acme"/ },
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
        { lens: /100000 levels, so it is shown as plain text/, text: /^\[/ },
      ],
      ['a bare string', { contentType: json, body: '"OK"' }, { lens: /200 · \d+ ms/, text: /^"OK"$/ }],
      ['nothing', { contentType: null, body: '' }, { lens: /The answer has no body/, text: /^$/ }],
      [
        'a web page',
        { contentType: 'text/html', body: '<!DOCTYPE html><html><body>Hotel WiFi</body></html>' },
        { lens: /web page came instead/, text: /Hotel WiFi/ },
      ],
    ];
    for (const [name, answer, expected] of answers) {
      it(`E7: ${name}: the document says what it is, and the tree still answers`, async () => {
        const { page, workbench } = desk;
        instance.api = answer;
        void workbench.host.run((vscode) =>
          vscode.commands.executeCommand('ninjaone.explorer.run', 'GET /v2/organizations'),
        );
        await lens(desk.page, expected.lens).waitFor();
        // Off the tab, whose hover would hide the line.
        await page.mouse.move(900, 600);
        await screenshot(page, `bad-answer-${name.replaceAll(/[ ,]+/g, '-')}`);
        const text = await workbench.host.run((vscode) => vscode.window.activeTextEditor?.document.getText());
        assert.match(text ?? '', expected.text);
        await runCommand(page, 'View: Close All Editors');
        await treeAnswers(/1 of \d+ operations/);
      });
    }
  });

  describe('and with a request that came with the folder', () => {
    it('E6, E11: a saved request that names an unknown operation is not sent, says so, and the tree still answers', async () => {
      const { page, workbench, sandbox } = desk;
      const before = sandbox.requests.length;
      const file = path.join(workbench.workspaceDir, 'unknown.ninjaone.json');
      await writeFile(file, JSON.stringify({ operation: 'DELETE /v2/everything', path: {}, query: {} }, undefined, 2));
      await workbench.host.run(async (vscode, name) => {
        await vscode.window.showTextDocument(vscode.Uri.file(name), { preview: false });
      }, file);
      await pressLens(page, /^Send to/, toast(page, /There is no operation DELETE \/v2\/everything/));
      await screenshot(page, 'bad-request-unknown-operation');
      assert.equal(sandbox.requests.length, before);
      await clearToasts(page);
      await treeAnswers(/1 of \d+ operations/);
    });

    it('§0: nothing but loopback was asked for', () => {
      assert.deepEqual(desk.workbench.outside, []);
    });
  });

  /** The filter goes through every operation, and the row that is left can be seen. */
  async function treeAnswers(message: RegExp): Promise<void> {
    const { page } = desk;
    await runCommand(page, 'NinjaOne: Filter Operations…');
    await typeInto(page, 'post script run');
    await viewMessage(page, message).waitFor();
    await treeItem(page, /POST \/v2\/device\/\{id\}\/script\/run/).waitFor();
    await page.keyboard.press('Escape');
    await viewMessage(page, /operations, Esc/).waitFor({ state: 'hidden' });
  }
});
