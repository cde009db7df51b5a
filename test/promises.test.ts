import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const PROMISES = 'docs/promises.md';
/** Those that exist. */
const FOLDERS = ['src', 'test', 'sandbox', 'tooling', 'scripts'];
const SOURCES = /\.(?:[cm]?[jt]sx?|css|html|sh)$/;

/**
 * A number of `docs/promises.md`, such as A13, E9, P4, T46 or T36b. Not part of a longer word (`E2E`), of a URL escape
 * (`%C3`), of a color (`#E1`), of a path or a name with dots, or of a time (`T00:00`).
 */
const CITATION = /(?<![\w%#$./\\-])(?:[ACEPX]\d{1,2}|T\d{2}[a-z]?)(?![\w%$/\\-]|:\d|\.\w)/g;

/** The anchor of a promise and the number behind it. */
const DEFINITION = /<a id="([^"]*)"><\/a>(\S+)/g;

/** A row of the security test cases: its number, and what is said about its tests. */
const TEST_CASE = /^\| <a id="t[^>]*><\/a>(T\w+) .*\|([^|]*)\|$/gm;

/** A section of a document; the sign is escaped so that this file passes its own check. */
const SECTION = /\u00a7\s?\d/;
const STANDARD = /\bRFC \d+|\bYAML \d/;

describe('docs/promises.md', () => {
  const text = readFileSync(PROMISES, 'utf8');
  const definitions = [...text.matchAll(DEFINITION)].map(([, anchor = '', code = '']) => ({ anchor, code }));
  const codes = definitions.map(({ code }) => code);
  const known: ReadonlySet<string> = new Set(codes);

  it('gives each promise a number of its own', () => {
    assert.deepEqual(
      codes.filter((code, index) => codes.indexOf(code) !== index),
      [],
    );
    assert.deepEqual(
      codes.filter((code) => !citationsIn(code).includes(code)),
      [],
      'a number that no citation can name',
    );
  });

  it('gives each number an anchor that does not depend on the title', () => {
    assert.deepEqual(
      definitions.filter(({ anchor, code }) => anchor !== code.toLowerCase()),
      [],
    );
    assert.deepEqual(
      text
        .split('\n')
        .filter((line) => line.startsWith('### ') && !/^### <a id="[a-z]\d+"><\/a>[A-Z]\d+ \S/.test(line)),
      [],
    );
  });

  it('has every number that code and tests cite', () => {
    const files = [PROMISES, ...FOLDERS.filter((folder) => existsSync(folder)).flatMap(sourcesIn)];
    const cited = files.flatMap((file) => linesOf(file).flatMap(({ line }) => citationsIn(line)));
    assert.ok(new Set(cited).size > 30, 'the citations are found');
    assert.deepEqual(
      files.flatMap((file) =>
        linesOf(file).flatMap(({ line, number }) =>
          unknownIn(line, known).map((code) => `${file}:${number} cites ${code}`),
        ),
      ),
      [],
    );
  });

  it('has a test with the number in its title for each case that is built', () => {
    const titles = titlesOfTests();
    const cases = [...text.matchAll(TEST_CASE)].map(([, code = '', state = '']) => ({ code, state: state.trim() }));
    assert.ok(cases.length > 50, 'the cases are found');
    assert.deepEqual(
      cases.filter(
        ({ code, state }) => state !== 'not built yet' && !titles.some((title) => citationsIn(title).includes(code)),
      ),
      [],
    );
  });

  it('names only tests that exist for the faults of earlier versions', () => {
    const titles = titlesOfTests();
    const [, faults = ''] = text.split('## Faults of earlier versions');
    const named = [...faults.matchAll(/`([^`]+)`/g)].map(([, title = '']) => title);
    assert.ok(named.length >= faults.match(/^\| [A-Z]/gm)!.length, 'each fault has a test');
    assert.deepEqual(
      named.filter((title) => !titles.some((line) => line.includes(title))),
      [],
    );
  });

  it('cites sections of published standards only', () => {
    const found = FOLDERS.filter((folder) => existsSync(folder))
      .flatMap(sourcesIn)
      .flatMap((file) => privateSections(linesOf(file)).map(({ number, line }) => `${file}:${number} ${line.trim()}`));
    assert.deepEqual(found, []);
  });
});

describe('the search for citations', () => {
  it('finds numbers in titles and comments', () => {
    for (const [line, expected] of [
      ["it('revokes the token (A13)', …", ['A13']],
      ['/** Stored before it is handed out (A7, A8). */', ['A7', 'A8']],
      ["describe('E9: the write gate'", ['E9']],
      ['// C5. Resolves when it is written.', ['C5']],
      ['it(`writes ${value} (E7, T43)`', ['E7', 'T43']],
      ['the random windows of T36b, X3 and P4', ['T36b', 'X3', 'P4']],
    ] as const) {
      assert.deepEqual(citationsIn(line), expected, line);
    }
  });

  it('passes over what only looks like a number', () => {
    for (const line of [
      "E2E tests, '%C3%B6', '%E0%A4%A', #E91, 0xA1, \\xE9, U+00E9, a1b2C3d4",
      "time = 'T00:00', 2025-06-30T08:00Z, T1, ES2022, F1, keyA1, A1B2, x-A1-y",
      "'media/A1.png', process.env.A1, A1.name, C100, E2e, _C4, $X1",
    ]) {
      assert.deepEqual(citationsIn(line), [], line);
    }
  });

  it('tells sections of published standards from others', () => {
    const lines = ['(RFC 6749 \u00a74.1)', 'and its \u00a74.2', '', 'as in \u00a73'].map((line, number) => ({
      line,
      number,
    }));
    assert.deepEqual(
      privateSections(lines).map(({ number }) => number),
      [3],
    );
  });

  it('names a number that is not there', () => {
    assert.deepEqual(unknownIn('revokes the token (A13, A7)', new Set(['A7'])), ['A13']);
  });
});

function citationsIn(line: string): string[] {
  return line.match(CITATION) ?? [];
}

/** The lines of test files that have a title, or its numbers where they are put together. */
function titlesOfTests(): readonly string[] {
  return sourcesIn('test')
    .filter((file) => /\.(?:test|e2e)\.ts$/.test(file) && !file.endsWith('promises.test.ts'))
    .flatMap(linesOf)
    .map(({ line }) => line)
    .filter((line) => /^\s*(?:(?:it|tries|setupStep)\(|['"`]|return \[')/.test(line));
}

function unknownIn(line: string, known: ReadonlySet<string>): string[] {
  return citationsIn(line).filter((code) => !known.has(code));
}

/** A section needs the name of a published standard on its line or on the line before. */
function privateSections(lines: readonly Line[]): readonly Line[] {
  return lines.filter(
    ({ line }, index) => SECTION.test(line) && !STANDARD.test(`${lines[index - 1]?.line ?? ''} ${line}`),
  );
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && SOURCES.test(entry.name))
    .map(({ parentPath, name }) => `${parentPath}/${name}`.replaceAll('\\', '/'))
    .filter((path) => !path.includes('/node_modules/'));
}

interface Line {
  readonly line: string;
  readonly number: number;
}

function linesOf(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }));
}
