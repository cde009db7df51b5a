import type { SandboxResponse } from './response.ts';
import { failure, incidentId, needsUser, oauthError } from './tenantResponses.ts';

/**
 * The forms in which the API and the gateways before it are known to fail, and the forms of broken responses. Their
 * texts are the sandbox's own.
 */
export const API_SHAPES: { readonly [K in ApiShape]: () => SandboxResponse } = {
  failure: () => ({
    status: 400,
    body: {
      resultCode: 'invalid_node_role',
      errorMessage: 'The node role is not valid',
      incidentId: incidentId(),
      errorDetails: [{ field: 'nodeRoleId', code: 'invalid' }],
    },
  }),
  failureObject: () => failure(404, 'agreement_not_found', { code: 'agreement_not_found', params: { id: 7 } }),
  routeMissing: () => failure(404, 'FAILURE', 'HTTP 404 Not Found'),
  notAuthenticated: () => oauthError(401, 'not_authenticated', 'Access token is invalid or expired', 10),
  insufficientPrivileges: () => oauthError(401, 'insufficient_privileges', 'The application lacks the privilege'),
  userContext: needsUser,
  billing: () => ({ status: 500, body: { errorCode: 'permission_denied', message: 'Permission denied' } }),
  plainText: () => ({ status: 500, contentType: 'text/plain', body: 'Something went wrong' }),
  errorString: () => jsonText(400, '"Invalid request"'),
  unavailablePage: () => ({
    status: 503,
    contentType: 'text/html',
    body: '<html><head><title>503</title></head><body><h1>503 Service Unavailable</h1><hr>nginx</body></html>',
  }),
  noContent: () => ({ status: 204 }),
  empty: () => ({ status: 200 }),
  bareString: () => jsonText(200, '"done"'),
  untyped: () => ({ status: 200, contentType: null, body: '[{"id":1,"name":"untyped"}]' }),
  ndjson: () => ({ status: 200, contentType: 'application/x-ndjson', body: '{"id":1}\n{"id":2}\n{"id":3}\n' }),
  truncated: () => jsonText(200, '[{"id":1,"name":"first"},{"id":2,"na'),
  invalidUtf8: () => jsonText(200, Buffer.from('[{"id":1,"name":"caf\xe9 \xff\xfe"}]', 'latin1')),
  deep: () => jsonText(200, '['.repeat(LEVELS) + ']'.repeat(LEVELS)),
  binary: () => ({
    status: 200,
    contentType: 'application/octet-stream',
    body: Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 31) % 256)),
  }),
  huge: () => ({ status: 200, contentType: 'application/json', stream: hugeArray }),
};

export type ApiShape =
  /** `{resultCode, errorMessage, incidentId, errorDetails}` */
  | 'failure'
  /** The same with an object as `errorMessage`. */
  | 'failureObject'
  | 'routeMissing'
  /** `{error, error_description, error_code}`, and so the next two. */
  | 'notAuthenticated'
  | 'insufficientPrivileges'
  | 'userContext'
  /** `{errorCode, message}` */
  | 'billing'
  | 'plainText'
  /** A JSON string and nothing around it. */
  | 'errorString'
  /** A gateway's HTML with 503. */
  | 'unavailablePage'
  | 'noContent'
  /** 200 without a body. */
  | 'empty'
  | 'bareString'
  /** JSON without a content type. */
  | 'untyped'
  | 'ndjson'
  | 'truncated'
  | 'invalidUtf8'
  /** 100,000 levels of arrays. */
  | 'deep'
  | 'binary'
  /** A JSON array of 100 MB, made while it is sent. */
  | 'huge';

export const HUGE_BYTES = 100_000_000;

const LEVELS = 100_000;

function jsonText(status: number, body: string | Buffer): SandboxResponse {
  return { status, contentType: 'application/json', body };
}

/** Exactly `HUGE_BYTES` of rows of 100 bytes, in chunks of 100 kB. */
function* hugeArray(): Generator<string> {
  const rows = HUGE_BYTES / ROW_BYTES;
  for (let first = 0; first < rows; first += ROWS_A_PIECE) {
    yield Array.from({ length: ROWS_A_PIECE }, (_, index) => row(first + index, rows)).join('');
  }
}

const ROW_BYTES = 100;
const ROWS_A_PIECE = 1000;

/** The bracket before the first row, or the comma after the row before, belongs to the row. */
function row(index: number, rows: number): string {
  const start = `${index === 0 ? '[' : ','}{"id":${index + 1},"systemName":"PC-${index + 1}","filler":"`;
  const end = index === rows - 1 ? '"}]' : '"}';
  return start + 'x'.repeat(ROW_BYTES - start.length - end.length) + end;
}
