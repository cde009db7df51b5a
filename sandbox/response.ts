import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { API_SHAPES } from './apiShapes.ts';
import { isResponseFault, isInsteadFault, type ResponseFault, type Fault, type InsteadFault } from './misbehavior.ts';

export interface SandboxResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string or buffer is sent as it is, anything else as JSON. Absent: no body. */
  readonly body?: unknown;
  /** Instead of a body: chunks that are created as fast as they are read. */
  readonly stream?: () => Iterable<string>;
  /** Undefined: `application/json` for what is not a string; null: none. */
  readonly contentType?: string | null;
}

/** How a faulty response waits. The connection may be closed afterward. */
export interface Pauses {
  wait(milliseconds: number): Promise<void>;
  held(): Promise<void>;
}

/** Responds instead of the application if a fault requires it. */
export function respondInstead(response: ServerResponse, faults: readonly Fault[]): boolean {
  const fault = faults.find(isInsteadFault);
  if (!fault) {
    return false;
  }
  if (fault.kind === 'drop') {
    response.destroy();
  } else if (fault.kind !== 'silence') {
    send(response, gatewayResponse(fault));
  }
  return true;
}

/** Sends the response of the application, changed by the faults. */
export async function deliver(
  response: ServerResponse,
  reply: SandboxResponse,
  { faults, pauses }: { readonly faults: readonly Fault[]; readonly pauses: Pauses },
): Promise<void> {
  const applied = faults.filter(isResponseFault);
  for (const fault of applied) {
    if (fault.kind === 'delay') {
      await pauses.wait(fault.milliseconds);
    } else if (fault.kind === 'hold') {
      await pauses.held();
    }
  }
  if (applied.some(({ kind }) => kind === 'dropAfterRotation')) {
    response.destroy();
    return;
  }
  const faulty = applied.reduce(alter, reply);
  const drip = applied.find((fault) => fault.kind === 'drip');
  if (drip) {
    await sendSlowly(response, faulty, () => pauses.wait(drip.milliseconds));
  } else {
    send(response, faulty);
  }
}

export function send(response: ServerResponse, reply: SandboxResponse): void {
  if (response.destroyed) {
    return;
  }
  const content = writeHead(response, reply);
  if (reply.stream) {
    // A client may stop reading before the end.
    pipeline(Readable.from(reply.stream()), response).catch(() => response.destroy());
  } else {
    response.end(content);
  }
}

function writeHead(
  response: ServerResponse,
  { status, headers = {}, body, stream, contentType }: SandboxResponse,
): Buffer {
  const content = bytesOf(body);
  const type = contentType === undefined && typeof body !== 'string' ? 'application/json;charset=UTF-8' : contentType;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, value);
  }
  response.removeHeader('content-type');
  if ((body !== undefined || stream) && typeof type === 'string') {
    response.setHeader('content-type', type);
  }
  if (status !== 204 && !stream) {
    response.setHeader('content-length', content.length);
  }
  return content;
}

function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body)
    ? body
    : Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
}

async function sendSlowly(response: ServerResponse, reply: SandboxResponse, pause: () => Promise<void>): Promise<void> {
  const content = writeHead(response, reply);
  for (let index = 0; index < content.length && !response.destroyed; index++) {
    response.write(content.subarray(index, index + 1));
    await pause();
  }
  response.end();
}

function alter(reply: SandboxResponse, fault: ResponseFault): SandboxResponse {
  switch (fault.kind) {
    case 'contentType':
      return { ...reply, contentType: fault.value };
    case 'fields': {
      const remaining = Object.entries(members(reply)).filter(([name]) => fault.omit?.includes(name) !== true);
      return { ...reply, body: { ...Object.fromEntries(remaining), ...fault.set } };
    }
    case 'oversized': {
      const bytes = fault.bytes ?? 1_000_000;
      const bare = JSON.stringify({ ...members(reply), padding: '' }).length;
      return { ...reply, body: { ...members(reply), padding: 'x'.repeat(Math.max(0, bytes - bare)) } };
    }
    case 'delay':
    case 'hold':
    case 'drip':
    case 'dropAfterRotation':
    case 'fewerScopes':
      return reply;
  }
}

function members({ body }: SandboxResponse): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

function gatewayResponse(fault: Exclude<InsteadFault, { kind: 'drop' | 'silence' }>): SandboxResponse {
  switch (fault.kind) {
    case 'response':
      return fault;
    case 'html':
      return html(200, 'Welcome', 'Sign in to use this network.');
    case 'throttled':
      return {
        ...html(fault.status ?? 503, 'Request limit exceeded', 'Too many requests. Please try again later.'),
        headers: fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) },
      };
    case 'tooManyRequests':
      return {
        status: 429,
        headers: { 'retry-after': String(fault.retryAfter ?? 30) },
        body: { error: 'too_many_requests', error_description: 'Rate limit exceeded' },
      };
    case 'unavailable':
      return { status: 503 };
    case 'shape':
      return API_SHAPES[fault.shape]();
    case 'redirect':
      return { status: fault.status, headers: { location: fault.location } };
  }
}

function html(status: number, title: string, text: string): SandboxResponse {
  return {
    status,
    contentType: 'text/html;charset=UTF-8',
    body: `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>`,
  };
}
