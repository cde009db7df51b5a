import { NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { allOf } from '../base/messages.ts';
import type { ApiRequest } from './apiRequest.ts';
import { requestTargets } from './requestTargets.ts';

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
  const { host } = connection.instance;
  const [, , sent] = failure.args;
  const words = typeof sent === 'string' ? sent : 'HTTP 404';
  const key = plainText(operation.key, 200);
  const ids = requestTargets(request).map(({ name, id }) => `${plainText(name, 60)} ${plainText(id, 100)}`);
  if (isDescribed === false) {
    return new NinjaOneError({
      code: 'api.notOnThisInstance',
      intent: 'invalidInput',
      message: l10n.t('{0} does not support {1}. Refresh the operations, or use another instance.', host, key),
      action: 'refreshOperations',
      support,
    });
  }
  if (ids.length > 0) {
    return new NinjaOneError({
      code: 'api.notFound',
      intent: 'invalidInput',
      message: l10n.t({
        message: '{0} could not find the object with {1}: {2}. The ID is probably wrong, or the object was deleted.',
        args: [host, allOf(ids), words],
        comment: '{0} is a host name, {1} one or more IDs, such as "id 7", {2} the error message of the server.',
      }),
      action: 'showLog',
      ...{ support, quote },
    });
  }
  return isDescribed === true
    ? failure
    : new NinjaOneError({
        code: 'api.notFound',
        intent: 'invalidInput',
        message: l10n.t({
          message:
            '{0} could not find what {1} asks for: {2}. Check the values of the request, and refresh the operations to see whether the instance has this one.',
          args: [host, key, words],
          comment: '{0} is a host name, {1} a method and a path, {2} the error message of the server.',
        }),
        action: 'refreshOperations',
        ...{ support, quote },
      });
}
