import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectionSettings, type ConnectionSettings } from './clients.ts';
import { createIdentityProvider, type IdentityProvider } from './identityProvider.ts';
import { isCallbackFault, Misbehaviors, type Misbehavior } from './misbehavior.ts';
import { LiveSpec, type LiveSpecSwitches } from './liveSpec.ts';
import { readOperations } from './operations.ts';
import { RequestLog, type RequestPredicate, type SandboxRequest } from './requestLog.ts';
import { requestListener, resetAll } from './router.ts';
import { ShapedResponses } from './shapedResponses.ts';
import type { TenantData } from './tenantData.ts';
import { TenantApi } from './tenantApi.ts';

/** Starts a server on 127.0.0.1 that behaves like NinjaOne. It has its own clients, tokens, tenant and switches. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const log = new RequestLog();
  const misbehaviors = new Misbehaviors();
  const editorOrigins = new Set((options.redirectOrigins ?? []).map(originOf));

  const plain = createServer();
  const port = await listen(plain, options.port ?? 0);
  const baseUrl = `http://127.0.0.1:${String(port)}`;
  const identity = await createIdentityProvider({
    issuer: baseUrl,
    accessTokenTtl: options.accessTokenTtl ?? 3600,
    editorOrigins,
    onCallback: (parameters) => alterCallback(parameters, misbehaviors),
  });
  const operations = readOperations();
  const shaped = new ShapedResponses(operations);
  const liveSpec = new LiveSpec(operations, options.liveSpec);
  const tenant = new TenantApi((token) => identity.findAccessToken(token), {
    devices: options.devices,
    fallback: (request, owner) => shaped.respond(request, owner),
  });
  const listener = requestListener({
    identity,
    tenant,
    liveSpec,
    log,
    misbehaviors,
    editorOrigins,
    autoApprove: options.autoApprove ?? false,
    pauses: {
      wait: async (milliseconds) => {
        await sleep(milliseconds, undefined, { ref: false });
      },
      held: () => misbehaviors.held(),
    },
  });
  plain.on('request', listener);
  const secure = options.tls && (await listenSecurely(options.tls, listener));
  const servers: readonly Server[] = secure ? [plain, secure.server] : [plain];

  return {
    port,
    baseUrl,
    secure: secure && { port: secure.port, baseUrl: secure.baseUrl },
    connections: connectionSettings(baseUrl),
    tenant: tenant.data,
    requests: log.requests,
    get tokenCalls() {
      return log.tokenCalls;
    },
    nextRequest: (predicate) => log.nextRequest(predicate),
    nextResponse: (predicate) => log.nextResponse(predicate),
    ...inspectTokens(identity),
    misbehave: (misbehavior) => {
      misbehaviors.add(misbehavior);
    },
    release: () => {
      misbehaviors.release();
    },
    setLiveSpec: (switches) => {
      liveSpec.set(switches);
    },
    reset: () => {
      resetAll({ misbehaviors, log, tenant, liveSpec });
    },
    allowRedirectOrigin: (origin) => {
      editorOrigins.add(originOf(origin));
    },
    stop: async () => {
      misbehaviors.reset();
      await Promise.all(servers.map(close));
    },
  };
}

export interface SandboxOptions {
  /** A free port by default. */
  readonly port?: number;
  /** Serves the same over https as well. */
  readonly tls?: SandboxTls;
  /** Seconds; by default 3600, as at NinjaOne. */
  readonly accessTokenTtl?: number;
  /** Origins whose addresses are accepted as redirect URI of `sandbox-editor`. */
  readonly redirectOrigins?: readonly string[];
  /** Allows each authorization request at once, without sign-in and consent pages. */
  readonly autoApprove?: boolean;
  /** How many devices the tenant has; 10 by default. The same ten always come first. */
  readonly devices?: number | undefined;
  /** How the API's own description is served, until `setLiveSpec()` and after `reset()`. */
  readonly liveSpec?: LiveSpecSwitches;
}

