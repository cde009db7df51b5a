import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ApiClient, ApiSession, Confirmation } from '../core/api/apiClient.ts';
import { tierOf, type ApiRequest } from '../core/api/apiRequest.ts';
import type { ApiResponse } from '../core/api/apiResponse.ts';
import { cancelled, NinjaOneError } from '../core/base/errors.ts';
import type { Operation, Parameter } from '../core/catalogue/operation.ts';
import type { Connection } from '../core/connection/connection.ts';
import type { RequestDraft, Scalar } from '../core/request/draft.ts';
import { checkValue } from '../core/request/parameters.ts';
import { checkRequest, missingParameters } from '../core/request/request.ts';
import { sessionsFor, type ServedSession } from '../core/session/servedSessions.ts';
import type { TokenService } from '../core/session/tokenService.ts';
import { nameOfTier } from './explorerTree.ts';
import type { ResponseDocuments } from './responseDocuments.ts';
import type { SessionStarter } from './sessionStarter.ts';

export interface RequestRunnerPorts {
  readonly client: ApiClient;
  readonly tokens: TokenService;
  readonly starter: SessionStarter;
  readonly documents: ResponseDocuments;
  readonly maxItems: () => number;
  /** The operation was sent: it goes to the top of Recent. */
  readonly remember: (key: string) => void;
}

/** From an operation to an answer on the screen: values, session, confirmation, request, document. */
export class RequestRunner {
  readonly #ports: RequestRunnerPorts;

  constructor(ports: RequestRunnerPorts) {
    this.#ports = ports;
  }

  /** Asks only for what is missing (E5). Rejects with a NinjaOneError, as cancelled when a question is left. */
  async run(operation: Operation, connection: Connection): Promise<void> {
    const draft = await askMissing(operation);
    const result = checkRequest(draft, { operation, connection });
    if (!result.ok) {
      throw notComplete(operation, result.problems[0]?.message);
    }
    const session = await this.#sessionFor(operation, connection);
    const confirmation = await this.#confirm(result.request);
    const response = await this.#send(result.request, session, confirmation);
    this.#ports.remember(operation.key);
    await this.#ports.documents.show(response, {
      maxItems: this.#ports.maxItems(),
      mask: tierOf(result.request) === 'secretRead',
    });
  }

  /** The session with the fewest scopes that covers the operation; signs in when there is none. */
  async #sessionFor({ traits }: Operation, connection: Connection): Promise<ApiSession> {
    const { tokens, starter } = this.#ports;
    const find = (): ServedSession | undefined =>
      sessionsFor(
        tokens.served().filter((served) => served.connection.id === connection.id),
        [traits.scope],
        undefined,
      )[0] ??
      tokens
        .served()
        .find(({ session, connection: { id } }) => id === connection.id && session.scopes.includes(traits.scope));
    if (!connection.scopes.includes(traits.scope)) {
      throw lacksScope(connection, traits.scope);
    }
    const served = find() ?? (await starter.signInTo(connection));
    return {
      connection,
      scopes: served.session.scopes,
      accessToken: async (options) => (await tokens.fresh(served.session.id, options)).session.accessToken,
    };
  }

  async #confirm(request: ApiRequest): Promise<Confirmation | undefined> {
    const { client } = this.#ports;
    if (!client.needsConfirmation(request)) {
      return undefined;
    }
    const confirmation = await client.confirm(request, () => askConfirmation(request));
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

/** One question for each required parameter: a pick where the values are known, else a box that checks as you type. */
async function askMissing(operation: Operation): Promise<RequestDraft> {
  const path = new Map<string, Scalar>();
  const query = new Map<string, Scalar>();
  const missing = missingParameters(operation, { path, query });
  for (const [index, parameter] of missing.entries()) {
    const title = `${operation.title} (${index + 1}/${missing.length})`;
    const value = await ask(parameter, title);
    (parameter.in === 'path' ? path : query).set(parameter.name, value);
  }
  return { operation: operation.key, path, query, body: undefined };
}

async function ask(parameter: Parameter, title: string): Promise<string> {
  const { name, type, values, kind } = parameter;
  const answer = values
    ? await vscode.window.showQuickPick([...values], { title, placeHolder: name })
    : await vscode.window.showInputBox({
        title,
        prompt: kind === undefined ? `${name} (${type})` : vscode.l10n.t('{0}: id of the {1} ({2})', name, kind, type),
        ignoreFocusOut: true,
        validateInput: (text) => {
          if (text === '') {
            return vscode.l10n.t('{0} is needed.', name);
          }
          const checked = checkValue(parameter, text);
          return checked.ok ? undefined : vscode.l10n.t(checked.message.template, ...checked.message.args);
        },
      });
  if (answer === undefined || answer === '') {
    throw cancelled();
  }
  return answer;
}

async function askConfirmation({ operation, connection, url }: ApiRequest): Promise<boolean> {
  const send = vscode.l10n.t('Send');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0}: {1}?', operation.title, nameOfTier(operation.traits.tier)),
    {
      modal: true,
      detail: [
        `${operation.method} ${new URL(url).pathname}`,
        vscode.l10n.t('Connection {0} on {1}', connection.name, connection.instance.host),
      ].join('\n'),
    },
    send,
  );
  return answer === send;
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
