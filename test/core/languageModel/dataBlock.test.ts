import assert from 'node:assert/strict';
import { dataBlock, NOTICE } from '../../../src/core/languageModel/dataBlock.ts';

describe('dataBlock', () => {
  it('is closed by a mark that is new each time, so that no content contains it (X4, T56)', () => {
    const blocks = Array.from({ length: 100 }, () => dataBlock('{}'));
    assert.equal(new Set(blocks).size, 100);
    for (const block of blocks) {
      assert.match(block, /\n<data ([0-9a-f-]{36})>\n\{\}\n<\/data \1>$/);
      assert.ok(block.startsWith(NOTICE));
    }
  });

  it('writes invisible characters as escapes, and changes no value (X4, T41)', () => {
    // A tag, a right-to-left override, a zero width space, a line separator and a variation selector.
    const hidden = '\u{e0041}\u202e\u200b\u2028\ufe0f\u0085';
    const json = JSON.stringify({ name: `a${hidden}é漢😀` });
    const [, , inside = ''] = dataBlock(json).split('\n');
    assert.doesNotMatch(inside, /\p{Cf}|\u2028|\ufe0f|\u0085/u);
    assert.ok(inside.includes('é漢😀'));
    assert.deepEqual(JSON.parse(inside), JSON.parse(json));
  });
});
