// Takes the pictures of the walkthrough again: npm run pictures
import { copyFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { runStep } from '../tooling/childGroup.ts';
import { pictureFolder } from '../tooling/pictures.ts';
import { projectRoot } from '../tooling/provisionVscode.ts';

const target = path.join(projectRoot, 'media/walkthrough');

await rm(pictureFolder, { recursive: true, force: true });
const tests = ['--stage', 'e2e', '--grep', 'the walkthrough'];
await runStep([process.execPath, '--import', 'tsx', 'scripts/test.ts', ...tests], {
  signal: new AbortController().signal,
  output: 'shown',
  env: { TAKE_PICTURES: '1' },
});
for (const name of await readdir(pictureFolder)) {
  await copyFile(path.join(pictureFolder, name), path.join(target, name));
  console.log(`media/walkthrough/${name}`);
}
