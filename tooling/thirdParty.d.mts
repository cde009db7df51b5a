import type { Metafile } from 'esbuild';

export interface ThirdPartyPackage {
  readonly name: string;
  /** None for code inside another package. */
  readonly version?: string;
  /** An SPDX identifier. */
  readonly license: string;
  /** The package that contains it. */
  readonly within?: string;
  /** The text of the license. */
  readonly text: string;
}

export const ALLOWED_LICENSES: readonly string[];
export function bundledPackages(metafiles: readonly Metafile[]): Promise<ThirdPartyPackage[]>;
export function noticesText(packages: readonly ThirdPartyPackage[]): string;
