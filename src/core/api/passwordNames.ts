/**
 * Whether the name of a member or a parameter says that its value is a secret. Short words count only as whole words of a
 * name such as `bitlockerPin` or `WIFI_PSK`, so that `mapping` and `compass` do not.
 */
export function isPasswordName(name: string): boolean {
  return PASSWORD_PART.test(name) || (WITH_WORD.test(name) && PASSWORD_WORD.test(wordsOf(name)));
}

function wordsOf(name: string): string {
  return name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2');
}

/**
 * Whether a text contains a password: in an address, as `https://user:password@host` or `?token=…`, or in a connection
 * string such as `Server=a;Password=…`.
 */
export function isSecretText(text: string): boolean {
  return (
    SECRET_USER.test(text) ||
    [...text.matchAll(SECRET_PAIR)].some(([, name = '']) => SECRET_PARAMETER.test(name) || isPasswordName(name))
  );
}

/** Whether the value of a parameter is a secret, by its name or because it contains one. */
export function isSecretParameter(name: string, value: string): boolean {
  return value !== '' && (isPasswordName(name) || isSecretText(value));
}

export const SECRET_USER = /:\/\/[^/?#\s@]*:[^/?#\s@]+@/;
export const SECRET_PAIR = /(?:^|[?&;,\s])([A-Za-z0-9_. -]{1,60})=(?=[^&;\s])/g;
/** Short names of addresses. Elsewhere, they are none of a password. */
export const SECRET_PARAMETER = /^(?:sig|key)$/i;

export const PASSWORD_PART = new RegExp(
  [
    'token|secret|passw|passphrase|passcode|pwd|totp|kennwort|credential|authori[sz]ation|signature|session|cookie',
    '(?:api|access|private|recovery|shared|encryption|product|license|bitlocker|master|ssh|wifi|wpa)[ _-]?key',
    '(?:recovery|backup|access|security|unlock|verification)[ _-]?code',
  ].join('|'),
  'i',
);

const WORDS = 'pass|pins?|psk|otp|jwt|community|creds?';
export const PASSWORD_WORD = new RegExp(`(?<![a-z])(?:${WORDS})(?![a-z])`, 'i');
/** Few names have such a part, and it takes long to look for the words in all the others. */
const WITH_WORD = new RegExp(WORDS, 'i');

/** Names of the members of a pair, such as `{"name": "localAdminPassword", "value": "…"}`. */
export const PAIR_NAME = /^(?:name|key|field|fieldName|variable)$/i;
export const PAIR_VALUE = /^values?$/i;
