import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { API_SHAPES } from './apiShapes.ts';
import { isAnswerFault, isInsteadFault, type AnswerFault, type Fault, type InsteadFault } from './misbehavior.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string or buffer is sent as it is, anything else as JSON. Absent: no body. */
  readonly body?: unknown;
  /** In place of a body: pieces that are made one after another, as fast as they are read. */
  readonly stream?: () => Iterable<string>;
  /** Undefined: `application/json` for what is not a string; null: none. */
  readonly contentType?: string | null;
}

/** How a faulty answer passes its time. The connection may be gone when it is over. */
export interface Pauses {
  wait(milliseconds: number): Promise<void>;
  held(): Promise<void>;
}

/** Answers in place of the application when a fault says so. */
export function answerInstead(response: ServerResponse, faults: readonly Fault[]): boolean {
  const fault = faults.find(isInsteadFault);
  if (!fault) {
    return false;
  }
  if (fault.kind === 'drop') {
    response.destroy();
  } else {
    send(response, gatewayAnswer(fault));
  }
  return true;
}

/** Sends what the application answered, as the faults let it. */
export async function deliver(
  response: ServerResponse,
  answer: Answer,
  { faults, pauses }: { readonly faults: readonly Fault[]; readonly pauses: Pauses },
): Promise<void> {
  const applied = faults.filter(isAnswerFault);
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
  const faulty = applied.reduce(alter, answer);
  const drip = applied.find((fault) => fault.kind === 'drip');
  if (drip) {
    await sendSlowly(response, faulty, () => pauses.wait(drip.milliseconds));
  } else {
    send(response, faulty);
  }
}

export function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) {
    return;
  }
  const content = writeHead(response, answer);
  if (answer.stream) {
    // Who reads it may well have enough before it ends.
    pipeline(Readable.from(answer.stream()), response).catch(() => response.destroy());
  } else {
    response.end(content);
  }
}

function writeHead(response: ServerResponse, { status, headers = {}, body, stream, contentType }: Answer): Buffer {
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

async function sendSlowly(response: ServerResponse, answer: Answer, pause: () => Promise<void>): Promise<void> {
  const content = writeHead(response, answer);
  for (let index = 0; index < content.length && !response.destroyed; index++) {
    response.write(content.subarray(index, index + 1));
    await pause();
  }
  response.end();
}

function alter(answer: Answer, fault: AnswerFault): Answer {
  switch (fault.kind) {
    case 'contentType':
      return { ...answer, contentType: fault.value };
    case 'fields': {
      const kept = Object.entries(members(answer)).filter(([name]) => fault.omit?.includes(name) !== true);
      return { ...answer, body: { ...Object.fromEntries(kept), ...fault.set } };
    }
    case 'oversized': {
      const bytes = fault.bytes ?? 1_000_000;
      const bare = JSON.stringify({ ...members(answer), padding: '' }).length;
      return { ...answer, body: { ...members(answer), padding: 'x'.repeat(Math.max(0, bytes - bare)) } };
    }
    case 'delay':
    case 'hold':
    case 'drip':
    case 'dropAfterRotation':
    case 'fewerScopes':
      return answer;
  }
}

function members({ body }: Answer): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

function gatewayAnswer(fault: Exclude<InsteadFault, { kind: 'drop' }>): Answer {
  switch (fault.kind) {
    case 'answer':
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

function html(status: number, title: string, text: string): Answer {
  return {
    status,
    contentType: 'text/html;charset=UTF-8',
    body: `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>`,
  };
}
