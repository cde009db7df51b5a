import assert from 'node:assert/strict';
import { toNetworkError } from '../../../src/core/http/networkErrors.ts';

describe('toNetworkError', () => {
  const url = new URL('https://eu.ninjarmm.com/v2');

  const rows: readonly (readonly [string, unknown, string, RegExp])[] = [
    ['an unknown host', cause('ENOTFOUND', { hostname: 'eu.ninjarmm.com' }), 'network.dns', /find the host/],
    [
      'an unreachable DNS server',
      cause('EAI_AGAIN', { hostname: 'eu.ninjarmm.com' }),
      'network.offline',
      /internet connection/,
    ],
    ['an unreachable network', cause('ENETUNREACH'), 'network.offline', /internet connection/],
    ['an unreachable host', cause('EHOSTUNREACH'), 'network.offline', /internet connection/],
    ['a refused connection', cause('ECONNREFUSED', { port: 443 }), 'network.refused', /refused/],
    ['a reset connection', cause('ECONNRESET'), 'network.reset', /ECONNRESET/],
    ['a connection that the server closed', cause('UND_ERR_SOCKET'), 'network.reset', /was lost/],
    ['a response that is not HTTP', cause('HPE_INVALID_CONSTANT'), 'network.reset', /was lost/],
    ['a damaged gzip body', cause('Z_DATA_ERROR'), 'network.reset', /was lost/],
    ['a slow connection', cause('UND_ERR_CONNECT_TIMEOUT'), 'network.timeout', /in time/],
    ['slow headers', cause('UND_ERR_HEADERS_TIMEOUT'), 'network.timeout', /in time/],
    ['a slow body', cause('UND_ERR_BODY_TIMEOUT'), 'network.timeout', /in time/],
    ['a time-out of the system', cause('ETIMEDOUT', { port: 443 }), 'network.timeout', /in time/],
    ['a private certificate authority', cause('SELF_SIGNED_CERT_IN_CHAIN'), 'network.tls', /http\.systemCertificates/],
    [
      'a missing issuer certificate',
      cause('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'),
      'network.tls',
      /http\.systemCertificates/,
    ],
    ['an unverifiable leaf certificate', cause('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'network.tls', /not trusted/],
    ['a self-signed certificate', cause('DEPTH_ZERO_SELF_SIGNED_CERT'), 'network.tls', /not trusted/],
    ['an expired certificate', cause('CERT_HAS_EXPIRED'), 'network.tls', /date and time/],
    ['a certificate that is not yet valid', cause('CERT_NOT_YET_VALID'), 'network.tls', /date and time/],
    [
      'a certificate of another host',
      cause('ERR_TLS_CERT_ALTNAME_INVALID', { host: 'x' }),
      'network.tls',
      /another host/,
    ],
    ['a failed TLS handshake', cause('EPROTO'), 'network.tls', /EPROTO/],
    ['a wrong TLS version', cause('ERR_SSL_WRONG_VERSION_NUMBER'), 'network.tls', /ERR_SSL_WRONG_VERSION_NUMBER/],
    ['status 407 of a proxy', proxy(407), 'network.proxy', /password/],
    ['status 403 of a proxy', proxy(403), 'network.proxy', /proxy/],
    ['a proxy status from VS Code', cause('', { connectResponseStatusCode: 502 }), 'network.proxy', /proxy/],
    ['a proxy that refuses the connection', cause('ECONNREFUSED', { port: 3128 }), 'network.proxy', /ECONNREFUSED/],
    ['an unknown proxy host', cause('ENOTFOUND', { hostname: 'proxy.corp' }), 'network.proxy', /proxy/],
    ['a TLS error of the proxy', cause('UND_ERR_PRX_TLS'), 'network.proxy', /proxy/],
    ['a closed transport', cause('UND_ERR_CLOSED'), 'network.aborted', /Canceled/],
    ['an unknown code', cause('EWHATEVER'), 'network.failed', /EWHATEVER/],
    ['an error without a code', new TypeError('fetch failed'), 'network.failed', /unknown/],
    ['a hostile code', cause('[x](command:y)'), 'network.failed', /unknown/],
    ['an undefined error', undefined, 'network.failed', /unknown/],
    ['a string instead of an error', 'broken', 'network.failed', /unknown/],
  ];

  for (const [name, error, code, message] of rows) {
    it(`maps ${name} to ${code} (A8)`, () => {
      const failure = toNetworkError(error, url);
      assert.equal(failure.code, code);
      assert.equal(failure.intent, code === 'network.aborted' ? 'canceled' : 'transient');
      assert.match(failure.message, message);
      assert.doesNotMatch(failure.message, /[{}]/);
      assert.ok(failure.intent === 'canceled' || (failure.action !== undefined && failure.message.includes(url.host)));
      assert.equal(failure.cause, undefined);
    });
  }

  it('picks the most specific error of a host with several addresses', () => {
    const both = new AggregateError([coded('ENETUNREACH'), coded('ECONNREFUSED', { port: 443 })], 'all failed');
    assert.equal(toNetworkError(new TypeError('fetch failed', { cause: both }), url).code, 'network.refused');
  });

  it('accepts a circular and a very long chain of causes', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });
    assert.equal(toNetworkError(error, url).code, 'network.failed');
    let deep: unknown = coded('ECONNRESET');
    for (let i = 0; i < 10_000; i++) {
      deep = new Error('more', { cause: deep });
    }
    assert.equal(toNetworkError(deep, url).code, 'network.failed');
  });

  function cause(code: string, fields: object = {}): Error {
    return new TypeError('fetch failed', { cause: coded(code, fields) });
  }

  function proxy(status: number): Error {
    const error = new Error(`Proxy response (${status}) !== 200 when HTTP Tunneling`);
    return new TypeError('fetch failed', { cause: Object.assign(error, { code: 'UND_ERR_ABORTED' }) });
  }

  function coded(code: string, fields: object = {}): Error {
    return Object.assign(new Error('secret of the request'), { code, ...fields });
  }
});
