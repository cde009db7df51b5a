import { Composer, Lexer, Parser, type CST } from 'yaml';

/**
 * One document of YAML 1.2 core, in which `NO` and `on` are text. Throws for anything else. Loaded lazily: the parser is
 * larger than the rest of the catalog.
 *
 * The parser builds values by recursion and has no bound of its own, and a stack that runs out inside one of its regular
 * expressions ends the whole process. So the levels are counted while the text is split, which needs no recursion.
 */
export function parseYaml(text: string): unknown {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
    }
    if (parser.stack.length > MOST_LEVELS) {
      throw new Error('The YAML is nested too deeply.');
    }
  }
  tokens.push(...parser.end());
  const [document, ...others] = new Composer({ uniqueKeys: false }).compose(tokens, true, text.length);
  if (!document || others.length > 0 || document.errors.length > 0) {
    throw document?.errors[0] ?? new Error('The text is not one YAML document.');
  }
  return document.toJS({ maxAliasCount: MOST_COPIES }) as unknown;
}

/** The present description has 15. */
const MOST_LEVELS = 200;

/** An alias stands for a copy, and ten aliases of ten aliases, ten times over, are 10^10 copies. */
const MOST_COPIES = 50;
