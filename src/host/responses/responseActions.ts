import type { ApiRequest } from '../../core/api/apiRequest.ts';
import { NinjaOneError } from '../../core/base/errors.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { Spool } from '../../core/files/tempFiles.ts';
import type { ResponseDocuments } from './responseDocuments.ts';
import { saveResponse, type SaveFormat } from './saveResponse.ts';
import type { Shown } from '../../core/responses/displayedResponse.ts';
import { copyAs } from '../exports/exportRequest.ts';

/** Sends the further requests of an answer. */
export interface RequestSender {
  send(request: ApiRequest, place: { readonly first: ApiRequest; readonly page: number }): Promise<void>;
  fetchAll(request: ApiRequest): Promise<void>;
}

export interface ResponseActionsPorts {
  readonly documents: ResponseDocuments;
  readonly runner: RequestSender;
  readonly connections: () => readonly Connection[];
  readonly spool: Spool;
}

/** What is done with an answer. The argument of each names it; without one it is the answer that is looked at. */
export class ResponseActions {
  readonly #ports: ResponseActionsPorts;

  constructor(ports: ResponseActionsPorts) {
    this.#ports = ports;
  }

  /** Throws a NinjaOneError where there is no answer. */
  find(argument: unknown): Shown {
    return this.#ports.documents.find(argument);
  }

  isAbout(argument: unknown): boolean {
    return this.#ports.documents.isAbout(argument);
  }

  /** Shows it as a document of its own, so that the page before stays to be compared. Rejects with a NinjaOneError. */
  async nextPage({ next, first, page, end }: Shown): Promise<void> {
    if (!next) {
      throw noNextPage();
    }
    await this.#ports.runner.send(this.#asOfNow(next), { first, page: (end?.pages ?? page) + 1 });
  }

  /** From the first page on, whichever the document shows. Rejects with a NinjaOneError. */
  async fetchAll({ first }: Shown): Promise<void> {
    await this.#ports.runner.fetchAll(this.#asOfNow(first));
  }

  async save(shown: Shown, format: SaveFormat): Promise<void> {
    await saveResponse(shown, format, this.#ports.spool);
  }

  async copyAs({ response }: Shown): Promise<void> {
    await copyAs(response.request);
  }

  /** An answer outlives its connection, which may have been changed or removed since. */
  #asOfNow(request: ApiRequest): ApiRequest {
    const connection = this.#ports.connections().find(({ id }) => id === request.connection.id);
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
    template: 'There is no page after this one.',
  });
}

function connectionGone({ name }: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'response.connectionGone',
    intent: 'invalidInput',
    template:
      'The connection {0} of this answer is not in the settings any more. Add it again, or run the operation with another one.',
    args: [name],
    action: 'addConnection',
  });
}
