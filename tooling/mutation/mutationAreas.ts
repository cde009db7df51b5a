/** A file of `src` whose faults the tests must find. */
export interface MutatedFile {
  readonly file: string;
  /** Fast tests in plain Node, at most a few seconds. */
  readonly tests: readonly string[];
  /** Only these functions or members of the file. */
  readonly only?: readonly string[];
}

/** The code on which the safety of tokens and data depends. */
export const AREAS: Readonly<Record<string, readonly MutatedFile[]>> = {
  callbacks: [
    {
      file: 'src/core/oauth/pendingCallbacks.ts',
      tests: ['test/core/oauth/pendingCallbacks.test.ts', 'test/core/oauth/pastedUrl.test.ts'],
    },
    {
      file: 'src/core/oauth/callbackQuery.ts',
      tests: ['test/core/oauth/pendingCallbacks.test.ts', 'test/core/oauth/callbackQuery.test.ts'],
    },
    {
      file: 'src/core/oauth/pastedUrl.ts',
      tests: ['test/core/oauth/pendingCallbacks.test.ts', 'test/core/oauth/pastedUrl.test.ts'],
    },
    {
      file: 'src/core/oauth/loopbackServer.ts',
      tests: ['test/core/oauth/loopbackServer.test.ts', 'test/core/oauth/loopbackConnections.test.ts'],
    },
  ],
  errors: [
    { file: 'src/core/serverErrors/classifyError.ts', tests: ['test/core/serverErrors/classifyError.test.ts'] },
    {
      file: 'src/core/serverErrors/errorBody.ts',
      tests: ['test/core/serverErrors/classifyError.test.ts', 'test/core/serverErrors/errorBody.test.ts'],
    },
    { file: 'src/core/serverErrors/errorCatalog.ts', tests: ['test/core/serverErrors/classifyError.test.ts'] },
    { file: 'src/core/http/networkErrors.ts', tests: ['test/core/http/networkErrors.test.ts'] },
    { file: 'src/core/oauth/tokenResponse.ts', tests: ['test/core/oauth/tokenResponse.test.ts'] },
  ],
  redaction: [
    { file: 'src/core/base/lazyRedaction.ts', tests: ['test/core/base/log.test.ts'] },
    { file: 'src/core/base/redaction.ts', tests: ['test/core/base/log.test.ts'] },
    { file: 'src/core/base/secretSearch.ts', tests: ['test/core/base/log.test.ts'] },
    { file: 'src/core/base/escapeSequences.ts', tests: ['test/core/base/log.test.ts'] },
    { file: 'src/core/api/passwordNames.ts', tests: ['test/core/api/passwordValues.test.ts'] },
    {
      file: 'src/core/api/passwordRule.ts',
      tests: ['test/core/api/passwordValues.test.ts', 'test/core/responses/namedSecrets.test.ts'],
    },
    { file: 'src/core/api/passwordValues.ts', tests: ['test/core/api/passwordValues.test.ts'] },
  ],
  instances: [
    { file: 'src/core/connections/instance.ts', tests: ['test/core/connections/instance.test.ts'] },
    {
      file: 'src/core/connections/redirectUri.ts',
      tests: ['test/core/connections/parseConnections.test.ts', 'test/core/oauth/redirectStrategy.test.ts'],
    },
  ],
  writes: [
    { file: 'src/core/api/writePermissions.ts', tests: ['test/core/api/writePermissions.test.ts'] },
    {
      file: 'src/core/api/apiClient.ts',
      tests: ['test/core/api/apiClient.test.ts', 'test/core/api/writeSafety.test.ts'],
      only: [
        'ApiClient.needsConfirmation',
        'ApiClient.confirm',
        'ApiClient.send',
        'ApiClient.#check',
        'ApiClient.#write',
        'fingerprint',
      ],
    },
    {
      file: 'src/core/api/apiRequest.ts',
      tests: [
        'test/core/api/apiRequest.test.ts',
        'test/core/api/apiClient.test.ts',
        'test/core/api/writeSafety.test.ts',
      ],
    },
    {
      file: 'src/core/api/requestOutcome.ts',
      tests: ['test/core/api/requestOutcome.test.ts', 'test/core/api/apiClient.test.ts'],
    },
    { file: 'src/core/api/reportedFailure.ts', tests: ['test/core/api/reportedFailure.test.ts'] },
    { file: 'src/core/api/requestTargets.ts', tests: ['test/core/api/requestTargets.test.ts'] },
    { file: 'src/core/requests/bodyChanges.ts', tests: ['test/core/requests/bodyChanges.test.ts'] },
    { file: 'src/host/requests/pendingWrites.ts', tests: ['test/hostUnit/requests/pendingWrites.test.ts'] },
    { file: 'src/host/requests/confirmRequest.ts', tests: ['test/hostUnit/requests/confirmRequest.test.ts'] },
  ],
  riskLevels: [
    { file: 'src/core/catalog/overlay.ts', tests: ['test/core/catalog/overlay.test.ts'] },
    { file: 'src/core/api/widerSession.ts', tests: ['test/core/api/widerSession.test.ts'] },
    { file: 'src/host/requests/requestSessions.ts', tests: ['test/hostUnit/requests/requestSessions.test.ts'] },
  ],
  paging: [
    {
      file: 'src/core/api/pagingTable.ts',
      tests: [
        'test/core/api/pagingStyles.test.ts',
        'test/core/api/paging.test.ts',
        'test/core/api/pagingMatrix.test.ts',
      ],
    },
    {
      file: 'src/core/api/pagingStyles.ts',
      tests: [
        'test/core/api/pagingStyles.test.ts',
        'test/core/api/paging.test.ts',
        'test/core/api/pagingMatrix.test.ts',
      ],
    },
    {
      file: 'src/core/api/paging.ts',
      tests: [
        'test/core/api/paging.test.ts',
        'test/core/api/pagingMatrix.test.ts',
        'test/core/responses/fetchAllPages.test.ts',
      ],
    },
    { file: 'src/core/api/listProof.ts', tests: ['test/core/api/pagingMatrix.test.ts'] },
    {
      file: 'src/core/api/followingPage.ts',
      tests: ['test/core/api/followingPage.test.ts', 'test/core/api/pagingMatrix.test.ts'],
    },
    {
      file: 'src/core/api/pageParts.ts',
      tests: ['test/core/api/pageParts.test.ts', 'test/core/api/pageRequests.test.ts', 'test/core/api/paging.test.ts'],
    },
    {
      file: 'src/core/api/expectedCursor.ts',
      tests: ['test/core/api/pageRequests.test.ts', 'test/core/responses/fetchAllPages.test.ts'],
    },
    {
      file: 'src/core/api/pageRequests.ts',
      tests: ['test/core/api/pageRequests.test.ts', 'test/core/responses/fetchAllPages.test.ts'],
    },
    { file: 'src/core/responses/fetchAllPages.ts', tests: ['test/core/responses/fetchAllPages.test.ts'] },
    { file: 'src/core/responses/jsonListWriter.ts', tests: ['test/core/responses/fetchAllPages.test.ts'] },
  ],
  json: [
    {
      file: 'src/core/json/jsonReader.ts',
      tests: ['test/core/json/jsonReader.test.ts', 'test/core/json/formatJson.test.ts'],
    },
    {
      file: 'src/core/json/jsonScanner.ts',
      tests: [
        'test/core/json/jsonReader.test.ts',
        'test/core/json/formatJson.test.ts',
        'test/core/json/jsonItems.test.ts',
      ],
    },
    { file: 'src/core/json/jsonItems.ts', tests: ['test/core/json/jsonItems.test.ts'] },
    { file: 'src/core/json/jsonEnd.ts', tests: ['test/core/json/jsonEnd.test.ts'] },
    {
      file: 'src/core/json/formatJson.ts',
      tests: [
        'test/core/json/formatJson.test.ts',
        'test/core/responses/responseView.test.ts',
        'test/core/responses/masking.test.ts',
      ],
    },
    {
      file: 'src/core/responses/exactNumbers.ts',
      tests: ['test/core/responses/exactNumbers.test.ts', 'test/core/responses/moments.test.ts'],
    },
  ],
  dates: [
    { file: 'src/core/requests/dateFormats.ts', tests: ['test/core/requests/dateFormats.test.ts'] },
    { file: 'src/core/catalog/dateParameters.ts', tests: ['test/core/catalog/dateParameters.test.ts'] },
    { file: 'src/core/responses/timestamps.ts', tests: ['test/core/responses/timestamps.test.ts'] },
    {
      file: 'src/core/responses/moments.ts',
      tests: ['test/core/responses/moments.test.ts', 'test/core/responses/tableQuery.test.ts'],
    },
  ],
  passwords: [
    { file: 'src/core/responses/masking.ts', tests: ['test/core/responses/masking.test.ts'] },
    { file: 'src/core/requests/presentValue.ts', tests: ['test/core/requests/presentValue.test.ts'] },
    { file: 'src/core/requests/missingPasswords.ts', tests: ['test/core/requests/missingPasswords.test.ts'] },
    { file: 'src/core/export/requestSecrets.ts', tests: ['test/core/export/requestSecrets.test.ts'] },
  ],
  renewal: [
    { file: 'src/core/sessions/refreshLock.ts', tests: ['test/core/sessions/refreshLock.test.ts'] },
    {
      file: 'src/core/sessions/tokenRenewal.ts',
      tests: [
        'test/core/sessions/renewalInTwoWindows.test.ts',
        'test/core/sessions/tokenRenewal.test.ts',
        'test/core/sessions/tokenService.test.ts',
      ],
    },
    {
      file: 'src/core/sessions/tokenStates.ts',
      tests: ['test/core/sessions/tokenStates.test.ts', 'test/core/sessions/tokenRenewal.test.ts'],
    },
    { file: 'src/core/sessions/tokenStateFile.ts', tests: ['test/core/sessions/tokenStates.test.ts'] },
    {
      file: 'src/core/sessions/tokenPersistence.ts',
      tests: [
        'test/core/sessions/unarrivedRecords.test.ts',
        'test/core/sessions/tokenPersistence.test.ts',
        'test/core/sessions/tokenRenewal.test.ts',
        'test/core/sessions/tokenService.test.ts',
      ],
    },
    {
      file: 'src/core/sessions/renewalFailures.ts',
      tests: [
        'test/core/sessions/renewalFailures.test.ts',
        'test/core/sessions/tokenRenewal.test.ts',
        'test/core/sessions/tokenService.test.ts',
      ],
    },
    {
      file: 'src/core/sessions/acceptGrant.ts',
      tests: [
        'test/core/sessions/acceptGrant.test.ts',
        'test/core/sessions/tokenService.test.ts',
        'test/core/sessions/tokenRenewal.test.ts',
      ],
    },
    {
      file: 'src/core/sessions/sealedRecord.ts',
      tests: ['test/core/sessions/closingWindow.test.ts', 'test/core/sessions/tokenPersistence.test.ts'],
    },
    {
      file: 'src/core/sessions/unsavedSessions.ts',
      tests: ['test/core/sessions/unsavedSessions.test.ts', 'test/core/sessions/sessionStore.test.ts'],
    },
    { file: 'src/core/http/singleSending.ts', tests: ['test/core/http/singleSending.test.ts'] },
  ],
  otherExtensions: [
    {
      file: 'src/core/sessions/scopeRequest.ts',
      tests: ['test/core/sessions/scopeRequest.test.ts', 'test/core/sessions/signInTarget.test.ts'],
    },
    { file: 'src/core/sessions/signInTarget.ts', tests: ['test/core/sessions/signInTarget.test.ts'] },
    { file: 'src/host/accounts/publicErrors.ts', tests: ['test/hostUnit/accounts/publicErrors.test.ts'] },
  ],
};
