import { rm } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createTransport } from '../../../src/core/http/transport.ts';
import { TempFiles } from '../../../src/core/files/tempFiles.ts';
import { createResponseView } from '../../../src/core/responses/responseView.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import type { ReadCommand, ReadResult } from './protocol.ts';

const SAMPLE_MS = 5;
const MAX_SHOWN_BYTES = 5_000_000;

/** Reads one response in a process of its own, so that nothing else adds to its memory and to its delays. */
process.once('message', (command: ReadCommand) => {
  void measured(command).then((result) => process.send?.(result, () => process.exit()));
});
process.send?.('ready');

async function measured(command: ReadCommand): Promise<ReadResult> {
  const read = command.reader === 'ours' ? readInParts : readWhole;
  // Code that is loaded and compiled at the first use is no part of what is measured.
  await read({ ...command, url: command.smallUrl });
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), SAMPLE_MS);
  const delay = monitorEventLoopDelay({ resolution: SAMPLE_MS });
  delay.enable();
  const outcome = await read(command).catch(String);
  // The last delay is noticed on the next turn.
  await new Promise((resolve) => setTimeout(resolve, 4 * SAMPLE_MS));
  delay.disable();
  clearInterval(sampling);
  peak = Math.max(peak, process.memoryUsage().rss);
  return { outcome, memory: peak - before, longestDelay: delay.max / 1e6 };
}

/** As the extension does: the first part in memory, the whole on the disk. */
async function readInParts({ url, directory, cancelAfter }: ReadCommand): Promise<string> {
  const { send, close } = createTransport({ fetch: globalThis.fetch, logger: silentLogger, proxySupport: () => 'off' });
  const overflow = new TempFiles(directory).file();
  try {
    const {
      body,
      headers,
      overflow: size,
    } = await send({
      url,
      method: 'GET',
      timeout: 120_000,
      maxBytes: MAX_SHOWN_BYTES,
      overflow,
      ...(cancelAfter === undefined ? {} : { signal: AbortSignal.timeout(cancelAfter) }),
    });
    const view = createResponseView(body, {
      contentType: headers.get('content-type') ?? undefined,
      size: size ?? body.byteLength,
      items: undefined,
      maxItems: 1000,
    });
    return `${view.kind} ${view.truncated ? 'first part' : 'whole'} of ${size ?? body.byteLength}`;
  } finally {
    await overflow.close();
    await rm(directory, { recursive: true, force: true });
    await close();
  }
}

/** As a script does, which shows that the limits can be missed. */
async function readWhole({ url }: ReadCommand): Promise<string> {
  const text = await (await fetch(url)).text();
  return `${JSON.stringify(JSON.parse(text), undefined, 2).length} characters`;
}
