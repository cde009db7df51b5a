import * as vscode from 'vscode';
import type { ApiClient } from '../../core/api/apiClient.ts';
import { isCanceled, isNinjaOneError, plainText, type NinjaOneError } from '../../core/base/errors.ts';
import type { Logger } from '../../core/base/log.ts';
import type { SecretRedactor } from '../../core/base/redaction.ts';
import { asRecord, getOwn } from '../../core/base/untrusted.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { describeForTool, toolOperationLine } from '../../core/languageModel/describeForTool.ts';
import { failureText, toolAnswer, type ToolAnswer } from '../../core/languageModel/toolAnswer.ts';
import {
  searchTools,
  toolOperation,
  type ToolCatalogs,
  type ToolOperation,
} from '../../core/languageModel/toolOperations.ts';
import { toolRequest } from '../../core/languageModel/toolRequest.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { RequestSessions } from '../requests/requestSessions.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import type { Settings } from '../platform/settings.ts';
import type { ReadConsent } from './readConsent.ts';
import type { ModelTool, ModelToolsPort } from './registerModelTools.ts';

export interface LanguageModelToolsOptions {
  readonly settings: Pick<Settings, 'connections'>;
  readonly selection: Pick<SelectedConnection, 'current'>;
  readonly catalog: { readonly bundled: Catalog; of(connection: Connection): Promise<Catalog> };
  /** Never writes, whatever the user has allowed. */
  readonly reader: ApiClient;
  readonly sessions: Pick<RequestSessions, 'existingWithAccount'>;
  readonly consent: ReadConsent;
  readonly redactor: () => Promise<Pick<SecretRedactor, 'removeKnown'>>;
  readonly logger: Logger;
}

/**
 * The tools with which a language model searches operations, describes one and reads data (X4). They never write, never
 * read secrets, never sign in, and answer problems with a text that says what to do.
 */
export class LanguageModelTools implements ModelToolsPort, Disposable {
  readonly #options: LanguageModelToolsOptions;

  constructor(options: LanguageModelToolsOptions) {
    this.#options = options;
  }

  /** Rejects only as canceled. */
  async invoke(
    tool: ModelTool,
    input: unknown,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const stop = new AbortController();
    const subscription = token.onCancellationRequested(() => {
      stop.abort();
    });
    try {
      if (token.isCancellationRequested) {
        throw new vscode.CancellationError();
      }
      const text = await this.#answer(tool, input, stop.signal);
      const secrets = await this.#options.redactor();
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(secrets.removeKnown(text))]);
    } catch (error) {
      if (isCanceled(error)) {
        throw new vscode.CancellationError();
      }
      throw error;
    } finally {
      subscription.dispose();
    }
  }

  dispose(): void {
    this.#options.consent.dispose();
  }

  async #answer(tool: ModelTool, input: unknown, signal: AbortSignal): Promise<string> {
    const unknown = Object.keys(asRecord(input) ?? {}).filter((name) => !INPUTS[tool].includes(name));
    if (!asRecord(input) || unknown.length > 0) {
      return `This tool takes only these values: ${INPUTS[tool].join(', ')}.`;
    }
    const connection = this.#connection(getOwn(input, 'connection'));
    if (typeof connection === 'string') {
      return connection;
    }
    const catalogs = {
      bundled: this.#options.catalog.bundled,
      ofConnection: await this.#options.catalog.of(connection),
    };
    if (tool === 'search_operations') {
      return this.#search(input, catalogs);
    }
    const key = getOwn(input, 'operation');
    const found = typeof key === 'string' ? toolOperation(key.trim(), catalogs) : undefined;
    if (!found) {
      this.#log(tool, 'no such operation');
      return NO_OPERATION;
    }
    if (tool === 'describe_operation') {
      this.#log(tool, found.known.key);
      return describeForTool(found, catalogs.ofConnection);
    }
    return this.#read(found, input, { connection, signal });
  }

  async #search(input: unknown, catalogs: ToolCatalogs): Promise<string> {
    const query = getOwn(input, 'query');
    const limit = numberIn(input, 'limit', { least: 1, most: 30, usual: 10 });
    if (typeof query !== 'string' || query.trim() === '' || limit === undefined) {
      return 'Send "query" with words or a path, such as "device disks", and "limit" from 1 to 30.';
    }
    const { found, total } = await searchTools(query.slice(0, MAX_QUERY), catalogs, limit);
    this.#log('search_operations', `${found.length} of ${total} operations`);
    return total === 0
      ? 'No operation that reads was found. Try other words, such as "devices", "alerts" or "software".'
      : [`${found.length} of ${total} operations that read:`, ...found.map(toolOperationLine)].join('\n');
  }

  async #read(
    found: ToolOperation,
    input: unknown,
    { connection, signal }: { readonly connection: Connection; readonly signal: AbortSignal },
  ): Promise<string> {
    const { operation, known } = found;
    const limit = numberIn(input, 'limit', { least: 1, most: MAX_ITEMS, usual: USUAL_ITEMS });
    const skip = numberIn(input, 'skip', { least: 0, most: 1_000_000, usual: 0 });
    const fields = fieldsIn(getOwn(input, 'fields'));
    if (limit === undefined || skip === undefined || !fields) {
      return `Send "limit" from 1 to ${MAX_ITEMS}, "skip" from 0, and "fields" as a list of at most ${MAX_FIELDS} names of members.`;
    }
    const [path, query, body] = ['path', 'query', 'body'].map((name) => getOwn(input, name));
    const names = [path, query, body].map((values) => namesOf(values, found));
    const logged = `${known.key} of ${plainText(connection.name, 60)}; parameters: ${names.flat().join(', ') || 'none'}`;
    const built = toolRequest(found, { path, query, body }, { connection, limit });
    if (!built.ok) {
      this.#log('read', `${logged}; refused`);
      return `Nothing was sent. Change these values; ninjaone_describe_operation says which ones there are:\n${built.text}`;
    }
    const chosen = this.#options.sessions.existingWithAccount(operation, connection);
    if (!chosen) {
      this.#log('read', `${logged}; not signed in`);
      return notSignedIn(connection, operation.traits.scope);
    }
    const { account, session } = chosen;
    const asked = { connection, account, operation: `${known.title} (${known.key})` };
    const consent = await this.#options.consent.ask(asked, signal);
    if (consent !== 'allowed') {
      this.#log('read', `${logged}; ${consent}`);
      return consent === 'declined' ? DECLINED : UNANSWERED;
    }
    let answer: ToolAnswer;
    let busy: NinjaOneError | undefined;
    const patience = new AbortController();
    try {
      // With no wider session, because the user has agreed to this account.
      const response = await this.#options.reader.send(built.request, {
        session,
        signal: AbortSignal.any([signal, patience.signal]),
        maxBytes: MAX_RESPONSE,
        onPause: (milliseconds, failure) => {
          if (milliseconds > MAX_PAUSE) {
            busy = failure;
            patience.abort();
          }
        },
      });
      answer = toolAnswer(response, { fields, skip, limit, maxBytes: MAX_BYTES });
    } catch (error) {
      const failure = busy && !signal.aborted ? busy : error;
      if (!isNinjaOneError(failure) || isCanceled(failure)) {
        throw failure;
      }
      answer = { text: failureText(failure, built.request), count: 0 };
    }
    this.#log('read', `${logged}; ${answer.count} in the answer`);
    return answer.text;
  }

  /** The connection with this name or id, or the active one; a text if there is none or more than one. */
  #connection(wanted: unknown): Connection | string {
    const { settings, selection } = this.#options;
    if (wanted === undefined || wanted === '') {
      return selection.current ?? NO_CONNECTION;
    }
    const { connections } = settings;
    const found = connections.filter(({ id, name }) => id === wanted || name === wanted);
    const [only] = found;
    if (only && found.length === 1) {
      return only;
    }
    const names = connections.slice(0, 20).map(({ id, name }) => `- ${plainText(name, 60)} (id ${id})`);
    return [`${found.length} connections are called so. Send the name or the id of one of these:`, ...names].join('\n');
  }

  /** Without values, which may be secrets, and without the words of a search. */
  #log(tool: ModelTool, text: string): void {
    this.#options.logger.info(`Language model: ninjaone_${tool}: ${text}`);
  }
}

