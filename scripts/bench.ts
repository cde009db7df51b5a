import path from 'node:path';
import { startSandbox } from '../sandbox/sandbox.ts';
import { startWorkbench } from '../tooling/workbench.ts';
import { measureActivation, measureCalls } from './bench/activation.ts';
import { measureCatalog } from './bench/parseCatalog.ts';
import { measureExplorerView } from './bench/explorerView.ts';
import { measureFetchAll } from './bench/fetchAll.ts';
import { startLargeTenant } from './bench/largeTenant.ts';
import { measureResourcesView } from './bench/resourcesView.ts';
import { measureNames } from './bench/names.ts';
import { measureSearching } from './bench/search.ts';
import { measureSaving } from './bench/saving.ts';
import { measureTable } from './bench/tableRows.ts';
import { measureSessions } from './bench/sessions.ts';
import { projectRoot } from '../tooling/provisionVscode.ts';

/** Figures, side by side in one run; nothing passes or fails by them. */
await measureSessions();
await measureSearching();
await measureOnServer();
await measureInEditor();

async function measureOnServer(): Promise<void> {
  const tenant = await startLargeTenant(50_000);
  try {
    await measureCatalog(async (place) => (await fetch(`${tenant.baseUrl}${place}`)).text());
    await measureFetchAll(tenant);
  } finally {
    await tenant.stop();
  }
  const smaller = await startLargeTenant(10_000);
  try {
    await measureNames(smaller);
  } finally {
    await smaller.stop();
  }
}

async function measureInEditor(): Promise<void> {
  const sandbox = await startSandbox({ autoApprove: true });
  const workbench = await startWorkbench({
    extensions: [
      projectRoot,
      path.join(projectRoot, 'scripts/bench/empty'),
      path.join(projectRoot, 'scripts/bench/trivial'),
    ],
    agent: true,
    // Without it, VS Code asks before it opens a large file.
    userSettings: {
      'ninjaone.connections': sandbox.connections.slice(0, 1),
      'workbench.editorLargeFileConfirmation': 1000,
    },
  });
  try {
    await measureActivation(workbench);
    await measureExplorerView(workbench);
    await measureCalls(workbench);
    await measureResourcesView(workbench);
    await measureSaving(workbench, sandbox);
    await measureTable(workbench, sandbox);
  } finally {
    await workbench.stop();
    await sandbox.stop();
  }
}
