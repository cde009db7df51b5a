import { isWrite } from '../../core/api/apiRequest.ts';
import type { ObjectOperation } from '../../core/catalog/objectOperations.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { buildRequest, missingParameters } from '../../core/requests/buildRequest.ts';
import type { RequestRunner } from './requestRunner.ts';

export interface ObjectRequests {
  readonly runner: RequestRunner;
  /** Shows a new request document of the operation with these values. Sends nothing. */
  readonly openFilled: (found: ObjectOperation, connection: Connection) => Promise<void>;
}

/**
 * Sends a read for which the IDs are enough, and opens the request document of any other operation with the IDs filled in.
 * Rejects with a NinjaOneError.
 */
export async function runWithObject(
  found: ObjectOperation,
  connection: Connection,
  { runner, openFilled }: ObjectRequests,
): Promise<void> {
  const { operation, values } = found;
  const isReady = !isWrite({ operation }) && !operation.body && missingParameters(operation, values).length === 0;
  const result = buildRequest({ operation: operation.key, ...values, body: undefined }, { operation, connection });
  await (isReady && result.ok ? runner.send(result.request) : openFilled(found, connection));
}
