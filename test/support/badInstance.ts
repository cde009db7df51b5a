import { once } from 'node:events';
import { createServer, request as call, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A response of a broken instance: any bytes with any content type. */
export interface BadResponse {
  readonly status?: number;
  /** `null` sends no content type. */
  readonly contentType: string | null;
  readonly body: string | Buffer;
}

export interface BadInstance {
  readonly baseUrl: string;
  /** The server to which all other requests are passed on, sign-ins for example. */
  target: string;
  /** Replaces the API description at both of its addresses; 404 without one. */
  spec: BadResponse | undefined;
  /** Replaces every response of the API. */
  api: BadResponse | undefined;
  stop(): Promise<void>;
}

/** An instance of NinjaOne in front of the sandbox, whose responses can be any bytes. */
export async function startBadInstance(): Promise<BadInstance> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const bad = path.startsWith('/apidocs')
      ? (instance.spec ?? { status: 404, contentType: 'text/html', body: '<html>404</html>' })
      : path.startsWith('/v2/')
        ? instance.api
        : undefined;
    if (bad) {
      response.writeHead(bad.status ?? 200, bad.contentType === null ? {} : { 'content-type': bad.contentType });
      response.end(bad.body);
    } else {
      passOn(request, response, instance.target);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const instance: BadInstance = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '',
    spec: undefined,
    api: undefined,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return instance;
}

function passOn(request: IncomingMessage, response: ServerResponse, target: string): void {
  const { method, headers } = request;
  const passed = call(new URL(request.url ?? '/', target), { method, headers }, (upstream) => {
    response.writeHead(upstream.statusCode ?? 502, upstream.headers);
    upstream.pipe(response);
  });
  passed.on('error', () => response.destroy());
  request.pipe(passed);
}