const INPUTS: { readonly [K in ModelTool]: readonly string[] } = {
  search_operations: ['query', 'limit', 'connection'],
  describe_operation: ['operation', 'connection'],
  read: ['operation', 'path', 'query', 'body', 'fields', 'limit', 'skip', 'connection'],
};

const MAX_QUERY = 200;
const MAX_FIELDS = 40;
const USUAL_ITEMS = 50;
const MAX_ITEMS = 200;
/** Bytes of an answer, and of the response that is read for it. */
const MAX_BYTES = 40_000;
const MAX_RESPONSE = 5_000_000;
/** Milliseconds. A language model can be told to try again later. */
const MAX_PAUSE = 10_000;

const NO_OPERATION =
  'These tools have no such operation. They only read data, without secrets. Find operations with ninjaone_search_operations and send "operation" as it is written there, such as "GET /v2/device/{id}". Anything else is up to the user, in the API Explorer of NinjaOne.';
const NO_CONNECTION =
  'There is no connection to NinjaOne. Ask the user to run the command "NinjaOne: Add Connection…".';
const DECLINED = 'The user declined. Nothing was sent. Do not try again unless the user asks for it.';
const UNANSWERED =
  'The user did not answer the question of the dialog within two minutes. Nothing was sent. Ask the user to allow it, then try again.';

function notSignedIn({ name }: Connection, scope: string): string {
  return `Nobody is signed in to "${plainText(name, 60)}" with the scope ${scope}. Nothing was sent. Ask the user to run the command "NinjaOne: Sign In", then try again.`;
}

function numberIn(
  input: unknown,
  name: string,
  { least, most, usual }: { readonly least: number; readonly most: number; readonly usual: number },
): number | undefined {
  const value = getOwn(input, name) ?? usual;
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}

function fieldsIn(value: unknown): readonly string[] | undefined {
  const fields: readonly unknown[] | undefined = value === undefined ? [] : Array.isArray(value) ? value : undefined;
  const names = fields?.filter((field) => typeof field === 'string' && field !== '' && field.length <= 200) as
    readonly string[] | undefined;
  return fields && names && names.length === fields.length && names.length <= MAX_FIELDS ? names : undefined;
}

/** The names of parameters that the bundled operation has; other names may be anything, so they are only counted. */
function namesOf(values: unknown, { known }: ToolOperation): readonly string[] {
  const names = Object.keys(asRecord(values) ?? {});
  const declared = names.filter((name) => known.parameters.some((parameter) => parameter.name === name));
  const others = names.length - declared.length;
  return others === 0 ? declared : [...declared, `${others} other`];
}
