/**
 * Regular expressions that differ from a literal in one piece: without an anchor, a flag, a quantifier, or one of its
 * alternatives, or with the opposite of a class or lookaround.
 */
export function regexpVariants(literal: string): readonly string[] {
  const end = literal.lastIndexOf('/');
  const [pattern, flags] = [literal.slice(1, end), literal.slice(end + 1)];
  const pieces = piecesOf(pattern);
  const changed = pieces.flatMap(({ at, text }) => {
    const other = otherPiece(text, pattern.slice(0, at));
    return other === undefined ? [] : [pattern.slice(0, at) + other + pattern.slice(at + text.length)];
  });
  const variants = [
    ...[...changed, ...withoutAlternatives(pattern, pieces)].map((other) => `/${other}/${flags}`),
    ...[...flags].filter((flag) => 'gi'.includes(flag)).map((flag) => `/${pattern}/${flags.replace(flag, '')}`),
  ];
  return [...new Set(variants)].filter((variant) => variant !== literal && isValid(variant));
}

interface Piece {
  readonly at: number;
  readonly text: string;
}

/** An escape, a class, the start of a group, a quantifier, or a character. */
const PIECE =
  /\\(?:[pP]\{[^}]*\}|k<[^>]*>|u\{[^}]*\}|u[\da-f]{4}|x[\da-f]{2}|.)|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<?[=!]|<\w+>|:))?|\{\d+(?:,\d*)?\}|./gsu;

function piecesOf(pattern: string): readonly Piece[] {
  return Array.from(pattern.matchAll(PIECE), ({ 0: text, index }) => ({ at: index, text }));
}

function otherPiece(text: string, before: string): string | undefined {
  if (/^\\[dDwWsSpP]/.test(text)) {
    const letter = text.charAt(1);
    return `\\${letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()}${text.slice(2)}`;
  }
  if (text.startsWith('[')) {
    return text.startsWith('[^') ? `[${text.slice(2)}` : `[^${text.slice(1)}`;
  }
  if (/^\(\?<?[=!]$/.test(text)) {
    return text.endsWith('=') ? `${text.slice(0, -1)}!` : `${text.slice(0, -1)}=`;
  }
  const isLazy = text === '?' && /(?<!\\)[+*?}]$/.test(before);
  return text === '^' || text === '$' || text === '\\b' || (/^[+*?{]/.test(text) && !isLazy) ? '' : undefined;
}

/** The pattern without one alternative, once for each alternative of each group. */
function withoutAlternatives(pattern: string, pieces: readonly Piece[]): readonly string[] {
  const results: string[] = [];
  const open: { start: number; readonly bars: number[] }[] = [{ start: 0, bars: [] }];
  const close = (end: number): void => {
    const { start, bars } = open.pop() ?? { start: 0, bars: [] };
    const edges = [start - 1, ...bars, end];
    for (let index = 1; bars.length > 0 && index < edges.length; index += 1) {
      const [from = 0, to = 0] = edges.slice(index - 1, index + 1);
      // With the bar before it, and the first one with the bar after it.
      results.push(
        index === 1 ? pattern.slice(0, start) + pattern.slice(to + 1) : pattern.slice(0, from) + pattern.slice(to),
      );
    }
  };
  for (const { at, text } of pieces) {
    if (text.startsWith('(')) {
      open.push({ start: at + text.length, bars: [] });
    } else if (text === '|') {
      open.at(-1)?.bars.push(at);
    } else if (text === ')') {
      close(at);
    }
  }
  close(pattern.length);
  return results;
}

function isValid(literal: string): boolean {
  const end = literal.lastIndexOf('/');
  try {
    new RegExp(literal.slice(1, end), literal.slice(end + 1));
    return end > 1;
  } catch {
    return false;
  }
}
