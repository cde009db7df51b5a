/** Where the token ends that begins at `at`; `truncated` if the source ends first (RFC 8259). */
export function endOfToken(source: string, at: number): number | 'truncated' | 'invalid' {
  const first = source.charAt(at);
  if ('[]{},:'.includes(first)) {
    return at + 1;
  }
  return first === '"' ? endOfString(source, at) : endOfWord(source, at);
}

export function skipBlanks(source: string, from: number): number {
  let at = from;
  for (let code = source.charCodeAt(at); code === 32 || code === 10 || code === 13 || code === 9;) {
    code = source.charCodeAt(++at);
  }
  return at;
}

function endOfString(source: string, start: number): number | 'truncated' | 'invalid' {
  for (let at = start + 1; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === QUOTE) {
      return at + 1;
    }
    if (code < 32) {
      return 'invalid';
    }
    if (code === BACKSLASH) {
      ESCAPE.lastIndex = at;
      if (!ESCAPE.test(source)) {
        return ESCAPE_BEGUN.test(source.slice(at, at + 7)) ? 'truncated' : 'invalid';
      }
      at++;
    }
  }
  return 'truncated';
}

const QUOTE = 34;
const BACKSLASH = 92;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const ESCAPE_BEGUN = /^\\(?:u[0-9a-fA-F]{0,3})?$/;

function endOfWord(source: string, at: number): number | 'truncated' | 'invalid' {
  WORD.lastIndex = at;
  const word = WORD.exec(source)?.[0] ?? '';
  if (CONSTANTS.includes(word) || NUMBER.test(word)) {
    return at + word.length;
  }
  const isLast = at + word.length === source.length;
  const mayGoOn = CONSTANTS.some((constant) => constant.startsWith(word)) || NUMBER_BEGUN.test(word);
  return isLast && word !== '' && mayGoOn ? 'truncated' : 'invalid';
}

const WORD = /[\w.+-]*/y;
const CONSTANTS = ['true', 'false', 'null'];
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NUMBER_BEGUN = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?)?)?$/;
