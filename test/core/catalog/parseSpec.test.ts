import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readDescription } from '../../../scripts/updateCatalog.ts';
import { catalogFiles } from '../../../scripts/catalogFiles.ts';
import { readOpenApi } from '../../../src/core/catalog/openApiReader.ts';
import { getOwn } from '../../../src/core/base/untrusted.ts';
import { bundledCatalog, mediaText, specOf } from '../../support/bundledMedia.ts';

const shapesText = readFileSync(new URL('../../../sandbox/shapes.json', import.meta.url), 'utf8');
const shapes: unknown = JSON.parse(shapesText);
const specFile = process.env['NINJAONE_SPEC'];

describe('the files generated from an API description', () => {
  it('contain the facts that they were made from (E1)', () => {
    const spec = specOf(
      {
        'POST /v2/a/{id}': {
          operationId: 'runIt',
          tags: ['x'],
          description: 'Prose',
          parameters: [{ name: 'mode', in: 'query', required: true, schema: { type: 'integer', enum: [1, 2] } }],
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/A~1b' } } },
          },
        },
      },
      {
        components: {
          schemas: {
            'A/b': {
              type: 'object',
              properties: { next: { $ref: '#/components/schemas/A~1b' }, c: { $ref: '#/components/schemas/C' } },
            },
            C: { type: 'string', nullable: true, description: 'Prose' },
            Unused: { type: 'string' },
          },
        },
      },
    );
    const facts = readOpenApi(spec);
    const files = catalogFiles(facts, spec);
    const again = readOpenApi({ ...(JSON.parse(files.catalog) as object), ...(JSON.parse(files.schemas) as object) });
    assert.deepEqual(again.operations, facts.operations);
    assert.deepEqual([...again.schemas.keys()], ['A/b', 'C']);
    assert.deepEqual(again.schemas.get('A/b'), facts.schemas.get('A/b'));
    assert.doesNotMatch(Object.values(files).join(), /Prose|Unused/);
  });

  it('have a response schema for every operation, with its list where the overlay says (E8)', () => {
    for (const { key, traits } of bundledCatalog.operations) {
      const shape = getOwn(getOwn(shapes, 'operations'), key);
      assert.ok(Number(getOwn(shape, 'status')) >= 200, key);
      let schema = resolved(getOwn(shape, 'schema'));
      if (traits.items === undefined || schema === undefined) {
        continue;
      }
      for (const name of traits.items.split('.').filter((part) => part !== '')) {
        schema = resolved(getOwn(getOwn(schema, 'properties'), name));
      }
      assert.equal(getOwn(schema, 'type'), 'array', `${key} ${traits.items}`);
    }
    assert.doesNotMatch(shapesText, /"(?:description|summary|example|default)":"/);
  });

  if (specFile === undefined) {
    console.log('    NINJAONE_SPEC is not set: media/catalog.json is not compared with an API description.');
  } else {
    it(`match the description ${specFile} (E4)`, async () => {
      const document = await readDescription(specFile);
      const files = catalogFiles(readOpenApi(document), document);
      assert.equal(files.catalog, mediaText('catalog.json'));
      assert.equal(files.schemas, mediaText('schemas.json'));
      assert.equal(files.shapes, shapesText);
    });
  }
});

function resolved(schema: unknown): unknown {
  const reference = getOwn(schema, '$ref');
  return typeof reference === 'string'
    ? resolved(getOwn(getOwn(shapes, 'schemas'), decodeURIComponent(reference.replace('#/schemas/', ''))))
    : schema;
}
