import { once } from 'node:events';
import { request as forward, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * Stands between a client and a server on loopback, and spoils connections, requests or responses. Speaks TLS to the
 * client, with the certificate of any host, and HTTP to the server.
 */
export async function startFaultProxy({ target, certificates }: FaultProxyOptions): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const requests: ProxiedRequest[] = [];
  const pending = new Set<Promise<unknown>>();
  let fault: NetworkFault | undefined;
  let met = 0;

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // A client that gave up has lost its interest in the answer.
    const answered = respond(request, response).catch(() => request.socket.destroy());
    pending.add(answered);
    void answered.finally(() => pending.delete(answered));
  };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const { method = 'GET', url = '/', headers } = request;
    requests.push({ method, path: url.split('?')[0] ?? url });
    if (fault?.at === 'request') {
      met += 1;
      spoilRequest(fault, { request, response, body });
      return;
    }
    const answer = await pass({ method, url, headers, body, target });
    if (fault?.at === 'response') {
      met += 1;
      await spoilResponse(fault, answer, response);
      return;
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const serverOf = (certificate: Certificate): TlsServer => {
    return createTlsServer(certificate, listener).on('tlsClientError', () => {});
  };
  const servers = {
    right: serverOf(certificates.right),
    untrusted: serverOf(certificates.untrusted),
    expired: serverOf(certificates.expired),
    otherHost: serverOf(certificates.otherHost),
  };
  const front = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    if (fault?.at !== 'connection') {
      servers.right.emit('connection', socket);
      return;
    }
    met += 1;
    switch (fault.kind) {
      case 'reset':
        socket.resetAndDestroy();
        break;
      case 'hang':
        socket.resume();
        break;
      case 'plainText':
        socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>');
        break;
      case 'untrusted':
      case 'expired':
      case 'otherHost':
        servers[fault.kind].emit('connection', socket);
    }
  });
  await once(front.listen(0, '127.0.0.1'), 'listening');
  const closeSockets = (): void => sockets.forEach((socket) => socket.destroy());

  return {
    port: (front.address() as AddressInfo).port,
    requests,
    get met() {
      return met;
    },
    arm: (next) => {
      closeSockets();
      requests.length = 0;
      met = 0;
      fault = next;
    },
    disarm: async () => {
      closeSockets();
      fault = undefined;
      await Promise.all(pending);
    },
    stop: async () => {
      const closed = once(front.close(), 'close');
      closeSockets();
      await closed;
    },
  };
}

export interface FaultProxyOptions {
  /** The port of the server, on 127.0.0.1. */
  readonly target: number;
  /** What the proxy shows instead of the right certificate for the faults of the same name. */
  readonly certificates: Readonly<Record<'right' | 'untrusted' | 'expired' | 'otherHost', Certificate>>;
}

/** PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface FaultProxy {
  readonly port: number;
  /** The requests that arrived as a whole since the last `arm`, whether or not they were passed on. */
  readonly requests: readonly ProxiedRequest[];
  /** How often the fault was met since the last `arm`. */
  readonly met: number;
  /**
   * From now on this fault spoils everything; none only starts to count. Open connections are closed, so that no
   * request can use an old one.
   */
  readonly arm: (fault: NetworkFault | undefined) => void;
  /** Passes everything on again. Open connections are closed, and what the server has begun comes to its end. */
  readonly disarm: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface ProxiedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

/** What goes wrong, by where it does. */
export type NetworkFault =
  /** While the connection is made: no request leaves the client. */
  | {
      readonly at: 'connection';
      /** `plainText` answers in HTTP where TLS was expected; the others are those of the certificate. */
      readonly kind: 'reset' | 'hang' | 'plainText' | 'untrusted' | 'expired' | 'otherHost';
    }
  /** The server does not see the request. */
  /** `echo` refuses the request with status 403, and quotes its credentials and its body. */
  | { readonly at: 'request'; readonly kind: 'reset' | 'hang' | 'garbage' | 'echo' }
  | {
      readonly at: 'request';
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /**
   * The server has done what was asked, and its response goes wrong: `cut` in the middle of a body of known length,
   * `cutChunked` in one of unknown length, `half` is a complete response with half of the body.
   */
  | { readonly at: 'response'; readonly kind: 'reset' | 'hang' | 'drip' | 'cut' | 'cutChunked' | 'half' };

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Passed {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly target: number;
}

async function pass({ method, url, headers, body, target }: Passed): Promise<Answer> {
  const request = forward({ host: '127.0.0.1', port: target, method, path: url, headers });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 502, headers: response.headers, body: await text(response) };
}

function spoilRequest(
  fault: Extract<NetworkFault, { readonly at: 'request' }>,
  { request, response, body }: { request: IncomingMessage; response: ServerResponse; body: string },
): void {
  const { socket, headers } = request;
  switch (fault.kind) {
    case 'reset':
      socket.destroy();
      break;
    case 'hang':
      break;
    case 'garbage':
      socket.end('220 mail.example ESMTP\r\n');
      break;
    case 'echo': {
      const quoted = `${headers.authorization ?? ''} ${body.split('&').reverse().join('&')}`;
      const refusal = { error: 'temporarily_unavailable', error_description: quoted };
      response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify(refusal));
      break;
    }
    case 'answer':
      response.writeHead(fault.status, fault.headers).end(fault.body);
  }
}

async function spoilResponse(
  { kind }: Extract<NetworkFault, { readonly at: 'response' }>,
  { status, headers, body }: Answer,
  response: ServerResponse,
): Promise<void> {
  const others = { ...headers };
  delete others['content-length'];
  delete others['transfer-encoding'];
  const half = body.slice(0, body.length / 2);
  switch (kind) {
    case 'reset':
      response.destroy();
      break;
    case 'hang':
      break;
    case 'half':
      response.writeHead(status, others).end(half);
      break;
    case 'cut':
    case 'cutChunked':
      response.writeHead(status, { ...others, ...(kind === 'cut' && { 'content-length': body.length + 1 }) });
      response.write(half);
      response.destroy();
      break;
    case 'drip':
      response.writeHead(status, others);
      for (const character of body) {
        response.write(character);
        await new Promise((resolve) => setTimeout(resolve, DRIP_MS));
        if (response.destroyed) {
          return;
        }
      }
    // The end never comes.
  }
}

/** A token response takes seconds at this pace. */
const DRIP_MS = 20;
