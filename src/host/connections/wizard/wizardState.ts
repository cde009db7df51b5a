import * as vscode from 'vscode';
import {
  parseConsoleAddress,
  provisionalConnection,
  type ConnectionDraft,
} from '../../../core/connections/connectionDraft.ts';
import type { Connection } from '../../../core/connections/connection.ts';
import { endpointsOf, type Instance } from '../../../core/connections/instance.ts';
import { openInBrowser } from '../../platform/navigation.ts';
import type { InputResult, StepButton } from './wizardInputs.ts';
import type { Step, Turn } from './stepRunner.ts';

/** The input collected by the steps of the wizard. */
export interface WizardState extends ConnectionDraft {
  /** Whether the address of the instance has a step of its own, because it is invalid or its host must be confirmed. */
  readonly ownAddress: boolean;
  /** Whether the redirect URI is typed instead of selected from the list. */
  readonly ownRedirect: boolean;
  /** An empty string keeps the stored secret. A secret is written to the secret storage only. */
  readonly secret: string;
  /** What the instance said about the client ID and the secret. */
  readonly clientCheck: ClientCheck;
  readonly secretCheck: SecretCheck;
  /** The step after the last list, which returns to it. */
  readonly change: 'scopes' | 'name' | undefined;
}

export type ClientCheck = 'known' | 'unknown' | 'unchecked';
export type SecretCheck = 'accepted' | 'refused' | 'unchecked';

export type WizardStep = Step<WizardState>;

export interface StepContext {
  readonly edited: Connection | undefined;
  /** All connections except the edited one. */
  readonly others: () => readonly Connection[];
  /** Rejects as canceled when the user does not trust the host. */
  readonly confirmHost: (connection: Pick<Connection, 'instance' | 'name'>) => Promise<void>;
  /** Asks the instance. `unchecked` if there is no clear response in time. */
  readonly checkClient: (connection: Connection) => Promise<ClientCheck>;
  readonly checkSecret: (connection: Connection, secret: string) => Promise<SecretCheck>;
  readonly hasStoredSecret: (connection: Connection) => Promise<boolean>;
}

export function wizardTurn<T>(
  state: WizardState,
  result: InputResult<T>,
  changes: (value: T) => Partial<WizardState>,
): Turn<WizardState> {
  const { move, value } = result;
  return { move, state: value === undefined ? state : { ...state, ...changes(value) } };
}

/** Whether the address cannot be used as it is: it is invalid, or its host must be confirmed. */
export function needsOwnStep(address: string): boolean {
  const result = parseConsoleAddress(address);
  return !result.ok || result.instance.kind === 'custom';
}

export function draftInstance({ instance }: ConnectionDraft): Instance | undefined {
  const result = parseConsoleAddress(instance);
  return result.ok ? result.instance : undefined;
}

/** Whether the sessions and the secret of the edited connection do not apply to the draft (C4). */
export function isRebound(draft: ConnectionDraft, edited: Connection | undefined): boolean {
  return edited !== undefined && provisionalConnection(draft)?.id !== edited.id;
}

export function openClientAppsButton(draft: ConnectionDraft): StepButton[] {
  const instance = draftInstance(draft);
  if (!instance) {
    return [];
  }
  return [
    {
      icon: 'link-external',
      tooltip: vscode.l10n.t('Open Client Apps Page in NinjaOne'),
      run: async () => {
        await openInBrowser(endpointsOf(instance.origin).clientApps);
        return undefined;
      },
    },
  ];
}
