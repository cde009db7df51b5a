import type { ApiRequest } from '../../core/api/apiRequest.ts';
import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { LocalizableMessage } from '../../core/base/messages.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { TempFiles } from '../../core/files/tempFiles.ts';
import type { ResponseDocuments } from './responseDocuments.ts';
import { saveResponse, type SaveFormat } from './saveResponse.ts';
import type { DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { copyRequestAs } from '../exports/exportRequest.ts';

/** Sends the follow-up requests of a response. */
export interface RequestSender {
  send(request: ApiRequest, position: { readonly first: ApiRequest; readonly page: number }): Promise<void>;
  fetchAll(request: ApiRequest): Promise<void>;
}

export interface ResponseActionsOptions {
  readonly documents: ResponseDocuments;
  readonly runner: RequestSender;
  readonly connections: () => readonly Connection[];
  readonly tempFiles: TempFiles;
}

/** The actions on a response. Their argument names the response; without one they act on the active document. */
export class ResponseActions {
  readonly #options: ResponseActionsOptions;

  constructor(options: ResponseActionsOptions) {
    this.#options = options;
  }

  get tempFiles(): TempFiles {
    return this.#options.tempFiles;
  }

  /** Throws a NinjaOneError if there is no response. */
  find(argument: unknown): DisplayedResponse {
    return this.#options.documents.find(argument);
  }

  isAbout(argument: unknown): boolean {
    return this.#options.documents.isAbout(argument);
  }

  /** Opens the next page in a new document, so that the previous one stays open. Rejects with a NinjaOneError. */
  async nextPage({ next, first, page, end, incomplete }: DisplayedResponse): Promise<void> {
    if (!next) {
      throw noNextPage(incomplete);
    }
    await this.#options.runner.send(this.#asOfNow(next), { first, page: (end?.pages ?? page) + 1 });
  }

  /** Starts at the first page, whichever page the document shows. Rejects with a NinjaOneError. */
  async fetchAll({ first }: DisplayedResponse): Promise<void> {
    await this.#options.runner.fetchAll(this.#asOfNow(first));
  }

  async save(displayed: DisplayedResponse, format: SaveFormat): Promise<void> {
    await saveResponse(displayed, format, this.#options.tempFiles);
  }

  async copyAs({ response }: DisplayedResponse): Promise<void> {
    await copyRequestAs(response.request);
  }

  /** Looks up the connection again, because it may have been changed or removed since the response was received. */
  #asOfNow(request: ApiRequest): ApiRequest {
    const connection = this.#options.connections().find(({ id }) => id === request.connection.id);
    if (!connection) {
      throw connectionGone(request.connection);
    }
    return { ...request, connection };
  }
}

function noNextPage(incomplete: LocalizableMessage | undefined): NinjaOneError {
  return new NinjaOneError({
    code: 'response.noNextPage',
    intent: 'invalidInput',
    message: incomplete ?? l10n.t('There is no page after this one.'),
  });
}

function connectionGone({ name }: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'response.connectionGone',
    intent: 'invalidInput',
    message: l10n.t(
      'The connection {0} of this response is no longer in the settings. Add it again, or run the operation with another connection.',
      name,
    ),
    action: 'addConnection',
  });
}
