import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

interface Setting {
  readonly scope?: string;
  readonly description?: string;
  readonly markdownDescription?: string;
}

interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly displayName: string;
  readonly description: string;
  readonly engines: { readonly vscode: string };
  readonly extensionKind: readonly string[];
  readonly activationEvents: readonly string[];
  readonly browser?: string;
  readonly enabledApiProposals?: unknown;
  readonly capabilities: {
    readonly virtualWorkspaces: boolean;
    readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly authentication: readonly { readonly id: string; readonly label: string }[];
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly menus: Readonly<
      Record<string, readonly { readonly command: string; readonly when?: string; readonly group?: string }[]>
    >;
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
  };
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const contributions = readFileSync('src/host/platform/contributions.ts', 'utf8');
const texts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;

/** The keys of visible text in a manifest or in the schema of a setting. */
const SHOWN = new Set([
  ...[
    'altText',
    'category',
    'contents',
    'contextualTitle',
    'description',
    'displayName',
    'label',
    'name',
    'shortTitle',
    'title',
  ],
  ...['deprecationMessage', 'enumDescriptions', 'enumItemLabels', 'errorMessage', 'patternErrorMessage'],
  ...['markdownDeprecationMessage', 'markdownDescription', 'markdownEnumDescriptions'],
]);

/** A proper name or an address is never translated. */
const SAME_IN_EVERY_LANGUAGE = /^(?:NinjaOne|https?:\/\/\S+)$/;

/** A folder may change how something looks; everything else belongs to the user. */
const DISPLAY = new Set(['ninjaone.explorer.groupBy', 'ninjaone.response.maxItems', 'ninjaone.csv.separator']);

