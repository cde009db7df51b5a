/** A single-quoted string of bash. Within single quotes, only the single quote needs an escape. */
export function bashText(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
