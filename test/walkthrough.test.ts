import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { PLATFORMS } from '../src/core/connections/connection.ts';
import { MAX_PICTURE_BYTES } from '../tooling/pictures.ts';
import { bundledOperations } from './support/bundledOperations.ts';

interface Media {
  readonly markdown?: string;
  readonly svg?: string;
  readonly image?: Readonly<Record<'dark' | 'light' | 'hc' | 'hcLight', string>>;
  readonly altText?: string;
}

interface Step {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly media: Media;
  readonly completionEvents: readonly string[];
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly walkthroughs: readonly { readonly id: string; readonly steps: readonly Step[] }[];
  };
}

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const texts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Readonly<Record<string, string>>;
const commands = contributes.commands.map(({ command }) => command);

const GUIDES = [...PLATFORMS, 'manage'];
const operations = new Set(bundledOperations().map(({ key }) => key));

describe('the walkthrough', () => {
  const [walkthrough] = contributes.walkthroughs;
  const { steps } = walkthrough!;

  it('goes from the choice of a platform to a saved script (E14)', () => {
    assert.deepEqual(
      steps.map(({ id }) => id),
      ['choosePlatform', 'createClientApp', 'addConnection', 'signIn', 'firstRequest', 'saveScript'],
    );
  });

  it('is completed by commands and context keys that exist', () => {
    const contextKeys = readFileSync('src/host/platform/contributions.ts', 'utf8');
    for (const event of steps.flatMap(({ completionEvents }) => completionEvents)) {
      const [kind, name = ''] = event.split(':');
      if (kind === 'onCommand') {
        assert.ok(commands.includes(name), event);
      } else {
        assert.equal(kind, 'onContext', event);
        assert.match(contextKeys, new RegExp(`\\| '${name.replaceAll('.', '\\.')}'`), event);
      }
    }
  });

  it('has buttons for commands that exist, with operations and pages that exist', () => {
    const links = steps.flatMap(({ description }) => {
      const text = texts[description.replaceAll('%', '')] ?? '';
      return [...text.matchAll(/\(command:([^)?]+)(?:\?([^)]*))?\)/g)];
    });
    assert.ok(links.length >= steps.length);
    for (const [link, command = '', argument] of links) {
      assert.ok(commands.includes(command), link);
      const [value] = argument === undefined ? [] : (JSON.parse(decodeURIComponent(argument)) as readonly string[]);
      if (value !== undefined) {
        const known = command === 'ninjaone.openSetupGuide' ? GUIDES.includes(value) : operations.has(value);
        assert.ok(known, link);
      }
    }
  });

  it('has a page in the guide for each platform and one about client apps', () => {
    for (const guide of GUIDES) {
      assert.match(readFileSync(`media/guide/${guide}.md`, 'utf8'), /^# /, guide);
    }
  });

  it('says in the page of each platform that the wizard asks for the region or address first (C5)', () => {
    for (const platform of PLATFORMS) {
      const [english, german] = [`${platform}.md`, `${platform}.nls.de.md`].map((file) =>
        readFileSync(`media/guide/${file}`, 'utf8').replaceAll(/\s+/g, ' '),
      );
      assert.match(
        english!,
        /Add Connection…\*\*, select your region or paste the address of your console, /,
        platform,
      );
      assert.match(german!, /hinzufügen…\*\* aus, wählen Sie Ihre Region aus oder fügen Sie die Adresse /, platform);
    }
  });

  it('has each of its pages in German, with the same headings and rows', () => {
    const pages = ['media/walkthrough/platforms', 'media/walkthrough/clientApp'];
    for (const page of [...pages, ...GUIDES.map((guide) => `media/guide/${guide}`)]) {
      const [english, german] = [`${page}.md`, `${page}.nls.de.md`].map((file) =>
        readFileSync(file, 'utf8').split('\n'),
      );
      const shape = (lines: readonly string[] = []): string =>
        lines.flatMap((line) => /^(?:#+|\||\d\.|-(?= ))/.exec(line) ?? []).join(' ');
      assert.equal(shape(german), shape(english), page);
      assert.notDeepEqual(german, english, page);
    }
  });

  it('has small pictures for light and dark themes, each with a description', () => {
    for (const { id, media } of steps) {
      const pictures = [...Object.values(media.image ?? {}), ...(media.svg === undefined ? [] : [media.svg])];
      for (const picture of pictures) {
        assert.ok(statSync(picture).size <= MAX_PICTURE_BYTES, `${picture} is too large`);
      }
      assert.equal(media.altText !== undefined, pictures.length > 0, id);
      if (media.image) {
        const { dark, light, hc, hcLight } = media.image;
        assert.notEqual(dark, light, id);
        assert.deepEqual([hc, hcLight], [dark, light], id);
      } else {
        assert.ok(statSync(media.markdown ?? media.svg ?? '').size > 0, id);
      }
    }
  });
});
