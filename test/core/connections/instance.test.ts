import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { endpointsOf, parseInstance, PRESETS, type Instance } from '../../../src/core/connections/instance.ts';

describe('parseInstance', () => {
  describe('with a preset', () => {
    const hosts = { us: 'app', us2: 'us2', eu: 'eu', ca: 'ca', oc: 'oc', fed: 'fed' };

    for (const [preset, subdomain] of Object.entries(hosts)) {
      it(`accepts "${preset}" for ${subdomain}.ninjarmm.com, by name and by origin (P5)`, () => {
        const expected: Instance = {
          origin: `https://${subdomain}.ninjarmm.com`,
          label: preset,
          kind: 'ninjaone',
          host: `${subdomain}.ninjarmm.com`,
        };
        assert.deepEqual(accepted(preset), expected);
        assert.deepEqual(accepted(`https://${subdomain}.ninjarmm.com`), expected);
      });
    }

    it('accepts exactly six presets (P5)', () => {
      assert.deepEqual(Object.keys(PRESETS), Object.keys(hosts));
      for (const name of ['EU', ' eu', 'app', 'jp', 'constructor', '__proto__', 'toString']) {
        refused(name);
      }
    });
  });

  describe("with a host of NinjaOne's own domains", () => {
    for (const host of [
      'jp.ninjarmm.com',
      'acme.rmmservice.com',
      'acme.rmmservice.eu',
      'acme.rmmservice.ca',
      'acme.rmmservices.net',
      'app.ninjaone.com',
      'app.ninjaone.us',
      'a.b.ninjarmm.com',
      'axn--b.ninjarmm.com',
    ]) {
      it(`needs no confirmation for ${host} (P5)`, () => {
        assert.deepEqual(accepted(`https://${host}`), {
          origin: `https://${host}`,
          label: host,
          kind: 'ninjaone',
          host,
        });
      });
    }
  });

  describe('with any other host', () => {
    for (const host of [
      'ninjarmm.com',
      'rmmservice.com',
      'rmmservices.net',
      'ninjaone.com',
      'www.ninjaone.com',
      'evil.app.ninjaone.com',
      'evilapp.ninjaone.com',
      'app.ninjaone.eu',
      'ninjarmm.com.evil.example',
      'app.ninjarmm.com.evil.example',
      'app.ninjaone.com.evil.example',
      'evilninjarmm.com',
      'app.evilninjarmm.com',
      'app.ninjarmm.com-evil.example',
      'app-ninjarmm.com',
      'acme.rmmservice.net',
      'acme.rmmservices.com',
      'rmm.acme.example',
    ]) {
      it(`requires a confirmation for ${host} (T22)`, () => {
        assert.deepEqual(accepted(`https://${host}`), { origin: `https://${host}`, label: host, kind: 'custom', host });
      });
    }

    it('never mistakes a homograph for NinjaOne, and shows its punycode form (T22)', () => {
      for (const [written, host] of [
        ['https://\u0430pp.ninjarmm.com', 'xn--pp-6kc.ninjarmm.com'],
        ['https://xn--pp-6kc.ninjarmm.com', 'xn--pp-6kc.ninjarmm.com'],
        ['https://eu.xn--pp-6kc.ninjarmm.com', 'eu.xn--pp-6kc.ninjarmm.com'],
        ['https://app.ninj\u0430rmm.com', 'app.xn--ninjrmm-5fg.com'],
        ['https://B\u00fccher.example', 'xn--bcher-kva.example'],
      ] as const) {
        const instance = accepted(written);
        assert.deepEqual(instance, { origin: `https://${host}`, label: host, kind: 'custom', host });
      }
    });
  });

  describe('with another spelling of an origin', () => {
    for (const text of [
      'https://eu.ninjarmm.com/',
      'https://eu.ninjarmm.com:443',
      'https://eu.ninjarmm.com:443/',
      'HTTPS://EU.NinjaRMM.com',
    ]) {
      it(`accepts ${text} (P5)`, () => {
        assert.equal(accepted(text).origin, 'https://eu.ninjarmm.com');
        assert.equal(accepted(text).label, 'eu');
      });
    }
  });

  it('accepts a host of 253 characters, and none that is longer (T22)', () => {
    const labels = `${'a'.repeat(63)}.`.repeat(3);
    assert.equal(accepted(`https://${labels}${'b'.repeat(61)}`).host.length, 253);
    refused(`https://${labels}${'b'.repeat(62)}`);
  });

  describe('with http', () => {
    it('accepts 127.0.0.1 and localhost with a port (P5)', () => {
      assert.deepEqual(accepted('http://127.0.0.1:7777'), {
        origin: 'http://127.0.0.1:7777',
        label: '127.0.0.1:7777',
        kind: 'loopback',
        host: '127.0.0.1',
      });
      assert.deepEqual(accepted('http://localhost:1/'), {
        origin: 'http://localhost:1',
        label: 'localhost:1',
        kind: 'loopback',
        host: 'localhost',
      });
      assert.equal(accepted('http://localhost:80').label, 'localhost:80');
    });

    for (const text of [
      'http://eu.ninjarmm.com',
      'http://eu.ninjarmm.com:80',
      'http://localhost',
      'http://127.0.0.1',
      'http://127.0.0.1:0',
      'http://127.0.0.1:080',
      'http://127.0.0.1:65536',
      'http://127.0.0.1:',
      'http://127.1:7777',
      'http://127.0.0.2:7777',
      'http://0x7f000001:7777',
      'http://2130706433:7777',
      'http://[::1]:7777',
      'http://0.0.0.0:7777',
      'http://localhost.:7777',
      'http://a.localhost:7777',
      'http://localhost.evil.example:7777',
      'http://127.0.0.1.evil.example:7777',
      'http://localhost:7777/v2',
      'http://user@localhost:7777',
    ]) {
      it(`refuses ${text} (P5)`, () => {
        refused(text);
      });
    }
  });

  describe('with a tricky address', () => {
    const tricks: Record<string, readonly string[]> = {
      'other schemes': ['ftp://eu.ninjarmm.com', 'javascript:alert(1)', 'ws://eu.ninjarmm.com', '//eu.ninjarmm.com'],
      'a missing or short scheme': ['eu.ninjarmm.com', 'https:eu.ninjarmm.com', 'https:/eu.ninjarmm.com', 'https://'],
      'user info': ['https://app.ninjarmm.com@evil.example', 'https://u:p@eu.ninjarmm.com', 'https://@eu.ninjarmm.com'],
      'other ports': ['https://eu.ninjarmm.com:8443', 'https://eu.ninjarmm.com:80', 'https://eu.ninjarmm.com:0443'],
      'a path': [
        'https://eu.ninjarmm.com/v2',
        'https://eu.ninjarmm.com//',
        'https://eu.ninjarmm.com/..',
        'https://a.b/./',
      ],
      'a query or fragment': [
        'https://eu.ninjarmm.com?',
        'https://eu.ninjarmm.com?a=b',
        'https://eu.ninjarmm.com/#/x',
        'https://eu.ninjarmm.com#',
      ],
      'an IPv4 address in any spelling': [
        'https://10.0.0.1',
        'https://127.1',
        'https://1.1',
        'https://2130706433',
        'https://0x7f000001',
        'https://0x7f.1',
        'https://0177.0.0.1',
        'https://017700000001',
        'https://127.0.0.1.',
        'https://\uff11\uff12\uff17.0.0.1',
        'https://169.254.169.254',
      ],
      'an IPv6 address': ['https://[::1]', 'https://[::ffff:127.0.0.1]', 'https://[2001:db8::1]:443', 'https://[::1'],
      'names of the local machine': [
        'https://localhost',
        'https://app.localhost',
        'https://a.b.localhost',
        'https://intranet',
      ],
      'misplaced dots': [
        'https://eu.ninjarmm.com.',
        'https://.ninjarmm.com',
        'https://eu..ninjarmm.com',
        'https://eu\u3002ninjarmm.com',
      ],
      'characters that URL parsers drop or rewrite': [
        'https://eu.ninja\trmm.com',
        'https://eu.ninjarmm.com\n',
        ' https://eu.ninjarmm.com',
        'https://eu.ninjarmm.com ',
        'https:\\\\eu.ninjarmm.com',
        'https://eu.ninjarmm.com\\.evil.example',
        'https://eu.ninjarmm.com%00.evil.example',
        'https://eu%2eninjarmm.com',
        'https://eu.ninjarmm.com\0',
        'https://eu.ninja\u00adrmm.com',
        'https://eu.ninja\u200brmm.com',
        'https://\uff45u.ninjarmm.com',
        'https://\u2460.example',
        'https://\u212anow.example',
      ],
      'invalid host names': [
        'https://a_b.example',
        'https://-a.example',
        'https://a-.example',
        'https://a!b.example',
        'https://xn--a.example',
        'https://xn--a-.example',
        'https://xn--.example',
        'https://xn--zzzzzzzz.example',
        'https://a,b.example',
        'https://*.ninjarmm.com',
      ],
      'a text that is too long': [
        `https://${'a'.repeat(64)}.example`,
        `https://${'a.'.repeat(127)}example`,
        'https://a.example/'.padEnd(1e6, 'a'),
      ],
    };

    for (const [what, texts] of Object.entries(tricks)) {
      for (const text of texts) {
        it(`refuses ${what}: ${JSON.stringify(text.slice(0, 50))} (T22)`, () => {
          refused(text);
        });
      }
    }

    it('refuses a value that is not a string (T22)', () => {
      for (const value of [undefined, null, '', 0, true, ['eu'], { origin: 'https://eu.ninjarmm.com' }, Symbol('eu')]) {
        refused(value);
      }
    });
  });

  it('says what to write instead, and never repeats a password or token (C1)', () => {
    assert.match(refused('eu.ninjarmm.com'), /must start with https:/);
    assert.match(refused('http://eu.ninjarmm.com'), /must start with https:\/\//);
    assert.match(refused('https://eu.ninjarmm.com:8443'), /Remove the port number/);
    assert.match(refused('https://10.0.0.1'), /host name/);
    assert.match(refused('https://[::1]'), /host name/);
    assert.match(refused('https://me@eu.ninjarmm.com'), /Remove the user name/);
    assert.match(refused('https://eu.ninjarmm.com/v2'), /without a path/);
    assert.match(refused('https://'.padEnd(1e6, 'a')), /too long/);
    assert.match(refused('https://'.padEnd(271, 'a')), /too long/);
    assert.match(refused('https://'.padEnd(270, 'a')), /not a complete domain name/);
    assert.match(refused(''), /^Enter a region/);
    assert.match(refused('EU.NinjaRMM.com/'), /must start with https:/);
    assert.match(refused('HTTP://[::1]'), /host name/);
    assert.match(refused('HTTPS://EU.ninjarmm.com/v2'), /without a path/);
    for (const other of [
      'eu.ninjarmm.com/v2',
      'ftp://a/https://[::1]',
      'ftp://a/https://eu.ninjarmm.com/v2',
      'https://a\tb',
    ]) {
      assert.match(refused(other), /not a NinjaOne instance/);
    }
    assert.match(refused('https://\uff45u.ninjarmm.com'), /enter https:\/\/eu\.ninjarmm\.com instead/);
    for (const text of ['https://u:hunter2pass@eu.ninjarmm.com', 'https://eu.ninjarmm.com/?token=hunter2pass']) {
      assert.doesNotMatch(refused(text), /hunter2pass/);
    }
    for (const wrong of ['europe', '', undefined]) {
      assert.match(
        refused(wrong),
        /us, us2, eu, ca, oc, or fed\) or an address such as https:\/\/acme\.rmmservice\.com/,
      );
    }
  });

  it('returns the origin of the URL parser, and the host as it was written (T22)', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'https://',
        'http://',
        'HTTPS://',
        'https:',
        '//',
        '@',
        ':443',
        ':8443',
        ':',
        '/',
        '?',
        '#',
        '\\',
      ),
      fc.constantFrom(
        '.',
        '..',
        '-',
        '_',
        '%00',
        '%2e',
        '\t',
        '\n',
        ' ',
        '\u00ad',
        '\u3002',
        '\uff0e',
        '\u200d',
        'xn--',
      ),
      fc.constantFrom(
        'eu',
        'app',
        'ninjarmm.com',
        'rmmservice.eu',
        'ninjaone.us',
        'evil.example',
        'localhost',
        '127.0.0.1',
        '0x7f',
        '1',
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    );
    const address = fc.oneof(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
      fc.array(part, { maxLength: 5 }).map((parts) => `https://${parts.join('')}`),
      fc.webUrl(),
      fc.domain().map((domain) => `https://${domain}`),
    );
    let good = 0;
    fc.assert(
      fc.property(address, (text) => {
        const result = parseInstance(text);
        if (!result.ok || Object.hasOwn(PRESETS, text)) {
          return;
        }
        good++;
        const { origin, host, kind } = result.instance;
        const url = new URL(text);
        assert.equal(origin, url.origin);
        assert.equal(host, url.hostname);
        assert.equal(url.href, `${origin}/`);
        assert.match(host, /^[a-z0-9.-]+$/);
        assert.equal(kind === 'loopback', url.protocol === 'http:');
        if (kind === 'ninjaone') {
          assert.equal(url.protocol, 'https:');
          assert.match(host, /\.(ninjarmm\.com|rmmservice\.(com|eu|ca)|rmmservices\.net)$|^app\.ninjaone\.(com|us)$/);
          assert.doesNotMatch(host, /xn--/);
        }
      }),
      { numRuns: 5000 },
    );
    assert.ok(good > 100, `only ${good} texts were accepted`);
  });

  it('returns a result for any value and never throws (T22)', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        assert.equal(typeof parseInstance(value).ok, 'boolean');
      }),
    );
  });

  it('puts every endpoint on the same origin (A1, A13)', () => {
    assert.deepEqual(endpointsOf('https://eu.ninjarmm.com'), {
      authorize: 'https://eu.ninjarmm.com/ws/oauth/authorize',
      token: 'https://eu.ninjarmm.com/ws/oauth/token',
      revoke: 'https://eu.ninjarmm.com/ws/oauth/revoke',
      api: 'https://eu.ninjarmm.com/v2',
      appVersion: 'https://eu.ninjarmm.com/app-version.txt',
      clientApps: 'https://eu.ninjarmm.com/#/administration/apps/api/client',
      tokens: 'https://eu.ninjarmm.com/#/administration/apps/api',
    });
  });
});

function accepted(value: unknown): Instance {
  const result = parseInstance(value);
  assert.ok(result.ok, result.ok ? '' : formatMessage(result.problem));
  return result.instance;
}

function refused(value: unknown): string {
  const result = parseInstance(value);
  assert.ok(!result.ok, `${String(value).slice(0, 80)} was accepted`);
  const text = formatMessage(result.problem);
  assert.ok(text.length > 10 && text.length < 400 && !/\{\d\}/.test(text), text);
  return text;
}
