import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { respondInstead, deliver, send, type SandboxResponse, type Pauses } from './response.ts';
import { callbackUrl, checkAuthorizationRequest, errorLocation } from './authorizationRequest.ts';
import type { IdentityProvider } from './identityProvider.ts';
import { isExchangeFault, isInsteadFault, parseMisbehavior, type Misbehaviors } from './misbehavior.ts';
import { grantTypeOf, type RequestLog } from './requestLog.ts';
import { parseLiveSpecSwitches, type LiveSpec } from './liveSpec.ts';
import { consentPage, errorPage, notFoundPage, signInPage } from './signInPage.ts';
import type { TenantApi } from './tenantApi.ts';

/** Passes each request to its handler. Nothing is derived from the `Host` header, and redirects are relative. */
export function requestListener(parts: RouterParts): RequestListener {
  return (request, response) => {
    response.setHeader('x-nj-request-id', randomUUID());
    route(parts, request, response).catch((error: unknown) => {
      if (!response.destroyed && !response.headersSent) {
        console.error(error);
        send(response, { status: 500 });
      } else {
        response.destroy();
      }
    });
  };
}

export interface RouterParts {
  readonly identity: IdentityProvider;
  readonly tenant: TenantApi;
  readonly liveSpec: LiveSpec;
  readonly log: RequestLog;
  readonly misbehaviors: Misbehaviors;
  readonly editorOrigins: Set<string>;
  readonly autoApprove: boolean;
  readonly pauses: Pauses;
}

async function route(parts: RouterParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(`http://sandbox${request.url ?? '/'}`);
  const call = { request, response, url };
  if (request.method === 'POST' && (url.pathname === '/ws/oauth/token' || url.pathname === '/ws/oauth/revoke')) {
    await handleExchange(parts, call);
    return;
  }
  if (url.pathname.startsWith('/sandbox/')) {
    send(response, await handleControl(parts, call));
    return;
  }
  parts.log.add(request, response, url);
  const apiPath = /^(?:\/api)?(\/v2(?:\/.*)?)$/.exec(url.pathname)?.[1];
  if (apiPath !== undefined) {
    await handleApi(parts, call, apiPath);
  } else if (url.pathname === '/ws/oauth/authorize' && request.method === 'GET') {
    await authorize(parts, call);
  } else if (url.pathname.startsWith('/ws/oauth/authorize/')) {
    await parts.identity.authorize(request, response);
  } else if (url.pathname.startsWith('/ws/oauth/sign-in/')) {
    await signIn(parts, call);
  } else if (url.pathname === '/ws/oauth/error') {
    const error = url.searchParams.get('error') ?? 'server_error';
    send(response, errorPage({ error, description: url.searchParams.get('error_description') ?? error }));
  } else if (url.pathname === '/app-version.txt') {
    send(response, { status: 200, contentType: 'text/plain', body: parts.liveSpec.appVersion });
  } else if (request.method === 'GET' && url.pathname.startsWith('/apidocs')) {
    await handleSpec(parts, call);
  } else {
    send(response, notFoundPage());
  }
}

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

async function authorize(parts: RouterParts, { request, response, url }: Call): Promise<void> {
  const { identity, misbehaviors, editorOrigins } = parts;
  if (respondInstead(response, misbehaviors.take('authorize', { applies: isInsteadFault }))) {
    return;
  }
  const verdict = checkAuthorizationRequest(url.searchParams, editorOrigins);
  switch (verdict.kind) {
    case 'unknownClient':
      send(response, notFoundPage());
      return;
    case 'errorPage':
      redirect(response, 302, errorLocation(verdict.error, verdict.description));
      return;
    case 'callback':
      redirect(response, 307, callbackUrl(verdict.redirectUri, verdict.parameters));
      return;
    case 'accepted':
      await identity.authorize(request, response, verdict.parameters);
  }
}

