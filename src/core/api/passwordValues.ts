import type { Traits } from '../catalog/operation.ts';
import { JsonReader, stringValue } from '../json/jsonReader.ts';

/** A string or number in a JSON text that is a password or another secret. */
export interface PasswordValue {
  /** Offsets of the token, with the quotes of a string. */
  readonly start: number;
  readonly end: number;
  /** The name of the nearest member, such as `totpSecret`. */
  readonly name: string;
}

/** An operation, or only its marks. */
interface Marked {
  readonly traits: Pick<Traits, 'passwords'>;
}

/**
 * The passwords in a request body or a whole request document, in the order of the text. A member is a password if the
 * overlay or the API description marks it (`traits.passwords`), or if its name says so, because custom fields have
 * names of their own, such as `localAdminPassword`. Empty strings are left out. Returns undefined if the text is not
 * JSON, so that the caller has to treat all of it as a secret.
 */
export function passwordValues(text: string, { traits }: Marked): readonly PasswordValue[] | undefined {
  const marks = traits.passwords ?? [];
  const values: PasswordValue[] = [];
  // Names of the open objects and lists, and the number of them when a password that is one of them began.
  const open: string[] = [];
  let name = '';
  let inside = Infinity;
  const isPassword = (): boolean => open.length >= inside || isMarked([...open, name], marks);
  const reader = new JsonReader(text);
  while (reader.next()) {
    const { role, token, start, end } = reader;
    if (role === 'open') {
      inside = isPassword() ? Math.min(inside, open.length + 1) : inside;
      open.push(name);
    } else if (role === 'close') {
      name = open.pop() ?? '';
      inside = open.length < inside ? Infinity : inside;
    } else if (role === 'name') {
      name = stringValue(token);
    } else if (role === 'value' && /^["\d-]/.test(token) && token !== '""' && isPassword()) {
      values.push({ start, end, name });
    }
  }
  return reader.ending === 'complete' ? values : undefined;
}

/** The text with an empty string in place of each password, or undefined if the text is not JSON. */
export function withoutPasswords(text: string, operation: Marked): string | undefined {
  const values = passwordValues(text, operation);
  return values?.reduceRight((rest, { start, end }) => `${rest.slice(0, start)}""${rest.slice(end)}`, text);
}

/** Whether the name of a member or a parameter says that its value is a secret. */
export function isPasswordName(name: string): boolean {
  return PASSWORD_NAME.test(name);
}

const PASSWORD_NAME =
  /token|secret|passw|passphrase|totp|(?:api|access|private|recovery|shared|encryption|product|license)[_-]?key|authori[sz]ation|credential|signature|session|cookie/i;

/** A mark is a name, or several that lead to the member, such as `headers.value`. Lists have the name of their member. */
function isMarked(names: readonly string[], marks: readonly string[]): boolean {
  const path = `.${names.filter((name, index) => name !== names[index - 1]).join('.')}`;
  return isPasswordName(names.at(-1) ?? '') || marks.some((mark) => path.endsWith(`.${mark}`));
}
