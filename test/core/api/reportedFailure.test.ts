import assert from 'node:assert/strict';
import { reportedFailure, reportedReadFailure } from '../../../src/core/api/reportedFailure.ts';
import { json, text } from '../../support/apiClientFixture.ts';

const FAILED = { resultCode: 'FAILURE' };
const DONE = { resultCode: 'SUCCESS' };

describe('a failure in a success', () => {
  for (const value of [
    FAILED,
    { resultCode: 'failed' },
    { resultCode: 'DEVICE_ERROR' },
    { resultCode: 'REJECTED' },
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
    { resultCode: 'NOBODY_KNOWS', errorMessage: 'x' },
    { status: 'FAILED' },
    { status: 'error', message: 'no' },
    { statusCode: 400, message: 'bad' },
    { fault: { faultstring: 'bad' } },
  ]) {
    it(`is whole in ${JSON.stringify(value)}, which has nothing else (E9)`, () => {
      assert.deepEqual(reportedFailure(json(value)), { isWhole: true, text: JSON.stringify(value) });
    });
  }

  for (const value of [
    { resultCode: 'SUCCESS', errorMessage: 'not quite' },
    { resultCode: 'SUCCESS', errorMessage: { code: 'a' } },
    { resultCode: 'SUCCESS_WITH_ERRORS', id: 5 },
    { resultCode: 'SUCCESS', error: 'no location given' },
    { success: true, error: 'no location given' },
    { ok: false },
    { ok: true, result: 'FAILED' },
    { resultCode: 'FAILURE', id: 5 },
    { resultCode: 'FAILURE', result: { id: 5 } },
    { resultCode: 'FAILURE', success: true },
    { resultCode: 'NOBODY_KNOWS', errorMessage: 'x', id: 1 },
  ]) {
    it(`may be one of a part in ${JSON.stringify(value)} (E9)`, () => {
      assert.deepEqual(reportedFailure(json(value)), { isWhole: false, text: JSON.stringify(value) });
    });
  }

  for (const [value, text] of [
    [
      { id: 5, name: 'b', locations: [{ name: 'Main', ...FAILED }] },
      { name: 'Main', ...FAILED },
    ],
    [{ total: 1, results: [FAILED] }, FAILED],
    [
      { succeeded: [1, 2], failed: [{ id: 3, error: 'no' }] },
      { id: 3, error: 'no' },
    ],
    [{ failedIds: [1, 2] }, { errors: [1, 2] }],
    [{ failures: [{ id: 1 }] }, { errors: [{ id: 1 }] }],
    [[{ id: 1, error: 'no' }], { id: 1, error: 'no' }],
  ] as const) {
    it(`is not proved to be whole in ${JSON.stringify(value)}, which has something else (E9)`, () => {
      assert.deepEqual(reportedFailure(json(value)), { isWhole: false, text: JSON.stringify(text) });
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
    { resultCode: 'NO_ERROR', id: 5 },
    { resultCode: 'NO_ERRORS_FOUND' },
    { resultCode: 'UPDATED' },
    { result: 'no_errors' },
    [{ id: 1, errorCode: '0' }],
    { id: 1, errorCode: 'NONE', errorMessage: 'OK', error: {}, failed: [] },
    [{ id: 1, status: 'FAILED' }],
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
    assert.deepEqual(of([{ status: 399 }, { status: '500' }])?.isWhole, false);
    for (const item of [{ statusCode: 404 }, { status: '404' }, { status: 'HTTP/1.1 404 Not Found' }]) {
      assert.deepEqual(of([item]), { isWhole: true, text: JSON.stringify(item) });
    }
    assert.deepEqual(of([{ status: 200, error: 'no' }])?.isWhole, false);
    assert.equal(of([{ status: 200 }, { status: '5000' }, { id: 1 }]), undefined);
  });

  it('is reported by a read only in place of data (E9)', () => {
    for (const [value, isFailed] of [
      [{ resultCode: 'SUCCESS_WITH_ERRORS', items: [] }, true],
      [{ resultCode: 'SUCCESS', errorMessage: 'no right' }, true],
      [{ resultCode: 'NO_ERROR' }, false],
      [{ resultCode: 'SUCCESS', result: 'FAILED', deviceId: 1 }, false],
      [{ status: 'FAILED' }, false],
      [{ ok: false }, false],
      [{ result: { id: 1 }, error: 'timeout' }, false],
      [{ error: 'timeout' }, true],
    ] as const) {
      assert.equal(reportedReadFailure(json(value)) !== undefined, isFailed, JSON.stringify(value));
    }
  });

  it('is looked for only in a success, and never in a file or a part of a response (E9)', () => {
    for (const [status, isRead] of [
      [199, false],
      [200, true],
      [206, false],
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
