import { skipBlanks } from '../json/jsonScanner.ts';
import { endOfToken } from '../json/jsonTokens.ts';

/**
 * The source text of the body in a request document, without whitespace. `JSON.parse` would round IDs above 2^53. The
 * text must be valid JSON without duplicate keys. Returns undefined if there is no body.
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
 * The path of the first duplicate key. Some parsers use the first value and some the last one, so the user could send a
 * value that they did not see. The text must be valid JSON.
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

/** A string before a colon is a name. */
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