export interface SandboxTls {
  /** PEM. */
  readonly key: string | Buffer;
  /** PEM. */
  readonly cert: string | Buffer;
  readonly port?: number;
  /** How clients reach it, for example through a proxy; by default `https://127.0.0.1:<port>`. */
  readonly baseUrl?: string;
}

export interface Sandbox {
  readonly port: number;
  /** `http://127.0.0.1:<port>`. It works under any host name. */
  readonly baseUrl: string;
  readonly secure: { readonly port: number; readonly baseUrl: string } | undefined;
  /** The five clients as the value of `ninjaone.connections`. */
  readonly connections: readonly ConnectionSettings[];
  /** `tenant.writes` is empty as long as nothing was written. */
  readonly tenant: TenantData;
  /** All requests since the start or the last `reset()`, in the order of arrival. */
  readonly requests: readonly SandboxRequest[];
  /** Requests to the token endpoint by grant type, a snapshot; including those that a fault responded to. */
  readonly tokenCalls: Readonly<Record<string, number>>;

  /** Switches on more faults. */
  readonly misbehave: (misbehavior: Misbehavior) => void;
  /** Releases the responses that the fault `hold` delays. */
  readonly release: () => void;
  /** How the API's own description is served from now on. */
  readonly setLiveSpec: (switches: LiveSpecSwitches) => void;
  /** Clears faults, log, writes and counters, and restores the API description. Tokens and allowed origins stay. */
  readonly reset: () => void;
  readonly allowRedirectOrigin: (origin: string) => void;
  /** The next matching request, once it has arrived and before the response. */
  readonly nextRequest: (predicate: RequestPredicate) => Promise<SandboxRequest>;
  /** The next matching request whose response was sent or whose connection was lost. */
  readonly nextResponse: (predicate: RequestPredicate) => Promise<SandboxRequest>;

  /** Creates a valid refresh token without a sign-in. `scope` should contain `offline_access`. */
  readonly mintRefreshToken: (clientId: string, scope: string) => Promise<string>;
  /** Checks a refresh token without using it. */
  readonly isRefreshTokenAlive: (token: string) => Promise<boolean>;
  readonly isAccessTokenAlive: (token: string) => Promise<boolean>;
  /** Returns false if there is no such token. */
  readonly expireAccessToken: (token: string) => boolean;

  /** Ends all connections at once. */
  readonly stop: () => Promise<void>;
}

function inspectTokens(
  identity: IdentityProvider,
): Pick<Sandbox, 'mintRefreshToken' | 'isRefreshTokenAlive' | 'isAccessTokenAlive' | 'expireAccessToken'> {
  return {
    mintRefreshToken: (clientId, scope) => identity.mintRefreshToken(clientId, scope),
    isRefreshTokenAlive: (token) => identity.isRefreshTokenAlive(token),
    isAccessTokenAlive: async (token) => (await identity.findAccessToken(token)) !== undefined,
    expireAccessToken: (token) => identity.expireAccessToken(token),
  };
}

function alterCallback(
  parameters: Readonly<Record<string, unknown>>,
  misbehaviors: Misbehaviors,
): Readonly<Record<string, unknown>> {
  let altered = parameters;
  for (const fault of misbehaviors.take('authorize', { applies: isCallbackFault })) {
    if (fault.kind === 'refuse') {
      const { state } = altered;
      altered = {
        error: fault.error,
        ...(fault.description === undefined ? {} : { error_description: fault.description }),
        ...(state === undefined ? {} : { state }),
      };
    } else {
      const remaining = Object.entries(altered).filter(([name]) => fault.omit?.includes(name) !== true);
      altered = { ...Object.fromEntries(remaining), ...fault.set };
    }
  }
  return altered;
}

/** `vscode://…` and the like have no origin and are accepted anyway. */
function originOf(url: string): string {
  return new URL(url).origin;
}

async function listenSecurely(
  tls: SandboxTls,
  listener: RequestListener,
): Promise<{ server: Server; port: number; baseUrl: string }> {
  const server = createTlsServer({ key: tls.key, cert: tls.cert }, listener);
  const port = await listen(server, tls.port ?? 0);
  return { server, port, baseUrl: tls.baseUrl ?? `https://127.0.0.1:${String(port)}` };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
