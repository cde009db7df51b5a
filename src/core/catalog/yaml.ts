import { Composer, Lexer, Parser, type CST } from 'yaml';

/**
 * Parses one document with the YAML 1.2 core schema, in which `NO` and `on` are strings. Throws if the text is anything
 * else. Loaded lazily, because the parser is larger than the rest of the catalog.
 *
 * The parser is recursive and does not limit the depth. A stack overflow inside one of its regular expressions ends the
 * process, so the levels are counted by the lexer, which is not recursive.
 */
export function parseYaml(text: string): unknown {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
    }
    if (parser.stack.length > MAX_DEPTH) {
      throw new Error('The YAML is nested too deeply.');
    }
  }
  tokens.push(...parser.end());
  const [document, ...others] = new Composer({ uniqueKeys: false }).compose(tokens, true, text.length);
  if (!document || others.length > 0 || document.errors.length > 0) {
    throw document?.errors[0] ?? new Error('The text is not one YAML document.');
  }
  return document.toJS({ maxAliasCount: MAX_ALIAS_COUNT }) as unknown;
}

/** NinjaOne's current description has 15. */
const MAX_DEPTH = 200;

/** Every alias makes a copy, so ten nested levels of ten aliases make 10^10 copies. */
const MAX_ALIAS_COUNT = 50;
