import type { ApiRequest } from '../api/apiRequest.ts';
import type { ApiResponse } from '../api/apiResponse.ts';
import { followingPage } from '../api/followingPage.ts';
import { PAGING_TABLE } from '../api/pagingTable.ts';
import { secretsInResponse } from '../api/passwordValues.ts';
import { plainText, type NinjaOneError } from '../base/errors.ts';
import { formatMessage } from '../base/messages.ts';
import { getOwn, parseJson } from '../base/untrusted.ts';
import type { Operation } from '../catalog/operation.ts';
import { SCOPES } from '../connections/connection.ts';
import { utf8Body } from '../http/charset.ts';
import { maskPlaces } from '../responses/namedSecrets.ts';
import { chooseItems, type ChosenItems, type ItemChoice } from './chooseItems.ts';
import { dataBlock } from './dataBlock.ts';

export interface ToolAnswer {
  readonly text: string;
  /** Items that the answer has, for the log; 1 for an object, 0 for an error. */
  readonly count: number;
}

/**
 * What a language model gets of a response: the chosen items without secrets, marked as data, with our words about what
 * is missing and how to get it.
 */
export function toolAnswer(response: ApiResponse, choice: ItemChoice): ToolAnswer {
  const { request, failure, size } = response;
  if (failure) {
    return { text: failureText(failure, request), count: 0 };
  }
  const about = `Response to ${request.operation.key}, connection "${plainText(request.connection.name, 60)}":`;
  if (size === 0) {
    return { text: `${about} it is empty.`, count: 0 };
  }
  const chosen = chooseItems(withoutSecrets(response), request.operation, choice);
  if (!chosen) {
    const type = plainText(response.headers['content-type'] ?? 'unknown', 60);
    return { text: `${about} it is not JSON (${type}, ${size} bytes). This tool returns JSON only.`, count: 0 };
  }
  const { next, notice } = followingPage(response);
  const data = [
    `"${chosen.shown === undefined ? 'object' : 'items'}":${chosen.json}`,
    ...(next ? [`"next":${JSON.stringify(nextValues(next))}`] : []),
    ...(chosen.names ? [`"members":${JSON.stringify(chosen.names)}`] : []),
  ];
  return {
    text: [
      about,
      ...cutNotices(chosen, choice),
      ...(next ? [NEXT_PAGE] : []),
      ...(notice ? [formatMessage(notice)] : []),
      dataBlock(`{${data.join(',\n')}}`),
    ].join('\n'),
    count: chosen.shown ?? 1,
  };
}

const NEXT_PAGE =
  'The list goes on. For the next page, call ninjaone_read again with the same values, without skip, and with the values of "next" in addition.';

function cutNotices({ shown, total, isCut, names }: ChosenItems, { skip, maxBytes }: ItemChoice): readonly string[] {
  const lines: string[] = [];
  if (shown === undefined) {
    if (isCut) {
      lines.push(
        `The object is longer than ${maxBytes} bytes, so it is left out. Choose some of its "members" as fields.`,
      );
    }
  } else if (shown === 0 && isCut) {
    lines.push(`Item ${skip + 1} is longer than ${maxBytes} bytes. Choose some of its "members" as fields.`);
  } else {
    const end = skip + shown;
    lines.push(
      shown === 0 ? `0 of the ${total} items.` : `Items ${skip + 1} to ${end} of the ${total} in this response.`,
    );
    if (end < total) {
      const why = isCut ? `The rest is longer than ${maxBytes} bytes. ` : '';
      lines.push(
        `${why}For the others, call ninjaone_read again with the same values and skip ${end}, or choose fewer fields.`,
      );
    }
  }
  if (names && !isCut) {
    lines.push('Not every field exists. The data lists the "members" of the first item.');
  }
  return lines;
}

/** The values of the next request that differ from those of this one. The server wrote them. */
function nextValues(next: ApiRequest): object {
  const { paging } = next.operation.traits;
  if (!paging) {
    return {};
  }
  const { location, name } = PAGING_TABLE[paging.style];
  const value =
    location === 'query'
      ? new URL(next.url).searchParams.get(name)
      : getOwn(next.body === undefined ? undefined : parseJson(next.body), name);
  return { [location]: { [name]: value } };
}

function withoutSecrets({ request: { operation }, body, headers }: ApiResponse): string {
  const text = new TextDecoder().decode(utf8Body(body, headers['content-type']));
  return maskedFor(text, operation);
}

function maskedFor(text: string, operation: Operation): string {
  return maskPlaces(text, secretsInResponse(text, operation)).text;
}

/** Our sentence, in which words of a server are left out, and the whole message as data. */
export function failureText({ template, args, message }: NinjaOneError, { operation, connection }: ApiRequest): string {
  const ours: ReadonlySet<unknown> = new Set([operation.key, connection.name, connection.instance.host, ...SCOPES]);
  const known = args.map((arg) => (typeof arg === 'number' || ours.has(arg) ? arg : '…'));
  const text = formatMessage({ template, args: known });
  return text === message ? text : [text, dataBlock(JSON.stringify({ message: plainText(message, 600) }))].join('\n');
}
