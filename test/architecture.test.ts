import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

const text = readFileSync('ARCHITECTURE.md', 'utf8');

describe('ARCHITECTURE.md', () => {
  const rooms = readdirSync('src', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|css)$/.test(entry.name))
    .map(({ parentPath, name }) => ({ room: parentPath.replaceAll('\\', '/').replace(/^src\/?/, ''), name }));

  for (const room of new Set(rooms.map((each) => each.room))) {
    it(`§0: names each file of src/${room} once, and none that is not there`, () => {
      const files = rooms.filter((each) => each.room === room).map(({ name }) => name);
      assert.deepEqual(namesOf(room), files.sort());
    });
  }

  it('has lists of rooms that are there', () => {
    const listed = [...text.matchAll(/^### `(.+)`$/gm)].map(([, room]) => room ?? '');
    assert.deepEqual(
      listed.filter((room) => !rooms.some((each) => each.room === room)),
      [],
    );
  });
});

/** The files that the list of a room names. The root of `src` has no list: it is the one file that wires. */
function namesOf(room: string): string[] {
  if (room === '') {
    return text.includes('`src/extension.ts`') ? ['extension.ts'] : [];
  }
  const [, after = ''] = text.split(`### \`${room}\`\n`);
  const [list = ''] = after.split(/\n(?:#|[^-\s])/);
  return [...list.matchAll(/`([\w.]+\.(?:ts|css))`/g)].map(([, name]) => name ?? '').sort();
}
