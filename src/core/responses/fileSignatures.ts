/**
 * The ending of a kind of file that its first bytes show, because servers send all kinds as `application/octet-stream` or
 * without a type. `undefined` for text and unknown kinds.
 */
export function signatureEnding(body: Uint8Array): string | undefined {
  const start = Buffer.from(body.subarray(0, 8)).toString('latin1');
  return SIGNATURES.find(([signature]) => start.startsWith(signature))?.[1];
}

const SIGNATURES: readonly (readonly [start: string, ending: string])[] = [
  ['%PDF', 'pdf'],
  ['\x89PNG', 'png'],
  ['\xff\xd8\xff', 'jpg'],
  ['GIF8', 'gif'],
  ['PK\x03\x04', 'zip'],
  ['PK\x05\x06', 'zip'],
  ['\x1f\x8b', 'gz'],
];
