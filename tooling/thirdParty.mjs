import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What an MIT extension may ship when it adds the text of the license. Apache-2.0 would need NOTICE files, too. */
export const ALLOWED_LICENSES = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause'];

/** Code of others inside a package, whose license its own file does not have. `used` is the file that contains it. */
const INSIDE = [
  { name: 'llhttp', license: 'MIT', within: 'undici', used: 'undici/lib/llhttp/llhttp_simd-wasm.js' },
  { name: 'fetch-blob', license: 'MIT', within: 'undici', used: 'undici/lib/core/util.js' },
];

const PACKAGE = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/**
 * The packages of others that esbuild put bytes of into an output, by name, each with its version and the text of its
 * license. Rejects when a license is missing or is none of `ALLOWED_LICENSES`.
 */
export async function bundledPackages(metafiles) {
  const files = new Set(
    metafiles.flatMap(({ outputs }) =>
      Object.values(outputs).flatMap(({ inputs }) =>
        Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? path : [])),
      ),
    ),
  );
  const found = new Map();
  for (const path of files) {
    const [folder, name] = PACKAGE.exec(path) ?? [];
    if (name !== undefined && !found.has(folder)) {
      found.set(folder, await describePackage(folder, name));
    }
  }
  const inside = INSIDE.filter(({ used }) => [...files].some((path) => path.endsWith(`node_modules/${used}`)));
  for (const { name, license, within } of inside) {
    const text = await readFile(new URL(`licenses/${name}.txt`, import.meta.url), 'utf8');
    found.set(name, { name, license, within, text: text.trim() });
  }
  const all = [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const { name, license } of all) {
    if (!ALLOWED_LICENSES.includes(license)) {
      throw new Error(`${name} has the license "${license}", which the package may not contain.`);
    }
  }
  return all;
}

async function describePackage(folder, name) {
  const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e(?:\.\w+)?$/i.test(entry));
  if (file === undefined) {
    throw new Error(`${name} has no file with the text of its license, which the package must contain.`);
  }
  return { name, version, license, text: (await readFile(join(folder, file), 'utf8')).trim() };
}

/** The file that MIT and ISC demand: name, license and its text for everything that is not ours. */
export function noticesText(packages) {
  const rule = '-'.repeat(78);
  const intro =
    'This extension contains the following software of others. Everything else is under the license of LICENSE.';
  const parts = packages.map(({ name, version, license, within, text }) => {
    const place = within === undefined ? ` ${version}` : `, a part of ${within}`;
    return `${rule}\n${name}${place} (${license})\n\n${text.replaceAll('\r\n', '\n')}\n`;
  });
  return [`${intro}\n`, ...parts].join('\n');
}
