import assert from 'node:assert/strict';
import { reportedFailure } from '../../../src/core/api/reportedFailure.ts';
import { json, text } from '../../support/apiClientFixture.ts';

const FAILED = { resultCode: 'FAILURE' };
const DONE = { resultCode: 'SUCCESS' };

describe('a failure in a success', () => {
  for (const value of [
    FAILED,
    { resultCode: 'failed' },
    { resultCode: 'DEVICE_ERROR' },
    { resultCode: 'SUCCESS', errorMessage: 'not quite' },
    { resultCode: 'SUCCESS', errorMessage: { code: 'a' } },
    { errorMessage: 'no', incidentId: 'i-1' },
    { errorMessage: { code: 'a' }, incidentId: 'i-1' },
    [FAILED],
    [FAILED, FAILED],
    { results: [FAILED] },
  ]) {
    it(`is whole in ${JSON.stringify(value)} (E9)`, () => {
      const failed = Array.isArray(value) ? value[0] : 'results' in value ? value.results[0] : value;
      assert.deepEqual(reportedFailure(json(value)), { isWhole: true, text: JSON.stringify(failed) });
    });
  }

  for (const value of [
    { resultCode: '', errorMessage: 'x' },
    { errorMessage: 'x' },
    { errorMessage: 'x', incidentId: ' ' },
    'FAILURE',
  ]) {
    it(`is whole in ${JSON.stringify(value)}, which has nothing else (E9)`, () => {
      assert.deepEqual(reportedFailure(json(value)), { isWhole: true, text: JSON.stringify(value) });
    });
  }

  for (const value of [
    [DONE, FAILED],
    [FAILED, DONE],
    [FAILED, {}],
    { ...DONE, results: [DONE, FAILED] },
    { ...DONE, results: [FAILED] },
    { done: [DONE], failed: [FAILED] },
  ]) {
    it(`is one of a part in ${JSON.stringify(value)} (E9)`, () => {
      assert.deepEqual(reportedFailure(json(value)), { isWhole: false, text: JSON.stringify(FAILED) });
    });
  }

  for (const value of [
    DONE,
    { resultCode: 'SUCCESS', errorMessage: ' ' },
    { resultCode: 'SUCCESS', errorMessage: null },
    { resultCode: 1 },
    { incidentId: 'i-1' },
    { errorMessage: '', incidentId: 'i-1' },
    { status: 500 },
    { deep: { results: [FAILED] } },
    { names: ['FAILURE'], id: 1 },
    [],
    ['FAILURE'],
    null,
  ]) {
    it(`is none in ${JSON.stringify(value)} (E9)`, () => {
      assert.equal(reportedFailure(json(value)), undefined);
    });
  }

  it('is in the items of a 207, by their status (E9)', () => {
    const failed = { id: 1, status: 400 };
    const of = (value: unknown): ReturnType<typeof reportedFailure> => reportedFailure(json(value, { status: 207 }));
    assert.deepEqual(of([failed, { id: 2, status: 200 }]), { isWhole: false, text: JSON.stringify(failed) });
    assert.deepEqual(of([failed, { id: 2, status: 503 }]), { isWhole: true, text: JSON.stringify(failed) });
    assert.equal(of([{ status: 399 }, { status: '500' }]), undefined);
  });

  it('is looked for only in a success, and never in a file or a part of a response (E9)', () => {
    for (const [status, isRead] of [
      [199, false],
      [200, true],
      [299, true],
      [300, false],
      [400, false],
    ] as const) {
      assert.equal(reportedFailure(json(FAILED, { status })) !== undefined, isRead, String(status));
    }
    const headers = { 'content-disposition': 'attachment; filename=a.json' };
    assert.equal(reportedFailure(json(FAILED, { headers })), undefined);
    assert.equal(reportedFailure({ ...json(FAILED), overflow: 6_000_000 }), undefined);
    assert.equal(reportedFailure(text('{"resultCode":"FAILURE"')), undefined);
  });
});
