import type { Rule } from 'eslint';

export const localization: { readonly rules: Readonly<Record<'ui-text' | 'extractable', Rule.RuleModule>> };
