import type { ApiRequest } from '../api/apiRequest.ts';
import { powershellScript } from './powershellScript.ts';
import cmdlets from './publicCmdlets.json' with { type: 'json' };

/**
 * The script of `powershellScript()` that also names the cmdlets of the public PowerShell module NinjaOne (2.8.0) that do
 * the same. Their names are loaded only here.
 */
export function savedScript(request: ApiRequest): string {
  const { key } = request.operation;
  const names: Readonly<Record<string, readonly string[]>> = cmdlets;
  return powershellScript(request, Object.hasOwn(names, key) ? names[key] : []);
}
