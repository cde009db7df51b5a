import assert from 'node:assert/strict';
import { toNetworkError } from '../../../src/core/http/networkErrors.ts';

describe('Network failures', () => {
  const url = new URL('https://eu.ninjarmm.com/v2');

  const rows: readonly (readonly [string, unknown, string, RegExp])[] = [
    ['unknown host', cause('ENOTFOUND', { hostname: 'eu.ninjarmm.com' }), 'network.dns', /not found/],
    ['no resolver', cause('EAI_AGAIN', { hostname: 'eu.ninjarmm.com' }), 'network.offline', /online/],
    ['no network', cause('ENETUNREACH'), 'network.offline', /online/],
    ['no route', cause('EHOSTUNREACH'), 'network.offline', /online/],
    ['refused', cause('ECONNREFUSED', { port: 443 }), 'network.refused', /refused/],
    ['reset', cause('ECONNRESET'), 'network.reset', /ECONNRESET/],
    ['other side closed', cause('UND_ERR_SOCKET'), 'network.reset', /broke/],
    ['not HTTP', cause('HPE_INVALID_CONSTANT'), 'network.reset', /broke/],
    ['broken gzip', cause('Z_DATA_ERROR'), 'network.reset', /broke/],
    ['slow connect', cause('UND_ERR_CONNECT_TIMEOUT'), 'network.timeout', /in time/],
    ['slow headers', cause('UND_ERR_HEADERS_TIMEOUT'), 'network.timeout', /in time/],
    ['slow body', cause('UND_ERR_BODY_TIMEOUT'), 'network.timeout', /in time/],
    ['system time-out', cause('ETIMEDOUT', { port: 443 }), 'network.timeout', /in time/],
    ['own CA', cause('SELF_SIGNED_CERT_IN_CHAIN'), 'network.tls', /http\.systemCertificates/],
    ['no issuer', cause('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), 'network.tls', /http\.systemCertificates/],
    ['no leaf', cause('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'network.tls', /not trusted/],
    ['self-signed', cause('DEPTH_ZERO_SELF_SIGNED_CERT'), 'network.tls', /not trusted/],
    ['expired', cause('CERT_HAS_EXPIRED'), 'network.tls', /clock/],
    ['not yet valid', cause('CERT_NOT_YET_VALID'), 'network.tls', /clock/],
    ['wrong name', cause('ERR_TLS_CERT_ALTNAME_INVALID', { host: 'x' }), 'network.tls', /another host/],
    ['handshake', cause('EPROTO'), 'network.tls', /EPROTO/],
    ['SSL', cause('ERR_SSL_WRONG_VERSION_NUMBER'), 'network.tls', /ERR_SSL_WRONG_VERSION_NUMBER/],
    ['proxy 407', proxy(407), 'network.proxy', /password/],
    ['proxy 403', proxy(403), 'network.proxy', /proxy/],
    ['proxy status of VS Code', cause('', { connectResponseStatusCode: 502 }), 'network.proxy', /proxy/],
    ['proxy refused', cause('ECONNREFUSED', { port: 3128 }), 'network.proxy', /ECONNREFUSED/],
    ['proxy unknown', cause('ENOTFOUND', { hostname: 'proxy.corp' }), 'network.proxy', /proxy/],
    ['proxy TLS', cause('UND_ERR_PRX_TLS'), 'network.proxy', /proxy/],
    ['transport closed', cause('UND_ERR_CLOSED'), 'network.aborted', /Canceled/],
    ['unknown code', cause('EWHATEVER'), 'network.failed', /EWHATEVER/],
    ['no code', new TypeError('fetch failed'), 'network.failed', /unknown/],
    ['hostile code', cause('[x](command:y)'), 'network.failed', /unknown/],
    ['undefined', undefined, 'network.failed', /unknown/],
    ['a string', 'broken', 'network.failed', /unknown/],
  ];

  for (const [name, error, code, message] of rows) {
    it(`A8: ${name} is ${code}`, () => {
      const failure = toNetworkError(error, url);
      assert.equal(failure.code, code);
      assert.equal(failure.intent, code === 'network.aborted' ? 'canceled' : 'transient');
      assert.match(failure.message, message);
      assert.doesNotMatch(failure.message, /[{}]/);
      assert.ok(failure.intent === 'canceled' || (failure.action !== undefined && failure.message.includes(url.host)));
      assert.equal(failure.cause, undefined);
    });
  }

  it('reads every error of a host with several addresses and takes the most telling one', () => {
    const both = new AggregateError([coded('ENETUNREACH'), coded('ECONNREFUSED', { port: 443 })], 'all failed');
    assert.equal(toNetworkError(new TypeError('fetch failed', { cause: both }), url).code, 'network.refused');
  });

  it('survives a chain that bites its tail and one without end', () => {
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
