import { endOfToken, skipBlanks } from './jsonTokens.ts';

/**
 * The JSON text of an object with one member set to a JSON text. No other character changes, so no number loses a digit.
 * The text must be valid JSON; returns undefined if it is not an object.
 */
export function setMember(source: string, name: string, value: string): string | undefined {
  const start = skipBlanks(source, 0);
  if (source.charAt(start) !== '{') {
    return undefined;
  }
  let changed = '';
  let copied = 0;
  let isFound = false;
  let isEmpty = true;
  let depth = 0;
  for (let at = start; at < source.length;) {
    const end = endOfToken(source, at);
    if (typeof end !== 'number') {
      return undefined;
    }
    const token = source.slice(at, end);
    const next = skipBlanks(source, end);
    if (token === '{' || token === '[') {
      depth++;
    } else if (token === '}' || token === ']') {
      depth--;
      if (depth === 0) {
        const member = isFound ? '' : `${isEmpty ? '' : ','}${JSON.stringify(name)}:${value}`;
        return changed + source.slice(copied, at) + member + source.slice(at);
      }
    } else if (depth === 1 && token.startsWith('"') && source.charAt(next) === ':' && JSON.parse(token) === name) {
      const from = skipBlanks(source, next + 1);
      changed += source.slice(copied, from) + value;
      copied = endOfValue(source, from);
      at = skipBlanks(source, copied);
      isFound = true;
      continue;
    }
    isEmpty &&= depth === 1 && token === '{';
    at = next;
  }
  return undefined;
}

function endOfValue(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length;) {
    const end = endOfToken(source, at);
    if (typeof end !== 'number') {
      break;
    }
    const token = source.charAt(at);
    depth += token === '{' || token === '[' ? 1 : token === '}' || token === ']' ? -1 : 0;
    if (depth === 0) {
      return end;
    }
    at = skipBlanks(source, end);
  }
  return source.length;
}
