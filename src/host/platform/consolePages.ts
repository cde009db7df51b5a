import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { consoleAddress, type ResourceObject } from '../../core/catalog/consoleAddresses.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { openInBrowser } from './navigation.ts';

/** Opens the page of an object in NinjaOne's web console. Rejects with a NinjaOneError if there is none (E20). */
export async function openInConsole({ instance }: Connection, object: ResourceObject | undefined): Promise<void> {
  const address = object && consoleAddress(instance.origin, object);
  if (address === undefined) {
    throw new NinjaOneError({
      code: 'console.noPage',
      intent: 'invalidInput',
      message: l10n.t('Select the ID of a device, an organization or a ticket. Only these can be opened in NinjaOne.'),
    });
  }
  await openInBrowser(address);
}
