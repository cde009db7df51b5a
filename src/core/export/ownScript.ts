/**
 * The origin for which a script was saved by this extension: the value of its parameter `Instance`. Undefined for any
 * other text. It does not prove that nobody has changed the script.
 */
export function originOfScript(text: string): string | undefined {
  const [, instance] = BEGINNING.test(text) ? (INSTANCE.exec(text) ?? []) : [];
  return instance !== undefined && text.includes('$env:NINJAONE_ACCESS_TOKEN') && URL.canParse(instance)
    ? new URL(instance).origin
    : undefined;
}

/** As in `powershellScript()`. An editor gives the text without the byte order mark. */
const BEGINNING = /^\ufeff?#Requires -Version 5\.1\r?\n/;
const INSTANCE = /^ {4}\[string\] \$Instance = '(https?:\/\/[^'\s]+)',?\r?$/m;
