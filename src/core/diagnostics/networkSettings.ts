import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { checksCertificates } from '../http/certificateGuard.ts';
import { fact, ok, problem, unknown, type Check } from './diagnosis.ts';

export interface NetworkSettings {
  /** The user's own value of each setting of VS Code, by key; `undefined` if it has none. */
  readonly settings: Readonly<Record<ProxySetting, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether this process can read the file. */
  readonly canRead: (path: string) => Promise<boolean>;
}

export const PROXY_SETTINGS = [
  'http.proxy',
  'http.proxyAuthorization',
  'http.proxySupport',
  'http.noProxy',
  'http.systemCertificates',
] as const;

export type ProxySetting = (typeof PROXY_SETTINGS)[number];

/** Whether a proxy is set for hosts on the internet. Exceptions for single hosts are not taken into account. */
export function hasProxy({ settings, environment }: Pick<NetworkSettings, 'settings' | 'environment'>): boolean {
  const proxies = [settings['http.proxy'], ...['HTTPS_PROXY', 'https_proxy'].map((name) => environment[name])];
  return settings['http.proxySupport'] !== 'off' && proxies.some((proxy) => proxy !== undefined && proxy !== '');
}

/** What decides how requests leave this computer. User names and passwords are not shown. Never rejects. */
export async function checkNetworkSettings(options: NetworkSettings): Promise<readonly Check[]> {
  const { settings, environment } = options;
  const variables = PROXY_VARIABLES.flatMap((name) => {
    const value = environment[name] ?? environment[name.toLowerCase()];
    return value === undefined || value === '' ? [] : [variableCheck(name, value)];
  });
  return [
    ...PROXY_SETTINGS.flatMap((name) => settingChecks(name, settings[name])),
    ...variables,
    certificateCheck(environment),
    ...(await extraCertificates(options)),
  ];
}

/**
 * A proxy address without user name and password. `undefined` if the text is not the address of a proxy: it is not shown
 * then, because parts of a password can be anywhere in it.
 */
export function withoutCredentials(text: string): string | undefined {
  const url = URL.parse(text);
  const hasLogin = url !== null && url.username + url.password !== '';
  if (!url || url.hostname === '' || !PROXY_SCHEME.test(url.protocol) || (text.includes('@') && !hasLogin)) {
    return undefined;
  }
  return `${url.protocol}//${hasLogin ? '…@' : ''}${url.host}`;
}

const PROXY_SCHEME = /^(?:https?|socks[45]?[ah]?):$/;

const PROXY_VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'] as const;

function settingChecks(name: ProxySetting, value: unknown): readonly Check[] {
  switch (name) {
    case 'http.proxy':
      return [typeof value === 'string' && value !== '' ? proxyCheck(name, value) : fact(name, notSet())];
    case 'http.proxyAuthorization':
      return value === undefined || value === null ? [] : [fact(name, l10n.t('Set. Its value is not shown.'))];
    case 'http.noProxy':
      return Array.isArray(value) && value.length > 0 ? [fact(name, hostList(value))] : [];
    case 'http.proxySupport':
      return [
        value === 'off'
          ? unknown(name, l10n.t('The proxy settings are not used, because this setting is off.'))
          : fact(name, typeof value === 'string' ? plainText(value, 20) : notSet()),
      ];
    case 'http.systemCertificates':
      return value === false
        ? [unknown(name, l10n.t('Certificates of the operating system are not trusted, because this setting is off.'))]
        : [];
  }
}

function variableCheck(name: (typeof PROXY_VARIABLES)[number], value: string): Check {
  return name === 'NO_PROXY' ? fact(name, hostList(value.split(','))) : proxyCheck(name, value);
}

function proxyCheck(name: string, value: string): Check {
  const address = withoutCredentials(value);
  return address === undefined
    ? problem(
        name,
        l10n.t('The value is not the address of a proxy, and is not shown because it may contain a password.'),
        l10n.t({
          message: 'Enter an address such as {0}. Encode special characters of a password, for example @ as %40.',
          args: ['http://proxy.example.com:8080'],
          comment: '{0} is a URL.',
        }),
      )
    : fact(name, plainText(address, 200));
}

/** Names of hosts. An entry that looks like a login is left out. */
function hostList(entries: readonly unknown[]): string {
  const names = entries.filter((entry) => typeof entry === 'string').map((entry) => entry.trim());
  return plainText(names.filter((name) => name !== '' && !name.includes('@')).join(', '), 300);
}

function certificateCheck(environment: NetworkSettings['environment']): Check {
  const name = l10n.t({ message: 'Certificates', comment: 'Row of a report: the check of TLS certificates.' });
  return checksCertificates(environment)
    ? ok(name, l10n.t('This process checks certificates.'))
    : problem(
        name,
        l10n.t(
          'This process accepts any certificate, because of the environment variable {0}.',
          'NODE_TLS_REJECT_UNAUTHORIZED',
        ),
        l10n.t('Remove the variable and start VS Code again.'),
      );
}

async function extraCertificates({ environment, canRead }: NetworkSettings): Promise<readonly Check[]> {
  const path = environment['NODE_EXTRA_CA_CERTS'];
  if (path === undefined || path === '') {
    return [];
  }
  const name = l10n.t({ message: 'More certificates', comment: 'Row of a report: a file with TLS certificates.' });
  const file = 'NODE_EXTRA_CA_CERTS';
  return [
    (await canRead(path).catch(() => false))
      ? ok(name, l10n.t('The file that the environment variable {0} names can be read.', file))
      : problem(
          name,
          l10n.t('The file that the environment variable {0} names cannot be read.', file),
          l10n.t('Correct the variable and start VS Code again.'),
        ),
  ];
}

function notSet() {
  return l10n.t({ message: 'Not set.', comment: 'The value of a setting in a report.' });
}
