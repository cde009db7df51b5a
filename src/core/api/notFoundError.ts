import { NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { allOf, type LocalizableMessage } from '../base/messages.ts';
import type { ApiRequest } from './apiRequest.ts';
import { requestTargets, type TargetObject } from './requestTargets.ts';

/**
 * Explains a 404, for which NinjaOne has one text. `isDescribed` says whether the description of the instance has the
 * operation; undefined if there is none (E12).
 */
export function explainNotFound(
  failure: NinjaOneError,
  request: ApiRequest,
  isDescribed: boolean | undefined,
): NinjaOneError {
  const { connection, operation } = request;
  const { support, quote } = failure;
  const [, , sent] = failure.args;
  const words = typeof sent === 'string' ? sent : 'HTTP 404';
  const title = plainText(operation.title, 100);
  const ids = requestTargets(request);
  if (isDescribed === false) {
    return new NinjaOneError({
      code: 'api.notOnThisInstance',
      intent: 'invalidInput',
      message: l10n.t(
        '{0} does not support {1}. Refresh the operations, or use another instance.',
        connection.instance.host,
        plainText(operation.key, 200),
      ),
      action: 'refreshOperations',
      support,
    });
  }
  if (ids.length > 0) {
    return new NinjaOneError({
      code: 'api.notFound',
      intent: 'invalidInput',
      message: noSuchObject(title, ids, words),
      action: 'showLog',
      ...{ support, quote },
    });
  }
  return new NinjaOneError({
    code: 'api.notFound',
    intent: 'invalidInput',
    message:
      isDescribed === true
        ? l10n.t({
            message: '{0}: NinjaOne found nothing (404): {1}. Check the values of the request.',
            args: [title, words],
            comment: '{0} is the title of an operation and {1} the error message of the server.',
          })
        : l10n.t({
            message:
              '{0}: NinjaOne found nothing (404): {1}. Check the values of the request, and refresh the operations to see whether the instance has this one.',
            args: [title, words],
            comment: '{0} is the title of an operation and {1} the error message of the server.',
          }),
    action: isDescribed === true ? 'showLog' : 'refreshOperations',
    ...{ support, quote },
  });
}

/** In one short sentence, with the text of the server only if it says more than the status. */
function noSuchObject(title: string, ids: readonly TargetObject[], words: string): LocalizableMessage {
  const [only, ...others] = ids;
  const named = allOf(ids.map(({ name, id }) => `${plainText(name, 60)} ${plainText(id, 100)}`));
  if (!SAYS_NOTHING.test(words)) {
    return l10n.t({
      message: '{0}: NinjaOne has no object with {1} (404): {2}. An ID is probably wrong, or the object was deleted.',
      args: [title, named, words],
      comment:
        '{0} is the title of an operation, {1} one or more IDs, such as "id 7", {2} the error message of the server.',
    });
  }
  if (only && others.length === 0 && only.kind === 'device') {
    return l10n.t('{0}: no device has the ID {1} (404).', title, plainText(only.id, 100));
  }
  if (only && others.length === 0 && only.kind === 'organization') {
    return l10n.t('{0}: no organization has the ID {1} (404).', title, plainText(only.id, 100));
  }
  return l10n.t({
    message: '{0}: NinjaOne has no object with {1} (404). An ID is probably wrong, or the object was deleted.',
    args: [title, named],
    comment: '{0} is the title of an operation and {1} one or more IDs, such as "id 7".',
  });
}

const SAYS_NOTHING =
  /^(?:HTTP 404\b.*|(?:(?:entity|object|resource|item|device|organization) )?not[ _]found|no reason)$/i;
