import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/**
 * Writes what esbuild made (`write: false`). A file that is the same already is left alone, and the others are replaced
 * whole, so that a build never disturbs a VS Code that is loading the files of the build before. Returns how many files
 * were written.
 */
export async function writeOutputs(outputFiles, temporaryParent) {
  await mkdir(temporaryParent, { recursive: true });
  const temporary = await mkdtemp(join(temporaryParent, 'build-'));
  try {
    const changes = await Promise.all(outputFiles.map((file, index) => replace(file, join(temporary, String(index)))));
    return changes.filter((isChanged) => isChanged).length;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function replace({ path, contents }, temporary) {
  const current = await readFile(path).catch(() => undefined);
  if (current?.equals(contents)) {
    return false;
  }
  await mkdir(dirname(path), { recursive: true });
  await writeFile(temporary, contents);
  await rename(temporary, path);
  return true;
}

/** Deletes the files in `folder` that an earlier build left and this one did not make. */
export async function removeStale(folder, outputFiles) {
  const made = new Set(outputFiles.map(({ path }) => resolve(path)));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = entries.filter((entry) => entry.isFile()).map((entry) => resolve(entry.parentPath, entry.name));
  await Promise.all(found.filter((file) => !made.has(file)).map((file) => rm(file, { force: true })));
}
