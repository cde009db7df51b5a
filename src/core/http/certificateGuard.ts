import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { networkError } from './networkErrors.ts';
import { isAbout, type UndiciMessage } from './undiciMessages.ts';

/**
 * Keeps requests from connections whose certificate nobody checked (A18). An agent that VS Code or another extension
 * brings decides how the connection is made, so setting `rejectUnauthorized` on an agent of our own is not enough.
 */
export class CertificateGuard {
  readonly #watched = new Set<WatchedRequest>();

  constructor() {
    subscribe(BEFORE_SENDING, this.#beforeSending);
  }

  /**
   * Throws a NinjaOneError if Node.js was told not to check certificates. Then no request may leave this machine,
   * because VS Code makes the connection.
   */
  checkEnvironment(url: URL): void {
    // Read for each request, because Node.js reads it for each connection.
    if (!checksCertificates(process.env) && !isLoopback(url)) {
      throw networkError('checksOff', url);
    }
  }

  /** The request is not written to a connection whose certificate is not valid. Call `unwatch` when it is over. */
  watch(url: URL, method: string): WatchedRequest {
    const request: WatchedRequest = { url, method, refused: false };
    if (!isLoopback(url)) {
      this.#watched.add(request);
    }
    return request;
  }

  unwatch(request: WatchedRequest): void {
    this.#watched.delete(request);
  }

  dispose(): void {
    unsubscribe(BEFORE_SENDING, this.#beforeSending);
  }

  readonly #beforeSending = (message: unknown): void => {
    const sending = message as SendingMessage;
    const { socket } = sending;
    // A TLS connection that Node.js made without `rejectUnauthorized` still knows whether its certificate is valid.
    if (socket?.encrypted !== true || socket.authorized !== false) {
      return;
    }
    for (const watched of this.#watched) {
      if (isAbout(sending, watched)) {
        watched.refused = true;
        socket.destroy();
      }
    }
  };
}

export interface WatchedRequest {
  readonly url: URL;
  readonly method: string;
  /** Whether the connection was closed instead of sending the request. */
  refused: boolean;
}

/** False if the process accepts any certificate. Node.js knows no other value of the variable. */
export function checksCertificates(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0';
}

export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.has(hostname);
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Every undici of the process publishes here, also the one in Node.js, immediately before it writes a request. */
const BEFORE_SENDING = 'undici:client:sendHeaders';

interface SendingMessage extends UndiciMessage {
  readonly socket?: Duplex & Partial<Pick<TLSSocket, 'encrypted' | 'authorized'>>;
}
