import assert from 'node:assert/strict';
import { mock } from 'node:test';
import * as vscode from 'vscode';
import { registerCodeLensProvider } from '../../../src/host/platform/codeLenses.ts';
import { EventEmitter } from '../../support/vscode/events.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const SELECTOR = { scheme: 'example' };
const DOCUMENT = vscode.Uri.parse('example:/a.txt');

describe('registration of a code lens provider', () => {
  const editor = useVscode();
  let registration: vscode.Disposable;
  const lensesChanged = new EventEmitter<void>();
  let events: number;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    events = 0;
    registration = registerCodeLensProvider(SELECTOR, {
      onDidChangeCodeLenses: lensesChanged.event,
      provideCodeLenses: () => [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0))],
    });
    editor.languages.lensProviders[0]?.provider.onDidChangeCodeLenses?.(() => {
      events += 1;
    });
  });
  afterEach(() => {
    registration.dispose();
    mock.timers.reset();
  });

  const show = async (uri = DOCUMENT): Promise<void> => {
    await editor.workspace.show(editor.workspace.have(uri, 'text'));
  };

  it('asks again after 1, 2, 4 and 8 seconds if VS Code dropped its request (E7)', async () => {
    await show();
    for (const [seconds, expected] of [
      [0.999, 0],
      [0.001, 1],
      [1.999, 1],
      [0.001, 2],
      [4, 3],
      [8, 4],
      [60, 4],
    ] as const) {
      mock.timers.tick(seconds * 1000);
      assert.equal(events, expected);
    }
  });

  it('stops once VS Code has requested the lenses (E7)', async () => {
    await show();
    mock.timers.tick(1000);
    const [document] = editor.workspace.documents;
    assert.ok(document);
    assert.equal((await editor.languages.lensesOf(document)).length, 1);
    mock.timers.tick(60_000);
    assert.equal(events, 1);
  });

  it('leaves documents of others alone (E7)', async () => {
    await show(vscode.Uri.parse('other:/a.txt'));
    mock.timers.tick(60_000);
    assert.equal(events, 0);
  });

  it('asks for a document that was closed and opened again (E7)', async () => {
    await show();
    const [document] = editor.workspace.documents;
    assert.ok(document);
    await editor.languages.lensesOf(document);
    editor.workspace.close(document);
    await show();
    mock.timers.tick(1000);
    assert.equal(events, 1);
  });

  it('stops for a document whose tab was closed (E7)', async () => {
    await show();
    editor.workspace.closeTab(DOCUMENT);
    mock.timers.tick(60_000);
    assert.equal(events, 0);
  });

  it('passes the event of the provider on (E7)', () => {
    lensesChanged.fire();
    assert.equal(events, 1);
  });

  it('ends with its registration (E7)', async () => {
    await show();
    registration.dispose();
    mock.timers.tick(60_000);
    assert.equal(events, 0);
    assert.deepEqual(editor.languages.lensProviders, []);
  });
});
