import type { Adapter, AdapterPayload } from 'oidc-provider';

/**
 * The records of one sandbox. The memory adapter of oidc-provider is shared by all providers of a process and drops
 * records.
 */
export function memoryAdapter(): MemoryAdapter {
  const models = new Map<string, Map<string, AdapterPayload>>();
  const recordsOf = (model: string): Map<string, AdapterPayload> => {
    const records = models.get(model) ?? new Map<string, AdapterPayload>();
    models.set(model, records);
    return records;
  };
  return {
    forModel: (model) => adapterOf(recordsOf(model)),
    expire(model, id) {
      const record = recordsOf(model).get(id);
      if (!record) {
        return false;
      }
      record.exp = 1;
      return true;
    },
  };
}

export interface MemoryAdapter {
  readonly forModel: (model: string) => Adapter;
  /** Expires a record; returns false if there is no such record. */
  readonly expire: (model: string, id: string) => boolean;
}

function adapterOf(records: Map<string, AdapterPayload>): Adapter {
  const findBy = (key: 'uid' | 'userCode', value: string): AdapterPayload | undefined =>
    [...records.values()].find((record) => record[key] === value);
  return {
    upsert(id, payload) {
      records.set(id, payload);
      return Promise.resolve();
    },
    find: (id) => Promise.resolve(records.get(id)),
    findByUid: (uid) => Promise.resolve(findBy('uid', uid)),
    findByUserCode: (userCode) => Promise.resolve(findBy('userCode', userCode)),
    consume(id) {
      const record = records.get(id);
      if (record) {
        record.consumed = Math.floor(Date.now() / 1000);
      }
      return Promise.resolve();
    },
    destroy(id) {
      records.delete(id);
      return Promise.resolve();
    },
    revokeByGrantId(grantId) {
      for (const [id, record] of records) {
        if (record.grantId === grantId) {
          records.delete(id);
        }
      }
      return Promise.resolve();
    },
  };
}
