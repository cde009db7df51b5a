import * as vscode from 'vscode';
import { parseConsoleAddress, provisionalConnection, type Draft } from '../../../core/connections/connectionDraft.ts';
import type { Connection } from '../../../core/connections/connection.ts';
import { endpointsOf, type Instance } from '../../../core/connections/instance.ts';
import { openInBrowser } from '../../platform/navigation.ts';
import type { InputResult, StepButton } from './wizardInputs.ts';
import type { Step, Turn } from './stepRunner.ts';

/** What the steps of the wizard have heard. */
export interface WizardState extends Draft {
  /** The instance is typed, not one of the presets. */
  readonly ownAddress: boolean;
  /** The redirect URI is typed, not one of the usual ones. */
  readonly ownRedirect: boolean;
  /** '' keeps the stored one. It goes to the secret storage and nowhere else. */
  readonly secret: string;
}

export type WizardStep = Step<WizardState>;

export interface StepContext {
  readonly edited: Connection | undefined;
  /** All connections but the edited one. */
  readonly others: () => readonly Connection[];
  /** Rejects as canceled when the user does not trust the host. */
  readonly confirmHost: (connection: Pick<Connection, 'instance' | 'name'>) => Promise<void>;
  /** Whether the instance says that it does not know the client id; false when it says nothing. */
  readonly isUnknownClient: (connection: Connection) => Promise<boolean>;
  readonly hasStoredSecret: (connection: Connection) => Promise<boolean>;
}

export function turnOf<T>(
  state: WizardState,
  answer: InputResult<T>,
  take: (value: T) => Partial<WizardState>,
): Turn<WizardState> {
  const { move, value } = answer;
  return { move, state: value === undefined ? state : { ...state, ...take(value) } };
}

export function instanceOf({ instance }: Draft): Instance | undefined {
  const result = parseConsoleAddress(instance);
  return result.ok ? result.instance : undefined;
}

/** Whether sessions and secret of the edited connection would not belong to the draft (C4). */
export function isRebound(draft: Draft, edited: Connection | undefined): boolean {
  return edited !== undefined && provisionalConnection(draft)?.id !== edited.id;
}

export function openClientAppsButton(draft: Draft): StepButton[] {
  const instance = instanceOf(draft);
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
