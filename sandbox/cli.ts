import { parseArgs } from 'node:util';
import { sandboxClients } from './clients.ts';
import { SPEC_PATHS } from './liveSpec.ts';
import { startSandbox } from './sandbox.ts';

/** `npm run sandbox -- --port 8765`: runs the sandbox until it is interrupted. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8765' },
    'redirect-origin': { type: 'string', multiple: true, default: [] },
    'auto-approve': { type: 'boolean', default: false },
    devices: { type: 'string', default: '10' },
  },
});

const sandbox = await startSandbox({
  port: Number(values.port),
  redirectOrigins: values['redirect-origin'],
  autoApprove: values['auto-approve'],
  devices: Number(values.devices),
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void sandbox.stop());
}

const secrets = sandboxClients
  .filter((client) => client.clientSecret !== undefined)
  .map(({ name, clientSecret }) => `  ${name}: ${clientSecret ?? ''}`);

console.log(`NinjaOne sandbox: ${sandbox.baseUrl}

Client secrets (the extension asks for them):
${secrets.join('\n')}

Settings:
${JSON.stringify({ 'ninjaone.connections': sandbox.connections }, null, 2)}

Every operation is available below /v2; the API description is at ${SPEC_PATHS.json} and ${SPEC_PATHS.yaml}.
Switches: POST JSON to /sandbox/misbehave, /sandbox/liveSpec, /sandbox/release, /sandbox/reset; see /sandbox/state.

Ctrl+C stops it.`);
