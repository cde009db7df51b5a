import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { askMissingParameters } from '../../../src/host/requests/parameterPrompt.ts';
import { operationOf, parameterOf } from '../../support/operationFixtures.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const isCanceled = (error: unknown): boolean => isNinjaOneError(error) && error.intent === 'canceled';

describe('questions for missing values', () => {
  const editor = useVscode();
  const query = (fields: Parameters<typeof parameterOf>[1]): Promise<string | number | boolean | null | undefined> => {
    const operation = operationOf('GET /v2/things', {
      parameters: [parameterOf('value', { required: true, ...fields })],
    });
    return askMissingParameters(operation).then((draft) => draft.query.get('value'));
  };

  it('ask nothing when nothing is required', async () => {
    const { path, query: values } = await askMissingParameters(
      operationOf('GET /v2/things', { parameters: [parameterOf('a')] }),
    );
    assert.deepEqual([path.size, values.size, editor.user.asked.length], [0, 0, 0]);
  });

  it('count the questions', async () => {
    editor.user.answers('(1/2)', '1');
    editor.user.answers('(2/2)', '2');
    const { path } = await askMissingParameters(operationOf('GET /v2/a/{one}/b/{two}'));
    assert.deepEqual(
      [...path],
      [
        ['one', '1'],
        ['two', '2'],
      ],
    );
  });

  it('offer yes and no as the API writes them', async () => {
    editor.user.answers('value', ({ choices }) => {
      assert.deepEqual(choices, ['true', 'false']);
      return 'false';
    });
    assert.equal(await query({ type: 'boolean' }), 'false');
  });

  it('are canceled when one is left', async () => {
    editor.user.closes('value');
    await assert.rejects(query({}), isCanceled);
  });

  describe('for a date', () => {
    it('offer dates in the form in which they are sent (E5)', async () => {
      editor.user.answers('value', 'Today');
      const midnight = new Date();
      midnight.setHours(0, 0, 0, 0);
      assert.equal(await query({ date: 'epochSeconds' }), String(midnight.getTime() / 1000));
    });

    it('take one that is typed, and say how it will be sent (E5)', async () => {
      editor.user.answers('value', ({ choices }) => choices.at(-1));
      editor.user.answers('value', async ({ objectionTo, options }) => {
        assert.notEqual(await objectionTo?.('yesterday'), undefined);
        const { validateInput } = options as { validateInput: (text: string) => Promise<{ message: string }> };
        assert.match((await validateInput('2025-06-30T08:00Z')).message, /1751270400/);
        return '2025-06-30T08:00Z';
      });
      assert.equal(await query({ date: 'epochSeconds' }), '1751270400');
    });

    it('are asked, too, when only the API description says that it is a date (E2, E5)', async () => {
      editor.user.answers('value', 'Today');
      const midnight = new Date();
      midnight.setHours(0, 0, 0, 0);
      assert.equal(await query({ format: 'date-time' }), midnight.toISOString());
      editor.user.answers('value', 'Today');
      assert.match(String(await query({ format: 'date' })), /^\d{4}-\d\d-\d\d$/);
    });

    it('are canceled when the list or the box is left', async () => {
      editor.user.closes('value');
      await assert.rejects(query({ date: 'epochSeconds' }), isCanceled);
      editor.user.answers('value', ({ choices }) => choices.at(-1));
      editor.user.closes('value');
      await assert.rejects(query({ date: 'epochSeconds' }), isCanceled);
    });
  });
});
