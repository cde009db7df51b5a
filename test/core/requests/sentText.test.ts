import assert from 'node:assert/strict';
import { readRequestText } from '../../../src/core/requests/requestText.ts';
import { sentText } from '../../../src/core/requests/sentText.ts';
import { bundledCatalog } from '../../support/bundledMedia.ts';

describe('the text of a request that was sent', () => {
  it('has the values of the request as JSON, and every digit of its body (E6)', () => {
    const operation = bundledCatalog.find('GET /v2/devices')!;
    const values = { path: {}, query: { pageSize: '5', after: '12345678901234567890', df: 'class = "A" AND offline' } };
    const body = '{"id":12345678901234567890,"price":1.10}';
    const text = sentText({ operation, body }, { schema: 'ninjaone://schema/x.json', values });
    assert.match(text, /"pageSize": 5,\n {4}"after": 12345678901234567890,\n {4}"df": "class = \\"A\\" AND offline"\n/);
    const read = readRequestText(text);
    assert.ok(read.ok, text);
    assert.equal(read.draft.bodyText, body);
    assert.equal(read.draft.query.get('after'), '12345678901234567890');
  });
});
