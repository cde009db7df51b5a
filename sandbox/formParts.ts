import { once } from 'node:events';
import busboy from 'busboy';

/** One part of a form as a server reads it. */
export interface FormPart {
  readonly name: string;
  /** Undefined for a part that is no file. */
  readonly file: string | undefined;
  /** `text/plain` is the type of a part without one (RFC 7578 §4.4). */
  readonly type: string;
  readonly content: Buffer;
}

/** The parts of a `multipart/form-data` body. Rejects if the body is malformed or cut. */
export async function formParts(contentType: string, content: Buffer): Promise<readonly FormPart[]> {
  const reader = busboy({
    headers: { 'content-type': contentType },
    preservePath: true,
    defParamCharset: 'utf8',
  });
  const parts: Promise<FormPart>[] = [];
  reader.on('field', (name, value, { mimeType }) => {
    parts.push(Promise.resolve({ name, file: undefined, type: mimeType, content: Buffer.from(value) }));
  });
  reader.on('file', (name, stream, { filename, mimeType }) => {
    const chunks = stream.toArray() as Promise<Buffer[]>;
    parts.push(chunks.then((all) => ({ name, file: filename, type: mimeType, content: Buffer.concat(all) })));
  });
  const closed = once(reader, 'close');
  reader.end(content);
  await closed;
  return Promise.all(parts);
}
