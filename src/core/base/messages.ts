/**
 * What we say to a person: an English template with `{0}` places and what goes into them. `vscode.l10n.t` takes the two
 * apart, so logic in `core/` can speak without knowing the language of the editor.
 */
export interface LocalizableMessage {
  readonly template: string;
  readonly args: readonly (string | number)[];
}

export function sentence(template: string, ...args: readonly (string | number)[]): LocalizableMessage {
  return { template, args };
}

export function formatMessage({ template, args }: LocalizableMessage): string {
  return template.replace(/\{(\d+)\}/g, (place, index: string) => String(args[Number(index)] ?? place));
}
