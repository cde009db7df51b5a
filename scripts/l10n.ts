// Writes l10n/bundle.l10n.json, from which translators work: npm run l10n
import { getL10nJson, type l10nJsonFormat } from '@vscode/l10n-dev';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const BUNDLE = 'l10n/bundle.l10n.json';

/** `@vscode/l10n-dev` finds calls of what is imported from `vscode`, so the `l10n` of core is taken for that one. */
const HEADER = "import * as vscode from 'vscode';\nimport { l10n } from 'vscode';";
const IMPORTS = /^import (?:\{ l10n \} from '[./\w]*\/l10n\.ts'|\* as vscode from 'vscode');$/gm;

/** Every text of the source, by the key under which VS Code looks its translation up. */
export async function extractTexts(): Promise<l10nJsonFormat> {
  const files = (await readdir('src', { recursive: true })).filter((file) => file.endsWith('.ts'));
  const sources = await Promise.all(files.sort().map((file) => readFile(path.join('src', file), 'utf8')));
  // As one script, because the parser starts anew for each and takes its time.
  const contents = [HEADER, ...sources.map((source) => source.replaceAll(IMPORTS, ''))].join('\n');
  const texts = await getL10nJson([{ extension: '.ts', contents }]);
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function formatBundle(texts: l10nJsonFormat): string {
  return `${JSON.stringify(texts, undefined, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const texts = await extractTexts();
  await writeFile(BUNDLE, formatBundle(texts));
  console.log(`${Object.keys(texts).length} texts in ${BUNDLE}`);
}