async function signIn({ identity, autoApprove }: RouterParts, { request, response }: Call): Promise<void> {
  const pending = await identity.pendingSignIn(request, response);
  if (!pending) {
    send(response, errorPage({ error: 'invalid_request', description: 'This sign-in has ended. Please start again.' }));
    return;
  }
  if (autoApprove) {
    redirect(response, 302, await identity.decide(request, response, { signIn: true, consent: 'allow' }));
    return;
  }
  if (request.method !== 'POST') {
    send(
      response,
      pending.step === 'sign-in'
        ? signInPage()
        : consentPage({
            clientName: pending.client.name,
            scopes: pending.scopes,
            redirectUri: pending.redirectUri,
          }),
    );
    return;
  }
  const action = new URLSearchParams((await readBody(request)).toString()).get('action');
  if (pending.step === 'sign-in' && action === 'sign-in') {
    redirect(response, 303, await identity.decide(request, response, { signIn: true }));
  } else if (pending.step === 'consent' && (action === 'allow' || action === 'deny')) {
    redirect(response, 303, await identity.decide(request, response, { consent: action }));
  } else {
    send(response, errorPage({ error: 'invalid_request', description: 'Invalid action' }));
  }
}

async function handleExchange(parts: RouterParts, { request, response, url }: Call): Promise<void> {
  const { identity, log, misbehaviors, pauses } = parts;
  const body = await readBody(request);
  const form = new URLSearchParams(body.toString());
  log.add(request, response, url, form);
  const faults = misbehaviors.take(url.pathname === '/ws/oauth/token' ? 'token' : 'revoke', {
    applies: isExchangeFault,
    grantType: grantTypeOf(form),
  });
  if (respondInstead(response, faults)) {
    return;
  }
  const fewer = faults.find((fault) => fault.kind === 'fewerScopes');
  const reply = await identity.exchange(request, response, { body, scopes: fewer?.scopes });
  if (reply) {
    await deliver(response, reply, { faults, pauses });
  }
}

async function handleApi(parts: RouterParts, { request, response, url }: Call, path: string): Promise<void> {
  const faults = parts.misbehaviors.take('api', { applies: isExchangeFault, path });
  if (respondInstead(response, faults)) {
    return;
  }
  const body = await readBody(request);
  const reply = await parts.tenant.respond({
    method: request.method ?? 'GET',
    path,
    query: url.searchParams,
    authorization: request.headers.authorization,
    body: parseJson(body),
    contentType: request.headers['content-type'],
    content: body,
  });
  await deliver(response, reply, { faults, pauses: parts.pauses });
}

/** Anyone may read the description, with or without a token. */
async function handleSpec({ liveSpec, misbehaviors, pauses }: RouterParts, { response, url }: Call): Promise<void> {
  const faults = misbehaviors.take('spec', { applies: isExchangeFault });
  if (!respondInstead(response, faults)) {
    await deliver(response, liveSpec.respond(url.pathname) ?? notFoundPage(), { faults, pauses });
  }
}

/**
 * The switches for tests and demos in another process. Only JSON is accepted, because a page of another origin cannot
 * send it without a CORS preflight, which gets no permission.
 */
async function handleControl(parts: RouterParts, { request, url }: Call): Promise<SandboxResponse> {
  if (request.method === 'GET' && url.pathname === '/sandbox/state') {
    const { requests, tokenCalls } = parts.log;
    const { writes } = parts.tenant.data;
    return {
      status: 200,
      body: { tokenCalls, writes, requests: requests.map((entry) => ({ ...entry, query: entry.query.toString() })) },
    };
  }
  if (request.method !== 'POST' || request.headers['content-type']?.startsWith('application/json') !== true) {
    return { status: 404 };
  }
  const value = parseJson(await readBody(request));
  try {
    switch (url.pathname) {
      case '/sandbox/misbehave':
        parts.misbehaviors.add(parseMisbehavior(value));
        break;
      case '/sandbox/release':
        parts.misbehaviors.release();
        break;
      case '/sandbox/liveSpec':
        parts.liveSpec.set(parseLiveSpecSwitches(value));
        break;
      case '/sandbox/reset':
        resetAll(parts);
        break;
      case '/sandbox/allowRedirectOrigin':
        parts.editorOrigins.add(new URL(String(value)).origin);
        break;
      default:
        return { status: 404 };
    }
    return { status: 204 };
  } catch (error) {
    return { status: 400, body: { error: String(error) } };
  }
}

export function resetAll({ misbehaviors, log, tenant, liveSpec }: Resettable): void {
  misbehaviors.reset();
  log.clear();
  tenant.data.writes.length = 0;
  liveSpec.reset();
}

type Resettable = Pick<RouterParts, 'misbehaviors' | 'log' | 'tenant' | 'liveSpec'>;

function redirect(response: ServerResponse, status: 302 | 303 | 307, location: string): void {
  send(response, { status, headers: { location, 'cache-control': 'no-store' } });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function parseJson(body: Buffer): unknown {
  try {
    return body.length === 0 ? undefined : JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
