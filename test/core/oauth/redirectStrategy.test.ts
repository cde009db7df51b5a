import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import type { Platform } from '../../../src/core/connections/connection.ts';
import { forwardedRedirect, redirectPlan } from '../../../src/core/oauth/redirectStrategy.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';

describe('redirect strategy', () => {
  const rows: readonly (readonly [Platform, string | undefined, object, string | undefined])[] = [
    ['native', undefined, { kind: 'loopback', host: '127.0.0.1', port: 0, path: '/' }, 'http://127.0.0.1:54321'],
    [
      'spa',
      'http://localhost:9090/',
      { kind: 'loopback', host: 'localhost', port: 9090, path: '/' },
      'http://localhost:9090/',
    ],
    [
      'web',
      'http://localhost:9090',
      { kind: 'loopback', host: 'localhost', port: 9090, path: '/' },
      'http://localhost:9090',
    ],
    [
      'web',
      'http://127.0.0.1:8888/cb/in?app=1',
      { kind: 'loopback', host: '127.0.0.1', port: 8888, path: '/cb/in' },
      'http://127.0.0.1:8888/cb/in?app=1',
    ],
    ['spa', 'http://[::1]:8888/', { kind: 'loopback', host: '[::1]', port: 8888, path: '/' }, 'http://[::1]:8888/'],
    ['web', 'https://vscode.dev/redirect', { kind: 'relay' }, 'https://vscode.dev/redirect'],
    ['spa', 'https://insiders.vscode.dev/redirect', { kind: 'relay' }, 'https://insiders.vscode.dev/redirect'],
    ['web', 'editor', { kind: 'editor' }, undefined],
    ['web', 'https://acme.example/cb', { kind: 'paste' }, 'https://acme.example/cb'],
    ['web', 'https://localhost/', { kind: 'paste' }, 'https://localhost/'],
    ['web', 'http://localhost/', { kind: 'paste' }, 'http://localhost/'],
  ];
  for (const [platform, redirectUri, expected, sent] of rows) {
    it(`sends ${sent ?? 'the external address'} byte for byte for ${platform} with ${redirectUri ?? 'no redirect URI'} (P6)`, () => {
      for (const remote of [false, true]) {
        const plan = redirectPlan(connectionOf({ platform, redirectUri }), { remote });
        const uri =
          plan.kind === 'loopback' ? plan.redirectUri(54321) : plan.kind === 'editor' ? undefined : plan.redirectUri;
        assert.equal(uri, sent);
        assert.deepEqual({ ...plan, ...expected }, { ...plan });
        assert.equal(plan.kind === 'loopback' && plan.forward, plan.kind === 'loopback' && remote);
      }
    });
  }

  for (const [platform, redirectUri] of [
    ['api-services', undefined],
    ['api-services', 'https://acme.example/cb'],
    ['web', undefined],
    ['web', 'ftp://acme.example'],
  ] as const) {
    it(`says what to do for ${platform} with ${redirectUri ?? 'no redirect URI'} (P6)`, () => {
      assert.throws(
        () => redirectPlan(connectionOf({ platform, redirectUri }), { remote: false }),
        (error) => isNinjaOneError(error) && error.code === 'oauth.noRedirect' && error.action === 'editConnection',
      );
    });
  }

  const forwarded: readonly (readonly [string, string | undefined])[] = [
    ['http://127.0.0.1:1234/', 'http://127.0.0.1:1234'],
    ['http://127.0.0.1:1234', 'http://127.0.0.1:1234'],
    ['http://localhost:40001/', 'http://127.0.0.1:40001'],
    ['http://localhost:65535', 'http://127.0.0.1:65535'],
    ['http://localhost:65536', undefined],
    ['http://localhost:0', undefined],
    ['http://localhost:080', undefined],
    ['http://localhost', undefined],
    ['http://localhost:1234//', undefined],
    ['http://localhost:1234/proxy/1234/', undefined],
    ['http://localhost:1234/?a=b', undefined],
    ['http://localhost:1234/#a', undefined],
    ['http://user@localhost:1234/', undefined],
    ['http://localhost:1234@evil.example/', undefined],
    ['http://localhost.evil.example:1234/', undefined],
    ['https://localhost:1234/', undefined],
    ['https://abc-1234.euw.devtunnels.ms/', undefined],
    ['http://10.0.0.1:1234/', undefined],
    ['http://[::1]:1234/', undefined],
    ['vscode://x/y', undefined],
    ['http://localhost:1234/\n', undefined],
    [' http://localhost:1234', undefined],
    ['', undefined],
  ];
  for (const [external, expected] of forwarded) {
    it(`turns the forwarded address ${JSON.stringify(external)} into ${expected ?? 'no redirect URI'} (P6)`, () => {
      assert.equal(forwardedRedirect(external), expected);
    });
  }
});
