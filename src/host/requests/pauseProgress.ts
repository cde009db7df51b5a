import type { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { formatExactTime } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';

/**
 * Says in the progress how long NinjaOne wants to be left alone, or when a lost request is sent again (E8). `now` is in
 * milliseconds since 1970.
 */
export function tellPause(
  report: (message: string) => void,
  now: () => number,
): (milliseconds: number, failure: NinjaOneError) => void {
  return (milliseconds, { code }) => {
    const seconds = Math.ceil(milliseconds / 1000);
    if (code.startsWith('network.')) {
      report(
        localize(
          l10n.t(
            '{0, plural, one {The connection failed. Trying again in # second…} other {The connection failed. Trying again in # seconds…}}',
            seconds,
          ),
        ),
      );
      return;
    }
    report(
      localize(
        l10n.t({
          message:
            '{0, plural, one {NinjaOne is busy. Waiting # second, until {1}…} other {NinjaOne is busy. Waiting # seconds, until {1}…}}',
          args: [seconds, formatExactTime(now() + milliseconds)],
          comment: '{1} is a time of day.',
        }),
      ),
    );
  };
}
