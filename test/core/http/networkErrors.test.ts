import assert from 'node:assert/strict';
import { networkError, toNetworkError } from '../../../src/core/http/networkErrors.ts';

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

  const kinds: readonly (readonly [code: string, kind: string, action: string | undefined, words: RegExp])[] = [
    ['UND_ERR_DESTROYED', 'aborted', undefined, /Canceled/],
    ['UND_ERR_PRX_TLS', 'proxy', 'openProxySettings', /Cannot use the proxy/],
    ['CERT_HAS_EXPIRED', 'tls', 'retry', /date and time/],
    ['HOSTNAME_MISMATCH', 'tls', 'editConnection', /another host/],
    ...[
      ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      ...['SELF_SIGNED_CERT_IN_CHAIN', 'CERT_UNTRUSTED', 'CERT_REJECTED', 'CERT_REVOKED', 'INVALID_CA'],
    ].map((code) => [code, 'tls', 'openProxySettings', /not trusted/] as const),
    ...[
      ...['CERT_CHAIN_TOO_LONG', 'CRL_HAS_EXPIRED', 'UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'ERR_TLS_HANDSHAKE_TIMEOUT'],
      ...['ERR_SSL_NO_CIPHERS', 'ERROR_IN_CERT_NOT_AFTER_FIELD', 'INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED', 'EPROTO'],
    ].map((code) => [code, 'tls', 'openProxySettings', /secure connection/] as const),
    ['ECONNREFUSED', 'refused', 'retry', /refused the connection/],
    ['ETIMEDOUT', 'timeout', 'retry', /in time/],
    ...[
      ...['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_SOCKET', 'Z_BUF_ERROR'],
      ...['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'UND_ERR_HEADERS_OVERFLOW', 'HPE_HEADER_OVERFLOW'],
    ].map((code) => [code, 'reset', 'retry', /was lost/] as const),
    ['ENOTFOUND', 'dns', 'retry', /find the host/],
    ['ENODATA', 'dns', 'retry', /find the host/],
    ...['EAI_AGAIN', 'EAI_FAIL', 'ENETUNREACH', 'ENETDOWN', 'EHOSTUNREACH', 'EHOSTDOWN', 'EADDRNOTAVAIL'].map(
      (code) => [code, 'offline', 'retry', /from this network/] as const,
    ),
    // None of the above, although a part of the code looks like it.
    ...[
      ...['MY_CERT_UNTRUSTED', 'MY_CERT_CHAIN', 'MY_ECONNRESET', 'ECONNRESET_2', 'MY_UND_ERR_BODY_TIMEOUT'],
      ...['UND_ERR_BODY_TIMEOUT_2', 'EPROTOTYPE'],
    ].map((code) => [code, 'failed', 'retry', /failed/] as const),
  ];
  for (const [code, kind, action, words] of kinds) {
    it(`offers ${action ?? 'nothing'} for ${code} (A8)`, () => {
      const failure = toNetworkError(cause(code), url);
      assert.deepEqual([failure.code, failure.action], [`network.${kind}`, action]);
      assert.match(failure.message, words);
    });
  }

  it('offers the proxy settings when the proxy wants a password (A8)', () => {
    assert.equal(toNetworkError(proxy(407), url).action, 'openProxySettings');
  });

  it('does not call it a proxy when the machine is the requested one (A8)', () => {
    const kindOf = (address: string, fields: object): string =>
      toNetworkError(cause('ECONNREFUSED', fields), new URL(address)).code;
    assert.equal(kindOf('https://a.example', { port: 443, hostname: 'a.example' }), 'network.refused');
    assert.equal(kindOf('http://localhost:7777', { port: 7777 }), 'network.refused');
    assert.equal(kindOf('http://localhost', { port: 80 }), 'network.refused');
    assert.equal(kindOf('http://localhost', { port: 443 }), 'network.proxy');
    assert.equal(kindOf('https://a.example', { port: '3128' }), 'network.refused');
    assert.equal(kindOf('https://a.example', { connectResponseStatusCode: 200 }), 'network.refused');
  });

  it('gives the code of the error that decided, and no text that is not a code (A8)', () => {
    const both = new AggregateError([coded('ENETUNREACH'), coded('EPROTO')], 'all failed');
    assert.match(toNetworkError(both, url).message, /\(EPROTO\)/);
    for (const code of ['a b', 'E-X', `E${'X'.repeat(60)}`]) {
      assert.match(toNetworkError(cause(code), url).message, /\(unknown\)/);
    }
    assert.deepEqual(toNetworkError(cause('ECONNREFUSED'), url).args, [url.host]);
    const text = Object.assign(new Error('No: Proxy response (407)'), { code: 'EPROTO' });
    assert.equal(toNetworkError(text, url).code, 'network.tls');
  });

  it('finds the reason among 50 errors, and survives null as a cause (A8)', () => {
    const chain = (length: number): unknown => {
      let error: unknown = coded('ECONNRESET');
      for (let index = 1; index < length; index++) {
        error = new Error('more', { cause: error });
      }
      return error;
    };
    assert.equal(toNetworkError(chain(50), url).code, 'network.reset');
    assert.equal(toNetworkError(chain(51), url).code, 'network.failed');
    assert.equal(toNetworkError(new Error('more', { cause: null }), url).code, 'network.failed');
  });

  it('names the host and what to do where a certificate is not checked, whatever failed (A18)', () => {
    const { code, action, message, args, intent } = networkError('checksOff', url);
    assert.deepEqual([code, intent, action, args], ['network.checksOff', 'transient', undefined, [url.host]]);
    assert.match(message, /^Nothing was sent to eu\.ninjarmm\.com, .*NODE_TLS_REJECT_UNAUTHORIZED.*restart VS Code\.$/);
    const unchecked = networkError('unchecked', url);
    assert.deepEqual(
      [unchecked.code, unchecked.intent, unchecked.action, unchecked.args],
      ['network.tls', 'transient', 'retry', [url.host]],
    );
    assert.match(unchecked.message, /^Nothing was sent to eu\.ninjarmm\.com, .*certificate is not valid.*try again\.$/);
  });

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
