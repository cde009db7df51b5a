import assert from 'node:assert/strict';
import { requestLabel } from '../../../src/core/responses/requestLabel.ts';
import { bundledCatalog } from '../../support/bundledMedia.ts';

describe('the name of a request', () => {
  const labelOf = (query: string): string =>
    requestLabel({
      operation: bundledCatalog.find('GET /v2/activities')!,
      url: `https://eu.ninjarmm.com/v2/activities?${query}`,
    });
  const seconds = (...parts: readonly [number, number, number, number?, number?, number?]): number =>
    new Date(...(parts as [number, number, number])).getTime() / 1000;

  it('has a date as the day that was written, or as a local time, not as seconds (E7)', () => {
    assert.equal(labelOf(`after=${seconds(2026, 10, 23)}`), 'List activities after=2026-11-23');
    assert.equal(labelOf(`after=${seconds(2026, 10, 23, 14, 5)}`), 'List activities after=2026-11-23T14:05');
    assert.equal(labelOf(`after=${seconds(2026, 10, 23, 14, 5, 7)}`), 'List activities after=2026-11-23T14:05:07');
    assert.equal(labelOf('after=5'), 'List activities after=5');
  });

  it('has no value that is a secret by its name, or that contains one (E4)', () => {
    assert.equal(labelOf('apiKey=x&hook=https%3A%2F%2Fme%3Apw%40host&type=a'), 'List activities type=a');
  });
});
