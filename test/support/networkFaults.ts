import type { AnyFault } from './faultNetwork.ts';

/** A fault and the error codes to which it leads, by what was requested. */
export interface FaultRow {
  readonly name: string;
  readonly fault: AnyFault;
  readonly codes: Codes;
  /** Only a time-out ends the request. */
  readonly hangs?: true;
  /** The server did what was asked, and the client does not know it. */
  readonly isLost?: true;
  /** For how long the server is left alone, in milliseconds; undefined if it asked for no pause. */
  readonly pause?: readonly [least: number, most: number];
}

export interface Codes {
  readonly token: string;
  /** Undefined for a response that is shown as it is. */
  readonly get: string | undefined;
  /** `api.unknownOutcome` wherever nothing proves that the write was not executed. */
  readonly write: string | undefined;
  readonly spec: string;
}

/** The same code everywhere, and an unknown outcome for a write, which may have arrived. */
function network(code: string): Codes {
  return { ...all(code), write: 'api.unknownOutcome' };
}

/** A fault after which certainly nothing was done, with the same code everywhere. */
function notDone(name: string, code: string, fault: AnyFault): FaultRow {
  return { name, fault, codes: all(code) };
}

const HTML = { 'content-type': 'text/html' };
const PORTAL = '<!DOCTYPE html><html><body>Welcome to the Wi-Fi of the hotel</body></html>';
const ERROR_PAGE = '<html><head><title>Error</title></head><body>nginx</body></html>';

function answer(status: number, headers: Readonly<Record<string, string>>, body: string): AnyFault {
  return { at: 'request', kind: 'answer', status, headers, body };
}

/** Every fault on the way to a server and back (A8). `now`, in milliseconds, is for the dates in responses. */
export function networkFaults(now: number): FaultRow[] {
  const minute = new Date(now + 60_000).toUTCString();
  const retryAfter: readonly [what: string, value: string | undefined, pause?: FaultRow['pause']][] = [
    ['no Retry-After', undefined],
    ['Retry-After 0', '0', [0, 0]],
    ['a negative Retry-After', '-5'],
    ['Retry-After as a date', minute, [20_000, 60_000]],
    ['a past date as Retry-After', 'Wed, 21 Oct 2015 07:28:00 GMT', [0, 0]],
    ['an absurd Retry-After', '1000000000', [300_000, 300_000]],
    ['garbage as Retry-After', 'soon'],
  ];
  const reset = network('network.reset');
  const timeout = network('network.timeout');
  const webPage: Codes = { ...all('server.webPage'), spec: 'catalog.notThere' };
  return [
    notDone('a host that is not found', 'network.dns', { at: 'name', code: 'ENOTFOUND' }),
    notDone('a name server that does not answer', 'network.offline', { at: 'name', code: 'EAI_AGAIN' }),
    notDone('a refused connection', 'network.refused', { at: 'dial' }),
    notDone('a proxy that wants a password (407)', 'network.proxy', { at: 'proxy', kind: 'password' }),
    notDone('a proxy that does not reach the host', 'network.proxy', { at: 'proxy', kind: 'unknownHost' }),
    notDone('a proxy that is not running', 'network.proxy', { at: 'proxy', kind: 'down' }),
    { name: 'a connection that is reset at once', fault: { at: 'connection', kind: 'reset' }, codes: reset },
    { name: 'a connection that hangs', fault: { at: 'connection', kind: 'hang' }, codes: timeout, hangs: true },
    notDone('plain text instead of TLS', 'network.tls', { at: 'connection', kind: 'plainText' }),
    notDone('an untrusted certificate', 'network.tls', { at: 'connection', kind: 'untrusted' }),
    notDone('an expired certificate', 'network.tls', { at: 'connection', kind: 'expired' }),
    notDone('the certificate of another host', 'network.tls', { at: 'connection', kind: 'otherHost' }),
    { name: 'a reset before the server saw the request', fault: { at: 'request', kind: 'reset' }, codes: reset },
    { name: 'a request that is never answered', fault: { at: 'request', kind: 'hang' }, codes: timeout, hangs: true },
    {
      name: 'an answer that is no HTTP',
      fault: { at: 'request', kind: 'garbage' },
      // undici 7 gives this error no code.
      codes: network('network.failed'),
    },
    { name: 'a reset after the request', fault: { at: 'response', kind: 'reset' }, codes: reset, isLost: true },
    {
      name: 'a response that never comes',
      fault: { at: 'response', kind: 'hang' },
      codes: timeout,
      hangs: true,
      isLost: true,
    },
    {
      name: 'a response that drips',
      fault: { at: 'response', kind: 'drip' },
      codes: timeout,
      hangs: true,
      isLost: true,
    },
    { name: 'a response that is cut off', fault: { at: 'response', kind: 'cut' }, codes: reset, isLost: true },
    {
      name: 'a chunked response that is cut off',
      fault: { at: 'response', kind: 'cutChunked' },
      codes: reset,
      isLost: true,
    },
    {
      name: 'half of a JSON response',
      fault: { at: 'response', kind: 'half' },
      codes: { token: 'server.unreadable', get: undefined, write: 'api.unknownOutcome', spec: 'catalog.unreadable' },
      isLost: true,
    },
    {
      name: 'a refusal that quotes the request',
      fault: { at: 'request', kind: 'echo' },
      codes: { ...all('api.forbidden'), token: 'server.unavailable', spec: 'catalog.notThere' },
    },
    {
      name: 'status 407 of a proxy that reads the traffic',
      fault: answer(407, { 'proxy-authenticate': 'Basic realm="x"' }, ''),
      codes: network('network.proxyAnswer'),
    },
    {
      name: 'a captive portal with status 200',
      fault: answer(200, HTML, PORTAL),
      codes: { token: 'server.webPage', get: undefined, write: 'api.unknownOutcome', spec: 'catalog.notOpenApi' },
    },
    {
      name: 'a captive portal that redirects (302)',
      fault: answer(302, { location: 'https://portal.example/login' }, ''),
      codes: network('network.redirect'),
    },
    {
      name: 'a redirect that would repeat the body (307)',
      fault: answer(307, { location: 'https://evil.example/ws/oauth/token' }, ''),
      codes: network('network.redirect'),
    },
    {
      name: 'a redirect to the same host without TLS (302)',
      fault: answer(302, { location: 'http://eu.ninjarmm.com/' }, ''),
      codes: network('network.redirect'),
    },
    {
      name: 'a captive portal with status 511',
      fault: answer(511, HTML, PORTAL),
      codes: { ...webPage, write: 'api.unknownOutcome' },
    },
    ...[429, 503].flatMap((status): FaultRow[] => {
      const json = { 'content-type': 'application/json' };
      const code = status === 429 ? 'server.busy' : 'server.unavailable';
      return retryAfter.map(([what, value, pause]) => ({
        name: `status ${status} with ${what}`,
        fault: answer(status, { ...json, ...(value !== undefined && { 'retry-after': value }) }, '{"message":"wait"}'),
        codes: {
          ...all(code),
          spec: 'catalog.notThere',
          ...(status === 503 && { write: 'api.unknownOutcome' }),
        },
        ...(pause && { pause }),
      }));
    }),
    ...[500, 501, 502, 503, 504].map((status): FaultRow => ({
      name: `status ${status} with a web page`,
      fault: answer(status, HTML, ERROR_PAGE),
      codes: {
        ...all('server.unavailable'),
        spec: webPage.spec,
        write: 'api.unknownOutcome',
      },
    })),
  ];
}

function all(code: string): Codes {
  return { token: code, get: code, write: code, spec: code };
}
