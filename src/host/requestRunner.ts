import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ApiClient, ApiSession, Confirmation, WritePermission } from '../core/api/apiClient.ts';
import { isWrite, tierOf, type ApiRequest } from '../core/api/apiRequest.ts';
import type { ApiResponse } from '../core/api/apiResponse.ts';
import { readOnly } from '../core/api/failures.ts';
import { cancelled, NinjaOneError } from '../core/base/errors.ts';
import type { Operation } from '../core/catalogue/operation.ts';
import type { Connection } from '../core/connection/connection.ts';
import { checkRequest } from '../core/request/request.ts';
import { sessionsFor, type ServedSession } from '../core/session/servedSessions.ts';
import type { TokenService } from '../core/session/tokenService.ts';
import { askConfirmation } from './confirmation.ts';
import { nameOf } from './objectNames.ts';
import { askMissing } from './parameterPrompt.ts';
import type { ResponseDocuments } from './responseDocuments.ts';
import type { SessionStarter } from './sessionStarter.ts';

export interface RequestRunnerPorts {
  readonly client: ApiClient;
  /** Asked before a person is asked anything; the client asks it again. */
  readonly writes: WritePermission;
  /** Of the catalogue that the explorer shows. */
  readonly operation: (key: string) => Operation | undefined;
  readonly tokens: TokenService;
  readonly starter: SessionStarter;
  readonly documents: ResponseDocuments;
  readonly maxItems: () => number;
  /** The operation was sent: it goes to the top of Recent. */
  readonly remember: (key: string) => void;
  /** It was answered: what may be remembered goes to the history. */
  readonly record: (response: ApiResponse) => void;
}

/** From an operation to an answer on the screen: values, session, confirmation, request, document. */
export class RequestRunner {
  readonly #ports: RequestRunnerPorts;

  constructor(ports: RequestRunnerPorts) {
    this.#ports = ports;
  }

  /** Asks only for what is missing (E5). Rejects with a NinjaOneError, as cancelled when a question is left. */
  async run(operation: Operation, connection: Connection): Promise<void> {
    const isChange = isWrite({ operation, url: connection.instance.origin });
    if (isChange && !this.#ports.writes.mayWrite(connection)) {
      throw readOnly({ operation, connection });
    }
    if (isChange && operation.body) {
      throw needsDocument(operation);
    }
    await this.send(await this.prepare(operation, connection));
  }

  /** Asks for what is missing, and sends nothing. Rejects with a NinjaOneError, as cancelled when a question is left. */
  async prepare(operation: Operation, connection: Connection): Promise<ApiRequest> {
    const draft = await askMissing(operation);
    const result = checkRequest(draft, { operation, connection });
    if (!result.ok) {
      throw notComplete(operation, result.problems[0]?.message);
    }
    return result.request;
  }

  /** Signs in, confirms, sends and shows the answer. Rejects with a NinjaOneError. */
  async send(request: ApiRequest): Promise<void> {
    const { operation, connection } = request;
    if (isWrite(request) && !this.#ports.writes.mayWrite(connection)) {
      throw readOnly({ operation, connection });
    }
    const session = await this.#sessionFor(operation, connection);
    const confirmation = await this.#confirm(request);
    const response = await this.#send(request, session, confirmation);
    this.#ports.remember(operation.key);
    this.#ports.record(response);
    await this.#ports.documents.show(response, {
      maxItems: this.#ports.maxItems(),
      mask: tierOf(request) === 'secretRead',
    });
  }

  async #sessionFor(operation: Operation, connection: Connection): Promise<ApiSession> {
    const { scope } = operation.traits;
    if (!connection.scopes.includes(scope)) {
      throw lacksScope(connection, scope);
    }
    return (
      this.#sessionAtHand(operation, connection) ??
      this.#asSession(await this.#ports.starter.signInTo(connection, 'program'), connection)
    );
  }

  /** The session with the fewest scopes that covers the operation. */
  #sessionAtHand({ traits }: Operation, connection: Connection): ApiSession | undefined {
    const served = this.#ports.tokens.served().filter(({ connection: { id } }) => id === connection.id);
    const found =
      sessionsFor(served, [traits.scope], undefined)[0] ??
      served.find(({ session }) => session.scopes.includes(traits.scope));
    return found && this.#asSession(found, connection);
  }

  #asSession({ session: { id, scopes } }: ServedSession, connection: Connection): ApiSession {
    const { tokens } = this.#ports;
    return {
      connection,
      scopes,
      accessToken: async (options) => (await tokens.fresh(id, options)).session.accessToken,
    };
  }

  async #confirm(request: ApiRequest): Promise<Confirmation | undefined> {
    const { client, operation } = this.#ports;
    if (!client.needsConfirmation(request)) {
      return undefined;
    }
    const session = (named: Operation): ApiSession | undefined => this.#sessionAtHand(named, request.connection);
    const confirmation = await client.confirm(request, () =>
      askConfirmation(request, (object) => nameOf(object, { client, operation, session })),
    );
    if (!confirmation) {
      throw cancelled();
    }
    return confirmation;
  }

  async #send(request: ApiRequest, session: ApiSession, confirmation: Confirmation | undefined): Promise<ApiResponse> {
    const abort = new AbortController();
    const response = this.#ports.client.send(request, { session, confirmation, signal: abort.signal });
    const isQuick = await Promise.race([
      response.then(
        () => true,
        () => true,
      ),
      pause(PATIENCE, false),
    ]);
    if (!isQuick) {
      await vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: `${request.operation.key} · ${request.connection.name}`,
          cancellable: true,
        },
        async (_progress, token) => {
          token.onCancellationRequested(() => {
            abort.abort();
          });
          await response.catch(() => {});
        },
      );
    }
    return response;
  }
}

/** Milliseconds until a request shows its progress: most are answered before, and a toast that flashes is noise. */
const PATIENCE = 1000;

/** What changes something is never sent without the body that says how. */
function needsDocument({ title }: Operation): NinjaOneError {
  return new NinjaOneError({
    code: 'request.needsDocument',
    intent: 'invalidInput',
    template: '{0} takes a body, so it was not sent. Write the body in a request document and send it from there.',
    args: [title],
  });
}

function notComplete(
  operation: Operation,
  message?: { readonly template: string; readonly args: readonly (string | number)[] },
): NinjaOneError {
  return new NinjaOneError({
    code: 'request.notComplete',
    intent: 'invalidInput',
    template: message?.template ?? 'The request {0} is not complete.',
    args: message?.args ?? [operation.title],
  });
}

function lacksScope(connection: Connection, scope: string): NinjaOneError {
  return new NinjaOneError({
    code: 'request.lacksScope',
    intent: 'permission',
    template: '{0} does not allow {1}, which this operation needs. Add the scope to the connection and sign in again.',
    args: [connection.name, scope],
    action: 'editConnection',
  });
}
