import assert from 'node:assert/strict';
import type { Operation, Parameter } from '../../../src/core/catalog/operation.ts';
import { createCatalog, type Catalog } from '../../../src/core/catalog/catalog.ts';
import { toolOperation } from '../../../src/core/languageModel/toolOperations.ts';
import { toolRequest } from '../../../src/core/languageModel/toolRequest.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';
import { bundledOperation } from '../../support/bundledOperations.ts';

const KEY = 'GET /v2/devices';
const known = bundledOperation(KEY);
const [df] = known.parameters.filter(({ name }) => name === 'df') as [Parameter];
/** As an instance may describe it. */
const described: Operation = {
  ...known,
  parameters: [...known.parameters, { ...df, name: 'includeSecrets' }, { ...df, name: 'unmask' }],
};
const TARGET = { connection: connectionOf(), limit: 20 };

describe('a request of a language model', () => {
  it('has no parameter that asks for secrets, whatever the instance calls it (X4, T56)', () => {
    const found = toolOperation(KEY, { bundled: catalogOf(known), ofConnection: catalogOf(described) });
    assert.deepEqual(
      found?.operation.parameters.map(({ name }) => name),
      known.parameters.map(({ name }) => name),
    );
  });

  it('is refused if it asks for secrets nevertheless (X4, T56)', () => {
    const values = { path: undefined, query: { includeSecrets: 'true' }, body: undefined };
    assert.deepEqual(toolRequest({ known, operation: described }, values, TARGET), {
      ok: false,
      text: 'This tool reads no secrets.',
    });
  });

  it('asks for as many items as are wanted, unless the caller asks for another size (X4)', () => {
    const urlOf = (key: string, query?: object, limit = 20): string | undefined => {
      const operation = bundledOperation(key);
      const values = { path: undefined, query, body: undefined };
      const built = toolRequest({ known: operation, operation }, values, { ...TARGET, limit });
      return built.ok ? new URL(built.request.url).search : built.text;
    };
    assert.equal(urlOf(KEY), '?pageSize=20');
    assert.equal(urlOf(KEY, { pageSize: 7 }), '?pageSize=7');
    assert.equal(urlOf('GET /v2/devices/search', { q: 'DC' }, 3), '?q=DC&limit=3');
    assert.equal(urlOf('GET /v2/alerts'), '');
  });
});

function catalogOf(operation: Operation): Catalog {
  const none = createCatalog({
    facts: { operations: [], passwords: [], skipped: [] },
    overlay: new Map(),
    schemas: () => Promise.resolve(new Map()),
  });
  return { ...none, find: (key) => (key === operation.key ? operation : undefined) };
}
