import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { formatMessage, type LocalizableMessage } from '../base/messages.ts';
import { dateFormatOf, isActivityId } from './dateParameters.ts';
import { resourceTypeName } from './idKinds.ts';
import type { Parameter } from './operation.ts';

/**
 * What completion and hover say of a parameter that the API description does not explain; undefined if nothing is known
 * but its type. Facts about NinjaOne's parameters, for every instance.
 */
export function parameterDescription(parameter: Parameter): LocalizableMessage | undefined {
  const { name, kind } = parameter;
  if (isActivityId(parameter)) {
    return l10n.t({
      message:
        'The ID of an activity, not a time. For times, send {0} with after or before, and for one device with df.',
      args: ['GET /v2/activities'],
      comment: 'after, before and df are names of parameters. {0} is an operation.',
    });
  }
  if (dateFormatOf(parameter) !== undefined) {
    return l10n.t('A date, in ISO 8601 or as seconds since 1970.');
  }
  if (name === 'df') {
    return l10n.t('A device filter, such as {0}.', 'class = WINDOWS_SERVER AND offline');
  }
  if (name === 'pageSize') {
    return l10n.t('The largest number of items on a page.');
  }
  return kind === undefined
    ? undefined
    : l10n.t({
        message: 'The ID of an item of this type: {0}.',
        args: [plainText(formatMessage(resourceTypeName(kind)), 60)],
        comment: '{0} is a type of item, such as device.',
      });
}
