import type { ApiClient } from '../../core/api/apiClient.ts';
import type { LazyRedaction } from '../../core/base/lazyRedaction.ts';
import type { Logger } from '../../core/base/log.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { CurrentCatalog } from '../catalog/currentCatalog.ts';
import type { Settings } from '../platform/settings.ts';
import { RequestSessions } from '../requests/requestSessions.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import type { SignInCoordinator } from '../signIn/signInCoordinator.ts';
import { LanguageModelTools } from './languageModelTools.ts';
import { ReadConsent } from './readConsent.ts';

export interface ModelToolsOptions {
  readonly settings: Settings;
  readonly selection: SelectedConnection;
  readonly catalog: CurrentCatalog;
  readonly reader: ApiClient;
  readonly tokens: TokenService;
  readonly coordinator: SignInCoordinator;
  readonly redactor: LazyRedaction;
  readonly logger: Logger;
  readonly now: () => number;
}

/** Creates the tools for language models when the first of them is called. */
export function openModelTools(options: ModelToolsOptions): LanguageModelTools {
  return new LanguageModelTools({
    ...options,
    redactor: options.redactor.load,
    sessions: new RequestSessions(options),
    consent: new ReadConsent(options),
  });
}
