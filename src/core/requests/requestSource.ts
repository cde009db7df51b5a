import { endOfToken, skipBlanks } from '../json/jsonTokens.ts';

/**
 * The body as it stands in the text of a request document, without blanks: `JSON.parse` would round an id of more than
 * 2^53. The text is valid JSON, with no name twice. Undefined if there is no body.
 */
export function bodySource(text: string): string | undefined {
  const tokens: string[] = [];
  let depth = 0;
  let isBody = false;
  for (const { token, isName } of tokensOf(text)) {
    depth -= CLOSERS.has(token) ? 1 : 0;
    if (depth === 0 || (depth === 1 && (token === ',' || isName))) {
      isBody = false;
    }
    if (isBody && !(depth === 1 && token === ':')) {
      tokens.push(token);
    }
    if (depth === 1 && isName && keyText(token) === 'body') {
      isBody = true;
    }
    depth += OPENERS.has(token) ? 1 : 0;
  }
  return tokens.length === 0 ? undefined : tokens.join('');
}

/**
 * Where a name stands that its object has already: who reads the text takes the first or the last, and a person may have
 * seen the other. The text is valid JSON.
 */
export function duplicateKey(text: string): readonly string[] | undefined {
  const open: { readonly under: string | undefined; readonly names: Set<string> }[] = [];
  let under: string | undefined;
  for (const { token, isName } of tokensOf(text)) {
    if (OPENERS.has(token)) {
      open.push({ under, names: new Set() });
      under = undefined;
    } else if (CLOSERS.has(token)) {
      open.pop();
    } else if (isName) {
      under = keyText(token);
      const names = open.at(-1)?.names;
      if (names?.has(under)) {
        const above = open.slice(1).map((each) => each.under ?? '');
        return [...above, under];
      }
      names?.add(under);
    }
  }
  return undefined;
}

const OPENERS: ReadonlySet<string> = new Set(['{', '[']);
const CLOSERS: ReadonlySet<string> = new Set(['}', ']']);

function keyText(token: string): string {
  return JSON.parse(token) as string;
}

/** A name is a text before a colon. */
function* tokensOf(text: string): Generator<{ readonly token: string; readonly isName: boolean }> {
  for (let at = skipBlanks(text, 0); at < text.length;) {
    const end = endOfToken(text, at);
    if (typeof end !== 'number') {
      return;
    }
    const next = skipBlanks(text, end);
    yield { token: text.slice(at, end), isName: text.charAt(at) === '"' && text.charAt(next) === ':' };
    at = next;
  }
}
