import type { ApiRequest } from '../../core/api/apiRequest.ts';
import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { TempFiles } from '../../core/files/tempFiles.ts';
import type { ResponseDocuments } from './responseDocuments.ts';
import { saveResponse, type SaveFormat } from './saveResponse.ts';
import type { DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { copyAs } from '../exports/exportRequest.ts';

/** Sends the further requests of an answer. */
export interface RequestSender {
  send(request: ApiRequest, place: { readonly first: ApiRequest; readonly page: number }): Promise<void>;
  fetchAll(request: ApiRequest): Promise<void>;
}

export interface ResponseActionsOptions {
  readonly documents: ResponseDocuments;
  readonly runner: RequestSender;
  readonly connections: () => readonly Connection[];
  readonly tempFiles: TempFiles;
}

/** What is done with an answer. The argument of each names it; without one it is the answer that is looked at. */
export class ResponseActions {
  readonly #options: ResponseActionsOptions;

  constructor(options: ResponseActionsOptions) {
    this.#options = options;
  }

  /** Throws a NinjaOneError where there is no answer. */
  find(argument: unknown): DisplayedResponse {
    return this.#options.documents.find(argument);
  }

  isAbout(argument: unknown): boolean {
    return this.#options.documents.isAbout(argument);
  }

  /** Shows it as a document of its own, so that the page before stays to be compared. Rejects with a NinjaOneError. */
  async nextPage({ next, first, page, end }: DisplayedResponse): Promise<void> {
    if (!next) {
      throw noNextPage();
    }
    await this.#options.runner.send(this.#asOfNow(next), { first, page: (end?.pages ?? page) + 1 });
  }

  /** From the first page on, whichever the document shows. Rejects with a NinjaOneError. */
  async fetchAll({ first }: DisplayedResponse): Promise<void> {
    await this.#options.runner.fetchAll(this.#asOfNow(first));
  }

  async save(shown: DisplayedResponse, format: SaveFormat): Promise<void> {
    await saveResponse(shown, format, this.#options.tempFiles);
  }

  async copyAs({ response }: DisplayedResponse): Promise<void> {
    await copyAs(response.request);
  }

  /** An answer outlives its connection, which may have been changed or removed since. */
  #asOfNow(request: ApiRequest): ApiRequest {
    const connection = this.#options.connections().find(({ id }) => id === request.connection.id);
    if (!connection) {
      throw connectionGone(request.connection);
    }
    return { ...request, connection };
  }
}

function noNextPage(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.noNextPage',
    intent: 'invalidInput',
    message: l10n.t('There is no page after this one.'),
  });
}

function connectionGone({ name }: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'response.connectionGone',
    intent: 'invalidInput',
    message: l10n.t(
      'The connection {0} of this answer is not in the settings any more. Add it again, or run the operation with another one.',
      name,
    ),
    action: 'addConnection',
  });
}
