import assert from 'node:assert/strict';
import { formatMessage } from '../../../src/core/base/messages.ts';
import {
  checkNetworkSettings,
  hasProxy,
  withoutCredentials,
  type NetworkSettings,
} from '../../../src/core/diagnostics/networkSettings.ts';

const NO_SETTINGS: NetworkSettings['settings'] = {
  'http.proxy': undefined,
  'http.proxyAuthorization': undefined,
  'http.proxySupport': 'override',
  'http.noProxy': undefined,
  'http.systemCertificates': true,
};

describe('network settings in the diagnosis', () => {
  async function rows(
    environment: Readonly<Record<string, string>>,
    settings: Partial<NetworkSettings['settings']> = {},
    canRead = true,
  ): Promise<string> {
    const checks = await checkNetworkSettings({
      settings: { ...NO_SETTINGS, ...settings },
      environment,
      canRead: () => (canRead ? Promise.resolve(true) : Promise.reject(new Error('no such file'))),
    });
    return checks
      .map(({ name, verdict, texts }) =>
        [verdict, ...[name, ...texts].map((text) => (typeof text === 'string' ? text : formatMessage(text)))].join(' '),
      )
      .join('\n');
  }

  for (const [text, shown] of [
    ['http://proxy:8080', 'http://proxy:8080'],
    ['http://tech:pass-word-1@proxy:8080/', 'http://…@proxy:8080'],
    ['https://tech%40acme:pass-word-1@proxy', 'https://…@proxy'],
    ['https://pass-word-1@proxy', 'https://…@proxy'],
    ['http://a@b:pass-word-1@proxy:8080', 'http://…@proxy:8080'],
    ['socks5://proxy:1080', 'socks5://proxy:1080'],
    ['http://proxy:8080/?key=pass-word-1#pass-word-1', 'http://proxy:8080'],
    ['http://tech:80#pass-word-1@proxy:8080', undefined],
    ['http://tech:80/pass-word-1@proxy:8080', undefined],
    ['http://tech:pass-word-1#x@proxy:8080', undefined],
    ['proxy.acme.example:8080', undefined],
    ['tech:pass-word-1@proxy:8080', undefined],
    ['file:///pass-word-1', undefined],
    ['pass-word-1', undefined],
  ] as const) {
    it(`shows no login of the proxy ${text} (P9)`, () => {
      assert.equal(withoutCredentials(text), shown);
    });
  }

  it('shows no password of a setting or variable, whatever its form (P9)', async () => {
    const report = await rows(
      {
        HTTPS_PROXY: 'http://u:pass-word-1@proxy:1',
        http_proxy: 'u:pass-word-1@proxy:2',
        ALL_PROXY: 'http://u:1#pass-word-1@proxy:3',
        no_proxy: 'a.example, u:pass-word-1@b.example,,c.example',
      },
      {
        'http.proxy': 'http://u:pass-word-1@proxy:4',
        'http.proxyAuthorization': 'Basic pass-word-1',
        'http.noProxy': ['d.example', 'u:pass-word-1@e.example', 5],
      },
    );
    assert.doesNotMatch(report, /pass-word-1/);
    assert.match(report, /^fact HTTPS_PROXY http:\/\/…@proxy:1$/m);
    assert.match(report, /^problem HTTP_PROXY The value is not the address of a proxy/m);
    assert.match(report, /^problem ALL_PROXY /m);
    assert.match(report, /^fact NO_PROXY a.example, c.example$/m);
    assert.match(report, /^fact http.proxy http:\/\/…@proxy:4$/m);
    assert.match(report, /^fact http.proxyAuthorization Set. Its value is not shown.$/m);
    assert.match(report, /^fact http.noProxy d.example$/m);
  });

  it('warns of settings that turn off the proxy or the certificates of the system', async () => {
    const report = await rows({}, { 'http.proxySupport': 'off', 'http.systemCertificates': false });
    assert.match(report, /^unknown http.proxySupport The proxy settings are not used/m);
    assert.match(report, /^unknown http.systemCertificates Certificates of the operating system are not trusted/m);
    assert.match(await rows({}), /^fact http.proxy Not set.\nfact http.proxySupport override\nok Certificates /);
  });

  for (const [name, environment, settings, expected] of [
    ['nothing', {}, {}, false],
    ['an empty setting', {}, { 'http.proxy': '' }, false],
    ['a setting', {}, { 'http.proxy': 'http://proxy' }, true],
    ['a variable', { https_proxy: 'http://proxy' }, {}, true],
    ['a proxy that is turned off', { HTTPS_PROXY: 'http://proxy' }, { 'http.proxySupport': 'off' }, false],
  ] as const) {
    it(`knows whether a proxy is set by ${name}`, () => {
      assert.equal(hasProxy({ environment, settings: { ...NO_SETTINGS, ...settings } }), expected);
    });
  }

  it('tells that certificates are not checked, and names the variable (A18)', async () => {
    assert.match(
      await rows({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
      /^problem Certificates .* NODE_TLS_REJECT_UNAUTHORIZED. Remove the variable/m,
    );
    assert.match(await rows({ NODE_TLS_REJECT_UNAUTHORIZED: '1' }), /^ok Certificates /m);
  });

  it('tells whether the file with more certificates can be read, without its path', async () => {
    const environment = { NODE_EXTRA_CA_CERTS: '/home/joe/authority.pem' };
    assert.match(await rows(environment), /^ok More certificates The file .* can be read.$/m);
    const report = await rows(environment, {}, false);
    assert.match(report, /^problem More certificates The file .* cannot be read. Correct the variable/m);
    assert.doesNotMatch(report, /joe/);
  });
});
