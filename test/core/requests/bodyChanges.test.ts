import assert from 'node:assert/strict';
import { changedMembers, patchBody, sentChanges } from '../../../src/core/requests/bodyChanges.ts';
import { bundledCatalog, bundledSchemas } from '../../support/bundledMedia.ts';

describe('the changes of a body', () => {
  it('are the members with another value, new ones and removed ones, with every digit (E19)', () => {
    assert.deepEqual(
      changedMembers('{"a":1,"b":"x","c":null,"e":1.0}', '{"b":"y","a":1,"d":12345678901234567890,"e":1}'),
      [
        { name: 'b', before: '"x"', after: '"y"' },
        { name: 'd', before: undefined, after: '12345678901234567890' },
        { name: 'e', before: '1.0', after: '1' },
        { name: 'c', before: 'null', after: undefined },
      ],
    );
  });

  it('are none for another order, other blanks and another way to escape (E19)', () => {
    const before = '{"a":{"x":[1,{"p":1,"q":"\\u00e4/"}],"y":{}},"b":[]}';
    const after = '{ "b": [], "a": { "y": {}, "x": [1, {"q": "ä\\/", "p": 1}] } }';
    assert.deepEqual(changedMembers(before, after), []);
    assert.equal(changedMembers(before, after.replace('[1, {', '[{"p":1},{'))[0]?.name, 'a');
    for (const [was, is] of [
      ['[1,2]', '[2,1]'],
      ['{"p":1}', '{"q":1}'],
      ['{"p":1,"q":2}', '{"p":2,"q":1}'],
      ['{}', '[]'],
      ['{"p":{}}', '{"p":[]}'],
      ['[[1],2]', '[1,[2]]'],
      ['["1"]', '[1]'],
      ['null', '""'],
    ]) {
      assert.equal(changedMembers(`{"a":${was}}`, `{"a":${is}}`).length, 1, `${was} ${is}`);
    }
  });

  it('are found at any depth (E19)', () => {
    const deep = (inner: string): string => `{"a":${'['.repeat(50_000)}${inner}${']'.repeat(50_000)}}`;
    assert.equal(changedMembers(deep('1'), deep('1')).length, 0);
    assert.equal(changedMembers(deep('1'), deep('2')).length, 1);
  });

  it('are all members where one of the two is no object (E19)', () => {
    assert.deepEqual(changedMembers('{"a":1}', '[1,2]'), [{ name: 'a', before: '1', after: undefined }]);
  });

  it('of a PATCH do not include members that it leaves out (E19)', () => {
    assert.deepEqual(sentChanges('PATCH', '{"a":1,"b":2}', '{"a":1}'), []);
    assert.equal(sentChanges('PUT', '{"a":1,"b":2}', '{"a":1}').length, 1);
  });

  it('are all that a PATCH sends, an inner object as a whole (E19)', () => {
    const loaded = '{"displayName":"A","userData":{"a":1,"b":2},"organizationId":1}';
    assert.equal(
      patched(loaded, '{"displayName":"A","userData":{"a":1,"b":3},"organizationId":1}'),
      '{"userData":{"a":1,"b":3}}',
    );
    assert.equal(patched(loaded, '{"displayName":"A","warranty":{"startDate":1e9}}'), '{"warranty":{"startDate":1e9}}');
    assert.equal(patched(loaded, '{"organizationId":1,"displayName":"A"}'), undefined);
  });

  it('go together with what the API description requires (E19)', () => {
    const device = bundledCatalog.find('PATCH /v2/device/{id}');
    assert.ok(device?.body);
    const schema = { type: 'object', properties: { id: {}, a: {}, b: {} }, required: ['id'] };
    const operation = { ...device, body: { ...device.body, schema } };
    const sent = (body: string): string | undefined =>
      patchBody(body, { loaded: '{"id":7,"a":1,"b":2}', operation, schemas: bundledSchemas });
    assert.equal(sent('{"id":7,"a":1,"b":3}'), '{"id":7,"b":3}');
    assert.equal(sent('{"id":7,"a":1,"b":2}'), undefined);
  });

  function patched(loaded: string, body: string): string | undefined {
    const operation = bundledCatalog.find('PATCH /v2/device/{id}');
    assert.ok(operation);
    return patchBody(body, { loaded, operation, schemas: bundledSchemas });
  }
});
