/** The OAuth clients of the sandbox, one for each kind of sign-in of the extension. */
export const sandboxClients: readonly SandboxClient[] = [
  {
    clientId: 'sandbox-native',
    name: 'Sandbox native',
    platform: 'native',
    scopes: ['monitoring', 'management', 'control', 'offline_access'],
    redirectUris: [],
  },
  {
    clientId: 'sandbox-spa',
    name: 'Sandbox SPA',
    platform: 'spa',
    scopes: ['monitoring', 'management', 'control', 'offline_access'],
    redirectUris: [
      'http://localhost:28123/callback',
      'https://vscode.dev/redirect',
      'https://sandbox.example/callback',
    ],
  },
  {
    clientId: 'sandbox-web',
    clientSecret: 'sandbox-web-secret',
    name: 'Sandbox web',
    platform: 'web',
    scopes: ['monitoring', 'management', 'control', 'offline_access'],
    redirectUris: [
      'http://127.0.0.1:28124/callback',
      'http://localhost:28125/callback',
      'https://vscode.dev/redirect',
      'https://sandbox.example/callback',
    ],
  },
  {
    clientId: 'sandbox-service',
    clientSecret: 'sandbox-service-secret',
    name: 'Sandbox service',
    platform: 'api-services',
    // Without `control`, so that tests can request a scope that is not allowed.
    scopes: ['monitoring', 'management'],
    redirectUris: [],
  },
  {
    clientId: 'sandbox-editor',
    name: 'Sandbox editor',
    platform: 'spa',
    scopes: ['monitoring', 'management', 'control', 'offline_access'],
    redirectUris: 'editor',
  },
];

export interface SandboxClient {
  readonly clientId: string;
  /** Absent for public clients. */
  readonly clientSecret?: string;
  readonly name: string;
  readonly platform: 'native' | 'spa' | 'web' | 'api-services';
  /** The scopes that an administrator selected for this client; a request for others is refused. */
  readonly scopes: readonly string[];
  /** Compared byte for byte; `editor` stands for servers that accept any address of the editor that runs the client. */
  readonly redirectUris: readonly string[] | 'editor';
}

/** One element of the setting `ninjaone.connections`. */
export interface ConnectionSettings {
  readonly name: string;
  readonly instance: string;
  readonly platform: SandboxClient['platform'];
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly redirectUri?: string;
}

export function findSandboxClient(clientId: string | undefined | null): SandboxClient | undefined {
  return sandboxClients.find((client) => client.clientId === clientId);
}

/** The sandbox's clients as the value of `ninjaone.connections`; secrets do not belong in settings. */
export function connectionSettings(baseUrl: string): ConnectionSettings[] {
  return sandboxClients.map((client) => ({
    name: client.name,
    instance: baseUrl,
    platform: client.platform,
    clientId: client.clientId,
    scopes: client.scopes.filter((scope) => scope !== 'offline_access'),
    ...redirectSetting(client),
  }));
}

/**
 * NinjaOne compares redirect URIs byte for byte. Its native clients may use any port of 127.0.0.1, but neither
 * `localhost` nor a path, not even a slash.
 */
export function isRedirectAllowed(
  client: SandboxClient,
  redirectUri: string,
  editorOrigins: ReadonlySet<string>,
): boolean {
  if (client.platform === 'native') {
    return NATIVE_REDIRECT.test(redirectUri) && URL.canParse(redirectUri);
  }
  if (client.redirectUris !== 'editor') {
    return client.redirectUris.includes(redirectUri);
  }
  if (!URL.canParse(redirectUri) || redirectUri.includes('#')) {
    return false;
  }
  const { protocol, origin } = new URL(redirectUri);
  return EDITOR_SCHEMES.has(protocol) || editorOrigins.has(origin);
}

const NATIVE_REDIRECT = /^http:\/\/127\.0\.0\.1:[1-9]\d{0,4}$/;

const EDITOR_SCHEMES = new Set([
  'vscode:',
  'vscode-insiders:',
  'code-oss:',
  'vscodium:',
  'vscodium-insiders:',
  'cursor:',
  'windsurf:',
]);

function redirectSetting(client: SandboxClient): { redirectUri?: string } {
  if (client.redirectUris === 'editor') {
    return { redirectUri: 'editor' };
  }
  const [first] = client.redirectUris;
  return first === undefined ? {} : { redirectUri: first };
}
