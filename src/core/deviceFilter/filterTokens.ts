export interface FilterToken {
  /** A `mark` is any other sign, such as a semicolon. */
  readonly kind: 'word' | 'quoted' | 'operator' | 'open' | 'close' | 'comma' | 'mark';
  readonly text: string;
  /** Offsets in the filter. */
  readonly start: number;
  readonly end: number;
}

/** The words and signs of a device filter. Every character that is not blank belongs to one. Never throws. */
export function filterTokens(filter: string): readonly FilterToken[] {
  return [...filter.matchAll(TOKEN)].map(({ 0: text, index, groups = {} }) => ({
    kind: KINDS.find((kind) => groups[kind] !== undefined) ?? 'mark',
    text,
    start: index,
    end: index + text.length,
  }));
}

const KINDS = ['word', 'quoted', 'operator', 'open', 'close', 'comma'] as const;

/** A colon between digits belongs to a time. */
const TOKEN =
  /(?<operator>!in(?![\w-])|[=!<>]+|:)|(?<open>\()|(?<close>\))|(?<comma>,)|(?<quoted>'[^']*'?|"[^"]*"?)|(?<word>[^\s(),;:=!<>|&'"](?:[^\s(),;:=!<>|&'"]|(?<=\d):(?=\d))*)|&+|\|+|\S/gu;
