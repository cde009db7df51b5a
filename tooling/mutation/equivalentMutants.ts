import type { Mutant } from './mutants.ts';

/** Faults that no test can find, because the program does the same with them. */
export interface Equivalent {
  readonly file: string;
  /** As the report prints them: the function, the piece, and what replaces it. */
  readonly place: string;
  readonly original: string;
  readonly replacements: readonly string[];
  readonly reason: string;
}

/** The hash of a head only decides whether a position of a text is looked up. The same secrets are found without it. */
const HASH = 'Only the speed depends on the hash.';

const MARKS =
  'A mark of an outer member finds more places, and only those at the location of a missing one are counted.';

const PARSED = 'A masked value that is no string is JSON of another type, which is copied as it is.';

export const EQUIVALENTS: readonly Equivalent[] = [
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'SecretSearch.#release',
    original: '-1',
    replacements: ['1'],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'SecretSearch.#release',
    original: 'this.#count(head, -1);',
    replacements: [''],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'SecretSearch.#count',
    original: '(this.#hashes[hash] ?? 0) + change',
    replacements: ['(this.#hashes[hash] ?? 0) - change'],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'SecretSearch.#count',
    original: 'this.#hashes[hash] ?? 0',
    replacements: ['0', 'this.#hashes[hash]'],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'HASHES',
    original: '1 << 14',
    replacements: ['1 >> 14'],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'hashAt',
    original: 'at + HEAD',
    replacements: ['at - HEAD'],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'hashAt',
    original: 'index < at + HEAD',
    replacements: ['false', 'index >= at + HEAD'],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'hashAt',
    original: '(Math.imul(hash, 31) + text.charCodeAt(index)) | 0',
    replacements: ['(Math.imul(hash, 31) + text.charCodeAt(index)) & 0'],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'hashAt',
    original: 'hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;',
    replacements: [''],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'hashAt',
    original: 'Math.imul(hash, 31) + text.charCodeAt(index)',
    replacements: ['Math.imul(hash, 31) - text.charCodeAt(index)'],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'hashAt',
    original: '(hash ^ (hash >>> 14)) & (HASHES - 1)',
    replacements: ['(hash ^ (hash >>> 14)) | (HASHES - 1)', 'undefined'],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'hashAt',
    original: 'hash ^ (hash >>> 14)',
    replacements: ['hash & (hash >>> 14)'],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'hashAt',
    original: 'hash >>> 14',
    replacements: ['hash << 14'],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'hashAt',
    original: 'HASHES - 1',
    replacements: ['HASHES + 1'],
    reason: HASH,
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'SecretSearch.replace',
    original: 'at + HEAD',
    replacements: ['at - HEAD'],
    reason: 'No piece that is shorter than a head is found.',
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'SecretSearch.replace',
    original: 'at > end || end === 0',
    replacements: ['at > end'],
    reason: 'Before the first secret, nothing is copied and everything starts at 0.',
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'SecretSearch.#release',
    original: '!known || --known.owners > 0',
    replacements: ['--known.owners > 0'],
    reason: 'A secret is released only after it was added.',
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'SecretSearch.#release.left',
    original: 'this.#byHead.get(head)?.filter((each) => each !== encoding) ?? []',
    replacements: ['this.#byHead.get(head)?.filter((each) => each !== encoding)'],
    reason: 'Each encoding of a secret is in the index.',
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'SecretSearch.#release.left',
    original: 'this.#byHead.get(head)?.filter((each) => each !== encoding)',
    replacements: ['this.#byHead.get(head).filter((each) => each !== encoding)'],
    reason: 'Each encoding of a secret is in the index.',
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'SecretSearch.#release',
    original: 'left.length > 0',
    replacements: ['left.length >= 0', 'true'],
    reason: 'An empty list finds nothing.',
  },
  {
    file: 'src/core/base/secretSearch.ts',
    place: 'encodingsOf',
    original: '!texts.has(text)',
    replacements: ['true'],
    reason: 'Which of two equal encodings is kept does not matter.',
  },
  {
    file: 'src/core/oauth/tokenResponse.ts',
    place: 'parseTokenResponse.tokenType',
    original: "'bearer'",
    replacements: ["''"],
    reason: 'An empty type counts as bearer.',
  },
  {
    file: 'src/core/oauth/tokenResponse.ts',
    place: 'tokenOf',
    original: "typeof value === 'string' && NO_TOKENS.has(value)",
    replacements: ['NO_TOKENS.has(value)'],
    reason: 'The set has only texts.',
  },
  {
    file: 'src/core/oauth/tokenResponse.ts',
    place: 'scopeOf.names',
    original: '/\\s+/',
    replacements: ['/\\s/'],
    reason: 'Empty names are not scopes.',
  },
  {
    file: 'src/core/serverErrors/classifyError.ts',
    place: 'authorizationFailure.parsed',
    original: "'json'",
    replacements: ["''"],
    reason: 'Only other forms are treated in another way.',
  },
  {
    file: 'src/core/serverErrors/classifyError.ts',
    place: 'authorizationFailure',
    original: "'authorize'",
    replacements: ["''"],
    reason: 'Only other steps are treated in another way.',
  },
  {
    file: 'src/core/serverErrors/classifyError.ts',
    place: 'retryAfterMs.value',
    original: "headers.get('retry-after')?.trim() ?? ''",
    replacements: ["headers.get('retry-after')?.trim()"],
    reason: '"undefined" is neither a number nor a date.',
  },
  {
    file: 'src/core/serverErrors/errorBody.ts',
    place: 'EMPTY_ERROR_BODY',
    original: "'empty'",
    replacements: ["''"],
    reason: 'Each use with a status sets the form, too.',
  },
  {
    file: 'src/core/serverErrors/errorBody.ts',
    place: 'parseErrorBody',
    original: "headers.get('content-type') ?? ''",
    replacements: ["headers.get('content-type')"],
    reason: '"null" is not the type of a web page.',
  },
  {
    file: 'src/core/oauth/callbackQuery.ts',
    place: 'stateOrNonce',
    original: "nonce !== '' && nonce === within",
    replacements: ['nonce === within'],
    reason: 'A nonce within a state is never empty.',
  },
  {
    file: 'src/core/connections/instance.ts',
    place: 'NINJAONE',
    original:
      '/^(?:[^.]+\\.)+(?:ninjarmm\\.com|rmmservice\\.(?:com|eu|ca)|rmmservices\\.net)$|^app\\.ninjaone\\.(?:com|us)$/',
    replacements: [
      '/(?:[^.]+\\.)+(?:ninjarmm\\.com|rmmservice\\.(?:com|eu|ca)|rmmservices\\.net)$|^app\\.ninjaone\\.(?:com|us)$/',
    ],
    reason: 'A domain name begins with a label, and any number of labels may come first.',
  },
  {
    file: 'src/core/api/apiClient.ts',
    place: 'ApiClient.#check',
    original: '!confirmation || this.#confirmed.get(confirmation) !== fingerprint(request)',
    replacements: ['this.#confirmed.get(confirmation) !== fingerprint(request)'],
    reason: 'Nothing is stored for an undefined confirmation.',
  },
  {
    file: 'src/core/api/apiClient.ts',
    place: 'fingerprint.target',
    original: "body ?? ''",
    replacements: ['body'],
    reason: 'No request has an empty body.',
  },
  {
    file: 'src/core/export/requestSecrets.ts',
    place: 'variableOf.words',
    original: '/^_+|_+$/g',
    replacements: ['/^_+|_$/g', '/^_|_+$/g'],
    reason: 'The line before makes one character of several.',
  },
  {
    file: 'src/core/requests/missingPasswords.ts',
    place: 'storedText.left',
    original: 'passwordValues(text, operation) ?? []',
    replacements: ['passwordValues(text, operation)'],
    reason: 'It is only missing if the text is not JSON, and then nothing is stored.',
  },
  {
    file: 'src/core/requests/missingPasswords.ts',
    place: 'emptyPlaces.passwords',
    original: '-1',
    replacements: ['1'],
    reason: MARKS,
  },
  {
    file: 'src/core/requests/missingPasswords.ts',
    place: 'emptyPlaces.passwords',
    original: "location.at(-1) ?? ''",
    replacements: ["''", 'location.at(-1)'],
    reason: MARKS,
  },
  {
    file: 'src/core/requests/missingPasswords.ts',
    place: 'emptyPlaces.places',
    original: 'missing.length === 0',
    replacements: ['false'],
    reason: 'Without a missing password, only time is saved.',
  },
  {
    file: 'src/core/responses/masking.ts',
    place: 'plainValue.parsed',
    original: "'\"'",
    replacements: ["''"],
    reason: PARSED,
  },
  {
    file: 'src/core/responses/masking.ts',
    place: 'plainValue.parsed',
    original: "value.startsWith('\"')",
    replacements: ['true'],
    reason: PARSED,
  },
  {
    file: 'src/core/api/apiRequest.ts',
    place: 'matchesPathTemplate',
    original: "segments[index] ?? ''",
    replacements: ['segments[index]'],
    reason: 'Both lists have the same length.',
  },
];

export function isEquivalent(file: string, mutant: Mutant, list = EQUIVALENTS): boolean {
  return list.some((entry) => matches(entry, file, mutant));
}

/** What the list names and the sources no longer have, a line each. */
export function staleEquivalents(file: string, mutants: readonly Mutant[], list = EQUIVALENTS): string[] {
  return list
    .filter((entry) => entry.file === file)
    .flatMap((entry) =>
      entry.replacements
        .filter(
          (replacement) => !mutants.some((each) => matches({ ...entry, replacements: [replacement] }, file, each)),
        )
        .map((replacement) => `${file}: ${entry.place}: ${entry.original} → ${replacement}`),
    );
}

function matches(entry: Equivalent, file: string, { place, original, replacement }: Mutant): boolean {
  const isPiece = entry.file === file && entry.place === place && entry.original === original;
  return isPiece && entry.replacements.includes(replacement);
}
