/** A token of PowerShell code, as far as quoting is concerned (about_Quoting_Rules). */
export type Token =
  | { readonly kind: 'verbatim' | 'comment' | 'word' | 'symbol'; readonly text: string }
  /** `expands` has the variables and expressions that would be inserted. */
  | { readonly kind: 'expandable'; readonly text: string; readonly expands: readonly string[] };

const SINGLE = "'\u2018\u2019\u201a\u201b";
const DOUBLE = '"\u201c\u201d\u201e';
const OPENING: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };

/** Throws where PowerShell would report an error: an unclosed string or bracket, or an invalid variable name. */
export function powershellTokens(source: string): readonly Token[] {
  const tokens: Token[] = [];
  const brackets: string[] = [];
  let at = source.startsWith('\ufeff') ? 1 : 0;
  const fail = (what: string): never => {
    throw new SyntaxError(`${what} at ${at}: ${source.slice(at, at + 40)}`);
  };
  const literal = (quotes: string): string => {
    let text = '';
    for (at++; ; at++) {
      if (at >= source.length) {
        fail('a text does not end');
      }
      const char = source.charAt(at);
      if (quotes === DOUBLE && char === '`') {
        text += source.slice(at, ++at + 1);
      } else if (!quotes.includes(char)) {
        text += char;
      } else if (quotes.includes(source.charAt(at + 1)) && source.charAt(at + 1) !== '') {
        // A doubled quote stands for one quote.
        text += source.charAt(++at);
      } else {
        at++;
        return text;
      }
    }
  };
  while (at < source.length) {
    const char = source.charAt(at);
    if (/\s/.test(char)) {
      at++;
    } else if (char === '#') {
      const end = /[\r\n]|$/.exec(source.slice(at))?.index ?? 0;
      tokens.push({ kind: 'comment', text: source.slice(at, at + end) });
      at += end;
    } else if (char === '@' && (SINGLE + DOUBLE).includes(source.charAt(at + 1))) {
      fail('a here-string');
    } else if (SINGLE.includes(char)) {
      tokens.push({ kind: 'verbatim', text: literal(SINGLE) });
    } else if (DOUBLE.includes(char)) {
      const text = literal(DOUBLE);
      const expands = [...text.matchAll(/(?<!`)\$(\{[^}]*\}|\(|[\w:]+)/g)].map(([, name = '']) => name);
      if (expands.some((name) => /^(?!env:)\w+:/.test(name))) {
        fail('a variable that is followed by a colon');
      }
      tokens.push({ kind: 'expandable', text, expands });
    } else if (/[\w$-]/.test(char)) {
      const word = /^[\w$:.\\-]+/.exec(source.slice(at))?.[0] ?? char;
      tokens.push({ kind: 'word', text: word });
      at += word.length;
    } else {
      if (OPENING[char] !== undefined) {
        brackets.push(OPENING[char]);
      } else if (')}]'.includes(char) && brackets.pop() !== char) {
        fail('a bracket that closes nothing');
      }
      tokens.push({ kind: 'symbol', text: char });
      at++;
    }
  }
  return brackets.length > 0 ? fail('a bracket is open') : tokens;
}

/** The words that PowerShell would treat as names and commands. */
export function bareWords(source: string): readonly string[] {
  return powershellTokens(source).flatMap((token) =>
    token.kind === 'word' || token.kind === 'symbol' ? [token.text] : [],
  );
}
