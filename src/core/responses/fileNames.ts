import { attachmentName } from '../http/attachments.ts';
import { signatureEnding } from './fileSignatures.ts';
import type { ResponseView } from './responseView.ts';

/** How a response is named when it is saved. */
export interface ProposedName {
  /** The name that the server proposes, with its ending. */
  readonly sent: string | undefined;
  /** Without a period, such as `pdf`; for a name that is made from the operation. */
  readonly ending: string;
}

export function proposedName(
  kind: ResponseView['kind'],
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): ProposedName {
  const sent = attachmentName(headers['content-disposition']);
  const ending =
    kind === 'binary' ? (signatureEnding(body) ?? typeEnding(headers['content-type']) ?? 'bin') : ENDINGS[kind];
  return { sent: sent === undefined || /\.[^.]+$/.test(sent) ? sent : `${sent}.${ending}`, ending };
}

const ENDINGS: { readonly [K in Exclude<ResponseView['kind'], 'binary'>]: string } = {
  json: 'json',
  jsonLines: 'jsonl',
  html: 'html',
  text: 'txt',
  empty: 'txt',
};

function typeEnding(contentType = ''): string | undefined {
  return TYPES.get(contentType.split(';')[0]?.trim().toLowerCase() ?? '');
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['application/pdf', 'pdf'],
  ['application/zip', 'zip'],
  ['application/gzip', 'gz'],
  ['application/x-msi', 'msi'],
  ['application/x-msdownload', 'exe'],
  ['image/png', 'png'],
  ['image/jpeg', 'jpg'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
]);
