import type { MarkedOperation } from '../api/passwordRule.ts';
import { passwordsInResponse, type PasswordValue } from '../api/passwordValues.ts';
import { DOTS, type MaskedValue } from '../json/formatJson.ts';
import type { ResponseView } from './responseView.ts';
import { hasSecretName, pathOf } from './secretFinder.ts';

/**
 * Masks the values of members that are named like passwords, which an instance may add to any response (E4). Everything
 * else in the text stays as it is. In text that is no JSON, nothing is known to be a member.
 */
export function maskNamedSecrets(view: ResponseView, operation: MarkedOperation): ResponseView {
  const { text, kind } = view;
  if ((kind !== 'json' && kind !== 'jsonLines') || !hasSecretName(text, operation)) {
    return view;
  }
  const { text: shown, masked } = maskPlaces(text, secretsIn(text, kind, operation));
  return masked.length === 0 ? view : { ...view, text: shown, masked };
}

/** The text with dots in place of these values, and what is behind the dots. */
export function maskPlaces(text: string, places: readonly Place[]): Pick<ResponseView, 'text' | 'masked'> {
  const parts: string[] = [];
  const masked: MaskedValue[] = [];
  let [at, size, line] = [0, 0, 0];
  const copyTo = (end: number): void => {
    const part = text.slice(at, end);
    for (let index = part.indexOf('\n'); index >= 0; index = part.indexOf('\n', index + 1)) {
      line += 1;
    }
    parts.push(part);
    size += part.length;
  };
  for (const { start, end, location } of places) {
    copyTo(start);
    masked.push({ line, offset: size, length: MASK.length, path: pathOf(location), value: text.slice(start, end) });
    parts.push(MASK);
    size += MASK.length;
    at = end;
  }
  copyTo(text.length);
  return { text: parts.join(''), masked };
}

type Place = Pick<PasswordValue, 'start' | 'end' | 'location'>;

const MASK = JSON.stringify(DOTS);

function secretsIn(text: string, kind: 'json' | 'jsonLines', operation: MarkedOperation): readonly Place[] {
  if (kind === 'json') {
    return passwordsInResponse(text, operation);
  }
  let offset = 0;
  return text.split('\n').flatMap((line) => {
    const from = offset;
    offset += line.length + 1;
    return passwordsInResponse(line, operation).map(({ start, end, location }) => ({
      start: from + start,
      end: from + end,
      location,
    }));
  });
}
