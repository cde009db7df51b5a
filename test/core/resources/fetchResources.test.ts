import assert from 'node:assert/strict';
import { fetchResourcePage, type ResourcePage } from '../../../src/core/resources/fetchResources.ts';
import { resourceDraft } from '../../../src/core/resources/resourceLists.ts';
import { buildRequest } from '../../../src/core/requests/buildRequest.ts';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { ApiClientFixture, json, type FakeResponse } from '../../support/apiClientFixture.ts';
import { bundledOperations } from '../../support/bundledOperations.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';

const operations = bundledOperations();

function requestFor(list: 'organizations' | 'alerts' | 'activities'): ApiRequest {
  const key = {
    organizations: '/v2/organizations',
    alerts: '/v2/device/{id}/alerts',
    activities: '/v2/device/{id}/activities',
  };
  const operation = operations.find((each) => each.key === `GET ${key[list]}`)!;
  const draft = resourceDraft(list, [{ kind: 'device', id: '7' }], operation);
  const result = buildRequest(draft, { operation, connection: connectionOf() });
  assert.ok(result.ok);
  return result.request;
}

describe('a page of a list of the Resources view', () => {
  let fixture: ApiClientFixture;
  const fetch = (
    list: Parameters<typeof requestFor>[0],
    responses: readonly FakeResponse[],
    signal = new AbortController().signal,
  ): Promise<ResourcePage> => {
    fixture = new ApiClientFixture(...responses);
    const session = fixture.session();
    const send: Parameters<typeof fetchResourcePage>[1] = (request, options) =>
      fixture.client.send(request, { ...options, session });
    return fetchResourcePage(requestFor(list), send, signal);
  };

  it('has its items and the request of the next page, in the paging style of the operation (E17)', async () => {
    const organizations = await fetch('organizations', [json([{ id: 1 }, { id: 5 }])]);
    assert.deepEqual(organizations.items, [{ id: 1 }, { id: 5 }]);
    assert.match(organizations.next?.url ?? '', /after=5$/);
    const activities = await fetch('activities', [json({ lastActivityId: 9, activities: [{ id: 10 }, { id: 9 }] })]);
    assert.match(activities.next?.url ?? '', /olderThan=9$/);
    const alerts = await fetch('alerts', [json([{ uid: 'a' }])]);
    assert.deepEqual([alerts.items.length, alerts.next, alerts.notice], [1, undefined, undefined]);
  });

  it('is sent once while NinjaOne is busy or the network fails, and the reason is the error (E17)', async () => {
    for (const [response, code] of [
      [json({}, { status: 429 }), 'server.busy'],
      [json({}, { status: 503 }), 'server.unavailable'],
    ] as const) {
      await assert.rejects(fetch('organizations', [response, json([])]), { code });
      assert.equal(fixture.sent.length, 1);
    }
  });

  it('is sent once more with a renewed token (E17)', async () => {
    const page = await fetch('organizations', [json({}, { status: 401 }), json([{ id: 1 }])]);
    assert.deepEqual([page.items.length, fixture.sent.length, fixture.forced], [1, 2, [false, true]]);
  });

  it('is perhaps not the whole if it is no list, and says so (E17)', async () => {
    for (const list of ['organizations', 'alerts'] as const) {
      const { items, next, notice } = await fetch(list, [json({ rows: 1 })]);
      assert.deepEqual([items, next], [[], undefined]);
      assert.match(notice?.template ?? '', /could not be read/);
    }
  });

  it('is canceled by the user (E17)', async () => {
    await assert.rejects(fetch('organizations', [json([])], AbortSignal.abort()), { code: 'canceled' });
    assert.equal(fixture.sent.length, 0);
  });
});
