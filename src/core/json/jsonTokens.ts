/** End of the token that starts at `at`; `truncated` if the source ends first (RFC 8259). */
export function endOfToken(source: string, at: number): number | 'truncated' | 'invalid' {
  const first = source.charAt(at);
  if ('[]{},:'.includes(first)) {
    return at + 1;
  }
  return first === '"' ? endOfString(source, at) : endOfWord(source, at);
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
      const rest = source.slice(at, at + MAX_ESCAPE_LENGTH);
      if (!ESCAPE.test(rest)) {
        return ESCAPE_BEGUN.test(rest) ? 'truncated' : 'invalid';
      }
      at++;
    }
  }
  return 'truncated';
}

const QUOTE = 34;
const BACKSLASH = 92;
const MAX_ESCAPE_LENGTH = 6;
const ESCAPE = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/;
const ESCAPE_BEGUN = /^\\(?:u[0-9a-fA-F]{0,3})?$/;

function endOfWord(source: string, at: number): number | 'truncated' | 'invalid' {
  let end = at;
  while (isWordCode(source.charCodeAt(end))) {
    end++;
  }
  const word = source.slice(at, end);
  if (CONSTANTS.includes(word) || NUMBER.test(word)) {
    return end;
  }
  const isLast = end === source.length;
  const mayGoOn = CONSTANTS.some((constant) => constant.startsWith(word)) || NUMBER_BEGUN.test(word);
  return isLast && word !== '' && mayGoOn ? 'truncated' : 'invalid';
}

/** Characters of constants and numbers; false for NaN, the code after the end of the source. */
function isWordCode(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    code === 43 ||
    code === 45 ||
    code === 46 ||
    code === 95
  );
}

const CONSTANTS = ['true', 'false', 'null'];
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NUMBER_BEGUN = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?)?)?$/;
