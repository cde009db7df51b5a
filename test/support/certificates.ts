import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/**
 * A private certificate authority for TLS tests, made in memory: no file, no external tool, and nothing in the
 * repository that expires.
 */
export function createAuthority(): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = certificate({ subject: AUTHORITY_NAME, publicKey: keys.publicKey, signer: keys.privateKey });
  return {
    cert,
    issue: (...names) => issue(names, keys.privateKey, {}),
    issueExpired: (...names) => issue(names, keys.privateKey, { isExpired: true }),
  };
}

export interface Authority {
  /** PEM. A client that trusts it also trusts the certificates that it issues. */
  readonly cert: string;
  /** Key and certificate (PEM) of a server with these DNS names or IPv4 addresses. */
  readonly issue: (...names: string[]) => { readonly key: string; readonly cert: string };
  /** The same, valid until yesterday. */
  readonly issueExpired: Authority['issue'];
}

function issue(
  names: readonly string[],
  signer: KeyObject,
  { isExpired }: Pick<CertificateRequest, 'isExpired'>,
): ReturnType<Authority['issue']> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    cert: certificate({ subject: names[0] ?? 'test', names, publicKey, signer, isExpired }),
  };
}

interface CertificateRequest {
  readonly subject: string;
  /** DNS names and IPv4 addresses of a server; absent for the authority itself. */
  readonly names?: readonly string[];
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly isExpired?: boolean | undefined;
}

const AUTHORITY_NAME = 'Test authority';

/** RFC 5280 §4.1. */
function certificate({ subject, names, publicKey, signer, isExpired }: CertificateRequest): string {
  const [from, until] = (isExpired ? [-2, -1] : [-1, 1]).map((days) => new Date(Date.now() + days * 86_400_000));
  const content = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    name(AUTHORITY_NAME),
    sequence(time(from), time(until)),
    name(subject),
    publicKey.export({ format: 'der', type: 'spki' }),
    tagged(3, sequence(names ? alternativeNames(names) : AUTHORITY_EXTENSION)),
  );
  const signature = sign('sha256', content, signer);
  const der = sequence(content, ECDSA_WITH_SHA256, element(0x03, Buffer.from([0]), signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

const ECDSA_WITH_SHA256 = element(0x30, identifier('2a8648ce3d040302'));
/** RFC 5280 §4.2.1.9: critical, cA true. */
const AUTHORITY_EXTENSION = sequence(
  identifier('551d13'),
  element(0x01, Buffer.from([0xff])),
  element(0x04, sequence(element(0x01, Buffer.from([0xff])))),
);

/** RFC 5280 §4.2.1.6. */
function alternativeNames(names: readonly string[]): Buffer {
  const entries = names.map((value) =>
    /^\d+(\.\d+){3}$/.test(value)
      ? element(0x87, Buffer.from(value.split('.').map(Number)))
      : element(0x82, Buffer.from(value)),
  );
  return sequence(identifier('551d11'), element(0x04, sequence(...entries)));
}

function name(commonName: string): Buffer {
  return sequence(element(0x31, sequence(identifier('550403'), element(0x0c, Buffer.from(commonName)))));
}

function time(date = new Date()): Buffer {
  const digits = date.toISOString().replace(/\D/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`));
}

function identifier(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'));
}

function integer(value: Buffer): Buffer {
  return element(0x02, value);
}

function tagged(tag: number, content: Buffer): Buffer {
  return element(0xa0 + tag, content);
}

function sequence(...contents: Buffer[]): Buffer {
  return element(0x30, ...contents);
}

/** Tag, length and value as DER encodes them. */
function element(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
