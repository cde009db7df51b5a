import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient, type ApiSession } from '../../src/core/api/apiClient.ts';
import { openLocalFile } from '../../src/core/files/localFile.ts';
import { createTransport } from '../../src/core/http/transport.ts';
import { buildRequest } from '../../src/core/requests/buildRequest.ts';
import { readRequestText } from '../../src/core/requests/requestText.ts';
import { silentLogger } from '../../tooling/silentLogger.ts';
import { bundledCatalog } from '../../test/support/bundledMedia.ts';
import { UPLOADS } from '../../test/support/bundledOperations.ts';
import { openOAuthFixture, type OAuthFixture } from '../../test/support/oauthFixture.ts';
import { NATIVE, signIn } from '../../test/support/plainOAuth.ts';
import { startSandbox, type Sandbox } from '../sandbox.ts';

const FILE = { $file: 'report.csv' };
const COMMENT = 'POST /v2/ticketing/ticket/{ticketId}/comment';

/** A request document for each operation with a form. */
const DOCUMENTS: Readonly<Record<string, object>> = {
  [COMMENT]: { path: { ticketId: 1001 }, body: { comment: { body: 'Rebooted \u00fc' }, files: [FILE] } },
  'POST /v2/attachments/temp/upload': { query: { entityType: 'TICKET' }, body: { files: [FILE, FILE] } },
  'POST /v2/knowledgebase/articles/upload': { body: { organizationId: 1, folderPath: 'a/b', files: [FILE] } },
  'POST /v2/related-items/entity/{entityType}/{entityId}/attachment': {
    path: { entityType: 'NODE', entityId: 1001 },
    body: { file: FILE },
  },
  'POST /v2/vulnerability/scan-groups/{scan-group-id}/upload': { path: { 'scan-group-id': 1 }, body: { csv: FILE } },
};

describe('forms in the sandbox', () => {
  let sandbox: Sandbox;
  let fixture: OAuthFixture;
  let client: ApiClient;
  let session: ApiSession;
  let folder = '';
  let close: () => Promise<void>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ninjaone-forms-'));
    await writeFile(join(folder, 'report.csv'), 'host,cve\nPC-1,CVE-2025-1\n');
    sandbox = await startSandbox();
    fixture = await openOAuthFixture(sandbox);
    const connection = fixture.connection('sandbox-native');
    const { access_token: accessToken } = (await signIn(sandbox, NATIVE)).body;
    const transport = createTransport({ fetch: globalThis.fetch, logger: silentLogger, proxySupport: () => 'off' });
    ({ close } = transport);
    client = new ApiClient({
      transport: transport.send,
      writes: { mayWrite: () => true },
      files: { open: (path) => openLocalFile(join(folder, path), () => {}) },
      timeout: () => 5000,
      now: Date.now,
      sleep: () => Promise.resolve(),
    });
    const scopes = ['monitoring', 'management', 'control'] as const;
    session = { connection, scopes, accessToken: () => Promise.resolve(accessToken) };
  });
  after(async () => {
    await close();
    await fixture.close();
    await sandbox.stop();
    await rm(folder, { recursive: true });
  });

  it('are those of all operations with a form', () => {
    assert.deepEqual(Object.keys(DOCUMENTS).sort(), [...UPLOADS].sort());
  });

  for (const key of UPLOADS) {
    it(`are accepted by ${key} (E15)`, async () => {
      const operation = bundledCatalog.operations.find((each) => each.key === key)!;
      const read = readRequestText(JSON.stringify({ operation: key, ...DOCUMENTS[key] }));
      assert.ok(read.ok);
      const result = buildRequest(read.draft, { operation, connection: session.connection });
      assert.ok(result.ok);
      const { status, failure } = await client.send(result.request, { session });
      assert.deepEqual([Math.floor(status / 100), failure], [2, undefined]);
      const parts = sandbox.tenant.writes.at(-1)?.body as readonly { readonly name: string; readonly file?: string }[];
      assert.deepEqual(
        parts.map(({ name }) => name),
        result.request.form?.map(({ name }) => name),
      );
      assert.deepEqual(parts.at(-1), {
        name: parts.at(-1)?.name,
        file: 'report.csv',
        type: 'text/csv',
        content: 'host,cve\nPC-1,CVE-2025-1\n',
      });
    });
  }

  it('add the comment to the ticket (E15)', () => {
    const [entry] = sandbox.tenant.logEntries.filter(({ ticketId }) => ticketId === 1001).slice(-1);
    assert.equal(entry?.body, 'Rebooted \u00fc');
  });
});