describe('the manifest', () => {
  it('has the promised identity (P1, T51)', () => {
    assert.equal(`${manifest.publisher}.${manifest.name}`, 'ninjaone-community.ninjaone-authentication');
    assert.equal(manifest.engines.vscode, '^1.105.0');
    assert.deepEqual(manifest.extensionKind, ['ui', 'workspace']);
    assert.equal(manifest.browser, undefined);
    assert.equal(manifest.enabledApiProposals, undefined, 'a published extension may use no proposed API');
    assert.deepEqual(manifest.contributes.authentication, [{ id: 'ninjaone', label: 'NinjaOne' }]);
    assert.equal(manifest.capabilities.virtualWorkspaces, true);
  });

  it('activates the extension after startup and by callbacks, but not by every event (P2, T51)', () => {
    assert.deepEqual([...manifest.activationEvents].sort(), [
      'onFileSystem:ninjaone-request',
      'onStartupFinished',
      'onUri',
    ]);
  });

  it('describes every setting and restricts it to the user and to trusted folders (C2, T51)', () => {
    const { properties } = manifest.contributes.configuration;
    assert.deepEqual(Object.keys(properties).sort(), settingsInCode());
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
    assert.deepEqual(
      [...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(),
      Object.keys(properties).sort(),
    );
    for (const [id, { scope, markdownDescription }] of Object.entries(properties)) {
      assert.equal(scope, DISPLAY.has(id) ? 'window' : 'application', id);
      assert.ok(resolve(markdownDescription).length > 20, `${id} has a description`);
    }
  });

  it('declares the commands of the code, each with a title and category (P7)', () => {
    const { commands } = manifest.contributes;
    assert.deepEqual(commands.map(({ command }) => command).sort(), listIn('COMMANDS').sort());
    for (const { command, title, category } of commands) {
      assert.equal(category, 'NinjaOne', command);
      assert.ok(resolve(title).length > 3, command);
    }
  });

  it('has the titles of commands in title case, with one character for the ellipsis (E14)', () => {
    const wrong = manifest.contributes.commands
      .map(({ title }) => resolve(title))
      .filter((title) => !isTitleCase(title.replace(/…$/, '')));
    assert.deepEqual(wrong, []);
    for (const other of [
      'Copy operation As',
      'Copy Operation as',
      'Cancel Sign-in',
      'Run Operation...',
      'Save As a Script',
    ]) {
      assert.equal(isTitleCase(other), false, other);
    }
  });

  it('hides commands for other extensions and for a row from the palette (P7)', () => {
    const hidden = manifest.contributes.menus['commandPalette']?.filter(({ when }) => when === 'false');
    assert.deepEqual(
      hidden?.map(({ command }) => command),
      ['ninjaone.getConnection', 'ninjaone.getAccessToken', 'ninjaone.useConnection'],
    );
  });

  it('refers only to existing commands in menus', () => {
    const known = new Set(manifest.contributes.commands.map(({ command }) => command));
    for (const [menu, items] of Object.entries(manifest.contributes.menus)) {
      for (const { command } of items) {
        assert.ok(known.has(command), `${menu}: ${command}`);
      }
    }
  });

  it('has at most five icons in an editor title, each at its own position (E7, E14)', () => {
    const icons = manifest.contributes.menus['editor/title']?.filter(({ group }) => group?.startsWith('navigation'));
    for (const kind of [/ninjaone-response|\.responses$/, /ninjaone-request/, /ninjaone\.responseTable/]) {
      const places = icons?.filter(({ when }) => kind.test(when ?? '')).map(({ group }) => group) ?? [];
      assert.ok(places.length > 0 && places.length <= 5, places.join());
      assert.equal(new Set(places).size, places.length, places.join());
    }
  });

  it('takes every text from package.nls.json and uses every text there (E14)', () => {
    const shown = shownTexts(manifest.contributes).concat(shownTexts(manifest.capabilities));
    shown.push(manifest.displayName, manifest.description);
    assert.ok(shown.length > 100, 'the texts are found, those of the schema of a setting too');
    const literal = shown.filter((text) => !/^%[^%]+%$/.test(text) && !SAME_IN_EVERY_LANGUAGE.test(text));
    assert.deepEqual(literal, []);
    const used = new Set(shown.filter((text) => text.startsWith('%')).map((text) => text.slice(1, -1)));
    assert.deepEqual([...used].sort(), Object.keys(texts).sort());
  });
});

/** All words begin with a capital letter except short ones in the middle, which never do. */
function isTitleCase(title: string): boolean {
  const words = title.split(' ');
  return words.every((word, index) =>
    SHORT_WORDS.has(word.toLowerCase()) && index > 0 && index < words.length - 1
      ? word === word.toLowerCase()
      : word.split('-').every((part) => /^\p{Lu}\p{L}*$/u.test(part)),
  );
}

const SHORT_WORDS = new Set(['a', 'an', 'and', 'as', 'by', 'for', 'from', 'in', 'of', 'on', 'or', 'the', 'to', 'with']);

/**
 * The texts of a manifest that VS Code shows, at any depth. `body` and `default` are inserted, not shown. A language model
 * reads the name and the schema of a tool.
 */
function shownTexts(node: unknown, key = ''): string[] {
  if (key === 'languageModelTools' && typeof node === 'object' && node !== null && !Array.isArray(node)) {
    const { displayName, userDescription } = node as Readonly<Record<string, string>>;
    return [displayName ?? '', userDescription ?? ''];
  }
  if (typeof node === 'string') {
    return SHOWN.has(key) ? [node] : [];
  }
  if (Array.isArray(node)) {
    return node.flatMap((item) => shownTexts(item, key));
  }
  if (typeof node !== 'object' || node === null) {
    return [];
  }
  return Object.entries(node)
    .filter(([name]) => name !== 'body' && name !== 'default')
    .flatMap(([name, value]) => shownTexts(value, name));
}

function resolve(text: string | undefined): string {
  const key = /^%(.+)%$/.exec(text ?? '')?.[1];
  return key === undefined ? (text ?? '') : (texts[key] ?? '');
}

/** The settings are read in one file, by the part of their ids that follows `ninjaone.`. */
function settingsInCode(): string[] {
  const code = readFileSync('src/host/platform/settings.ts', 'utf8');
  const reads = /userValue\('([\w.]+)'\)|getConfiguration\('ninjaone'\)\.get<unknown>\('([\w.]+)'\)/g;
  const names = [...code.matchAll(reads)].map(([, own, any]) => `ninjaone.${own ?? any ?? ''}`);
  return [...new Set(names)].sort();
}

/** The tuple is read as text: the file itself imports `vscode`, which plain Node does not have. */
function listIn(name: string): string[] {
  const body = new RegExp(`const ${name} = \\[([^\\]]*)\\]`).exec(contributions)?.[1] ?? '';
  return [...body.matchAll(/'([^']+)'/g)].map(([, id]) => id ?? '');
}
