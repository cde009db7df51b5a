import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { registerModelTools } from '../../../src/host/languageModel/registerModelTools.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('registerModelTools', () => {
  const editor = useVscode();

  it('registers the tools of the manifest and loads nothing (X4)', () => {
    const items: vscode.Disposable[] = [];
    registerModelTools(
      (item) => items.push(item),
      () => Promise.reject(new Error('loaded')),
    );
    assert.deepEqual(
      [...editor.languageModels.tools.keys()],
      ['ninjaone_search_operations', 'ninjaone_describe_operation', 'ninjaone_read'],
    );
    for (const item of items) {
      item.dispose();
    }
    assert.equal(editor.languageModels.tools.size, 0);
  });

  it('does nothing in an editor without tools for language models (X4)', () => {
    editor.languageModels.isThere = false;
    registerModelTools(
      () => assert.fail('registered'),
      () => Promise.reject(new Error('loaded')),
    );
    assert.equal(editor.languageModels.tools.size, 0);
  });
});
