import type { Operation, Parameter, Traits } from '../../src/core/catalog/operation.ts';

/** Handwritten operations, one of each kind that matters to a request. */
export function operationOf(
  key: string,
  fields: Partial<Omit<Operation, 'traits'>> & { traits?: Partial<Traits> } = {},
): Operation {
  const [method = '', path = ''] = key.split(' ');
  const { traits, ...rest } = fields;
  return {
    key,
    method: method as Operation['method'],
    path,
    operationId: 'operation',
    tag: 'system',
    title: 'Operation',
    parameters: [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) =>
      parameterOf(name, { in: 'path', required: true, type: 'integer', format: 'int32' }),
    ),
    body: undefined,
    ...rest,
    traits: {
      group: 'Group',
      riskLevel: method === 'GET' ? 'read' : method === 'DELETE' ? 'destructive' : 'write',
      scope: method === 'GET' ? 'monitoring' : 'management',
      needsUser: false,
      paging: undefined,
      bulk: false,
      ...traits,
    },
  };
}

export function parameterOf(name: string, fields: Partial<Parameter> = {}): Parameter {
  return {
    name,
    in: 'query',
    required: false,
    type: 'string',
    format: undefined,
    values: undefined,
    kind: undefined,
    date: undefined,
    ...fields,
  };
}

export const JSON_BODY = { contentType: 'application/json', required: false, schema: {} } as const;

export const GET_DEVICE = operationOf('GET /v2/device/{id}');
export const LIST_DEVICES = operationOf('GET /v2/devices', {
  parameters: [
    parameterOf('df'),
    parameterOf('pageSize', { type: 'integer', format: 'int32' }),
    parameterOf('after', { type: 'integer', format: 'int32' }),
  ],
  traits: { paging: { style: 'after', items: '' } },
});
export const PATCH_DEVICE = operationOf('PATCH /v2/device/{id}', { body: JSON_BODY });
export const DELETE_FIELD = operationOf('DELETE /v2/custom-fields/field-name/{fieldName}', {
  parameters: [parameterOf('fieldName', { in: 'path', required: true })],
});
export const REBOOT = operationOf('POST /v2/device/{id}/reboot/{mode}', {
  parameters: [
    parameterOf('id', { in: 'path', required: true, type: 'integer', format: 'int32' }),
    parameterOf('mode', { in: 'path', required: true, values: ['NORMAL', 'FORCED'] }),
  ],
  body: JSON_BODY,
  traits: { riskLevel: 'deviceAction' },
});
export const SECURE_FIELDS = operationOf('GET /v2/queries/custom-fields', {
  parameters: [
    parameterOf('showSecureValues', { type: 'boolean' }),
    parameterOf('cursor'),
    parameterOf('pageSize', { type: 'integer', format: 'int32' }),
  ],
  traits: { riskLevel: 'secretRead', paging: { style: 'cursor', items: 'results' } },
});
export const DASHBOARD_URL = operationOf('GET /v2/device/{id}/dashboard-url', { traits: { riskLevel: 'secretRead' } });
export const INSTALLER = operationOf('POST /v2/organization/generate-installer', {
  body: JSON_BODY,
  traits: { riskLevel: 'secretRead' },
});
export const RUN_BOARD = operationOf('POST /v2/ticketing/trigger/board/{boardId}/run', {
  body: JSON_BODY,
  traits: { riskLevel: 'read', scope: 'monitoring', needsUser: true, paging: { style: 'boardRun', items: 'data' } },
});
export const UPLOAD = operationOf('POST /v2/attachments/temp/upload', {
  body: { contentType: 'multipart/form-data', required: false, schema: {} },
});

export const OPERATIONS = [
  GET_DEVICE,
  LIST_DEVICES,
  PATCH_DEVICE,
  DELETE_FIELD,
  REBOOT,
  SECURE_FIELDS,
  DASHBOARD_URL,
  INSTALLER,
  RUN_BOARD,
  UPLOAD,
];
