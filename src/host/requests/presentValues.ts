import * as vscode from 'vscode';
import type { ApiRequest } from '../../core/api/apiRequest.ts';
import { withoutPasswords } from '../../core/api/passwordValues.ts';
import { isCanceled, isNinjaOneError, NinjaOneError, plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { membersOfSchema } from '../../core/catalog/bodyMembers.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';
import type { Schemas } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { DOTS } from '../../core/json/formatJson.ts';
import type { NameDirectory } from '../../core/names/nameDirectory.ts';
import { childTexts, withMember } from '../../core/json/jsonReader.ts';
import { changedMembers, patchBody, sentChanges } from '../../core/requests/bodyChanges.ts';
import { requestLabel } from '../../core/responses/requestLabel.ts';
import { runCommand } from '../platform/contributions.ts';
import { offerInformation } from '../platform/windowMessages.ts';
import type { BodyComparison } from './bodyComparison.ts';
import type { LoadedValue, LoadedValues } from './loadedValues.ts';
import { bodyInResponse, loadPresentValue } from './loadPresentValue.ts';
import { askChangedMeanwhile, askUnknownMeanwhile, changeLines, type RequestReview } from './requestReview.ts';
import type { RequestRunner } from './requestRunner.ts';

export interface PresentValuesOptions {
  readonly loaded: LoadedValues;
  readonly runner: Pick<RequestRunner, 'readQuietly' | 'lookUp' | 'send'>;
  readonly comparison: BodyComparison;
  readonly catalogOf: (connection: Connection) => Promise<Catalog>;
  /** Offered where an ID is asked for. */
  readonly names: NameDirectory;
  /** Shows an error. */
  readonly report: (error: unknown) => void;
}

/** Loads what is there now into request documents, and sends what was changed of it (E19). */
export class PresentValues {
  readonly #options: PresentValuesOptions;

  constructor(options: PresentValuesOptions) {
    this.#options = options;
  }

  /** Fills the body of the document. Rejects with a NinjaOneError, also as canceled. */
  async load(document: vscode.TextDocument, connection: Connection): Promise<void> {
    const { runner, loaded, names, catalogOf } = this.#options;
    const catalog = await catalogOf(connection);
    await loadPresentValue(document, {
      connection,
      catalog,
      loaded,
      names,
      read: (request) => runner.readQuietly(request),
    });
  }

  /**
   * The request in a document as it is sent: a PATCH has only what was changed since the value was loaded. Rejects with a
   * NinjaOneError if nothing was.
   */
  async asSent(request: ApiRequest, document: string): Promise<ApiRequest> {
    const before = this.#loadedFor(request, document)?.body;
    const { body, operation, connection } = request;
    if (before === undefined || body === undefined || !body.startsWith('{')) {
      return request;
    }
    if (sentChanges(operation.method, before, body).length === 0) {
      throw nothingChanged(request);
    }
    if (operation.method !== 'PATCH') {
      return request;
    }
    const schemas = await (await this.#options.catalogOf(connection)).schemas();
    return { ...request, body: patchBody(body, { loaded: before, operation, schemas }) };
  }

  /**
   * The request in a document as it is copied or saved as code: as it is sent. If nothing was changed since the last Send, it
   * is what that sent, or else the whole body, so that there is something to take along.
   */
  async asCopied(request: ApiRequest, document: string): Promise<ApiRequest> {
    try {
      return await this.asSent(request, document);
    } catch (error) {
      if (isNinjaOneError(error) && error.code === NOTHING_CHANGED) {
        return { ...request, body: this.#loadedFor(request, document)?.sent ?? request.body };
      }
      throw error;
    }
  }

  /** Sends a request as `asSent()` returns it, after the user has seen what it changes. Rejects with a NinjaOneError. */
  async send(request: ApiRequest, document: string): Promise<void> {
    const { runner, loaded, catalogOf } = this.#options;
    const value = loaded.of(document);
    if (value?.write !== request.operation.key || request.body === undefined) {
      await runner.send(request, { document });
      return;
    }
    const schemas = await (await catalogOf(request.connection)).schemas();
    const known = this.#loadedFor(request, document);
    const review = new Review({ ...this.#options, request, value, schemas, isSame: known !== undefined });
    let told = vscode.l10n.t({
      message: '{0}: sent.',
      args: [requestLabel(request)],
      comment: '{0} is the title of an operation with its values, such as "Update device 7".',
    });
    const tell = (message: string): void => {
      told = message;
    };
    await runner.send(request, { document, review, tell });
    await review.close();
    if (known?.read) {
      loaded.keep(document, { ...known, body: review.after, sent: request.body });
      void this.#offerNext(told, known.read, document);
    }
  }

  /** Resolves when the message is closed, so nothing may wait for it. */
  async #offerNext(message: string, read: ApiRequest, document: string): Promise<void> {
    const { runner, report } = this.#options;
    const [load, show] = [vscode.l10n.t('Load Again'), vscode.l10n.t('Show Current Value')];
    const chosen = await offerInformation(message, load, show);
    if (chosen === load) {
      runCommand('ninjaone.request.loadCurrentValue', vscode.Uri.parse(document));
    } else if (chosen === show) {
      await runner.send(read, { document }).catch(report);
    }
  }

  /** What was loaded of the object that the request is about. */
  #loadedFor({ operation, url }: ApiRequest, document: string): LoadedValue | undefined {
    const value = this.#options.loaded.of(document);
    const isSame = value?.write === operation.key && value.read && addressOf(value.read.url) === addressOf(url);
    return isSame && value.body !== undefined ? value : undefined;
  }
}

interface ReviewOptions extends PresentValuesOptions {
  readonly request: ApiRequest;
  readonly value: LoadedValue;
  readonly schemas: Schemas;
  /** Whether the value is that of the object of the request, and still known. */
  readonly isSame: boolean;
}

/** What one Send changes. */
class Review implements RequestReview {
  readonly #options: ReviewOptions;
  #before: string;
  #close = async (): Promise<void> => {};

  constructor(options: ReviewOptions) {
    this.#options = options;
    this.#before = options.isSame ? (options.value.body ?? '{}') : '{}';
  }

  /** The body with all members, also those that a PATCH does not have. */
  get after(): string {
    const { method } = this.#options.request.operation;
    const body = this.#options.request.body ?? '{}';
    return method === 'PATCH'
      ? childTexts(body).reduce((all, { name = '', text }) => withMember(all, name, text) ?? all, this.#before)
      : body;
  }

  get changes(): readonly string[] {
    const { request, value, isSame } = this.#options;
    const { operation } = request;
    const lines = changeLines(sentChanges(operation.method, this.#before, this.after), operation);
    return isSame ? [...lines, ...this.#missingLines()] : [unlikeLine(value), ...lines];
  }

  async show(): Promise<void> {
    const { isSame, request } = this.#options;
    if (isSame) {
      const label = requestLabel(request);
      await this.#compare(
        vscode.l10n.t({
          message: '{0}: loaded value and what is sent',
          args: [label],
          comment:
            '{0} is the title of an operation with its values, such as "Update device 7". Title of a comparison.',
        }),
      );
    }
  }

  async check(): Promise<void> {
    const { isSame, value, request, runner, schemas } = this.#options;
    const { read } = value;
    if (!isSame || !read) {
      return;
    }
    const label = requestLabel(request);
    let now: string;
    try {
      const title = vscode.l10n.t('Checking whether the object has changed…');
      const response = await runner.lookUp(read, title);
      if (!response) {
        throw noSession();
      }
      now = bodyInResponse(response, { read: read.operation, write: request.operation, schemas }).body;
    } catch (error) {
      if (isCanceled(error)) {
        throw error;
      }
      await askUnknownMeanwhile(label, error);
      return;
    }
    const changes = changedMembers(this.#before, now);
    if (changes.length > 0) {
      await askChangedMeanwhile(label, changeLines(changes, request.operation), async () => {
        await this.close();
        this.#before = now;
        await this.#compare(
          vscode.l10n.t({
            message: '{0}: what is there now and what is sent',
            args: [label],
            comment:
              '{0} is the title of an operation with its values, such as "Update device 7". Title of a comparison.',
          }),
        );
      });
      this.#before = now;
    }
  }

  /** Closes what `show` has opened. */
  async close(): Promise<void> {
    await this.#close();
  }

  async #compare(title: string): Promise<void> {
    const { request, comparison } = this.#options;
    const { operation } = request;
    const shown = (body: string): string => withoutPasswords(body, operation, DOTS) ?? '';
    this.#close = await comparison.show([shown(this.#before), shown(this.after)], {
      name: requestLabel(request),
      title,
    });
  }

  /** A PUT replaces the whole object, as far as anybody knows. */
  #missingLines(): readonly string[] {
    const { request, schemas } = this.#options;
    const sent = new Set(childTexts(this.after).map(({ name }) => name));
    const { properties } = membersOfSchema(request.operation.body?.schema, schemas);
    const missing = [...properties.keys()].filter((name) => !sent.has(name));
    return request.operation.method !== 'PUT' || missing.length === 0
      ? []
      : [
          vscode.l10n.t({
            message: 'Not in the body, so NinjaOne may clear it: {0}',
            args: [plainText(missing.join(', '), 300)],
            comment: '{0} is a list of names.',
          }),
        ];
  }
}

/** Without the query, which only the write may have. */
function addressOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function unlikeLine({ read, body }: LoadedValue): string {
  return body === undefined || !read
    ? vscode.l10n.t('The value that was loaded is not known any more, so the whole body is sent.')
    : vscode.l10n.t({
        message: 'The body was loaded from another object: {0}. All of it is sent.',
        args: [plainText(new URL(read.url).pathname, 200)],
        comment: '{0} is a path, such as /v2/device/7.',
      });
}

const NOTHING_CHANGED = 'request.nothingChanged';

function nothingChanged(request: ApiRequest): NinjaOneError {
  return new NinjaOneError({
    code: NOTHING_CHANGED,
    intent: 'invalidInput',
    message: l10n.t({
      message:
        '{0}: nothing has changed since the value was loaded, so there is nothing to send. Change the body first.',
      args: [requestLabel(request)],
      comment: '{0} is the title of an operation with its values, such as "Update device 7".',
    }),
  });
}

function noSession(): NinjaOneError {
  return new NinjaOneError({
    code: 'request.noSession',
    intent: 'permission',
    message: l10n.t('No account of this connection may read the object.'),
  });
}
