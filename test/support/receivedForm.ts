import { once } from 'node:events';
import { Readable } from 'node:stream';
import busboy from 'busboy';
import type { ReceivedRequest } from './recordingServer.ts';

/** One part of a form as a server reads it. */
export interface ReceivedPart {
  readonly name: string;
  /** Undefined for a part that is no file. `fetch` calls a part with a content type `blob`, which is no file either. */
  readonly file: string | undefined;
  /** `text/plain` is the type of a part without one (RFC 7578 §4.4). */
  readonly type: string;
  readonly content: string;
}

/** The parts of a `multipart/form-data` body, read by busboy. Rejects if the body is malformed or cut. */
export async function receivedForm({ rawHeaders, content }: ReceivedRequest): Promise<readonly ReceivedPart[]> {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  const reader = busboy({
    headers: { 'content-type': rawHeaders[at + 1] ?? '' },
    preservePath: true,
    defParamCharset: 'utf8',
  });
  const parts: Promise<ReceivedPart>[] = [];
  reader.on('field', (name, value, { mimeType }) => {
    parts.push(Promise.resolve({ name, file: undefined, type: mimeType, content: value }));
  });
  reader.on('file', (name, stream, { filename, mimeType }) => {
    parts.push(
      stream.toArray().then((chunks: Buffer[]) => ({
        name,
        file: filename === 'blob' ? undefined : filename,
        type: mimeType,
        content: Buffer.concat(chunks).toString(filename === 'blob' ? 'utf8' : 'base64'),
      })),
    );
  });
  const closed = once(reader, 'close');
  Readable.from([content]).pipe(reader);
  await closed;
  return Promise.all(parts);
}
