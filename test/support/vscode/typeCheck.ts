import type * as vscode from 'vscode';
import type * as fake from './index.ts';

// Checked by the compiler and never run: each member of the fake fits what the real module has in its place.

type Real = typeof vscode;
type Fake = typeof fake;

/** The namespaces, which the fake has only a part of. The rest are classes and enumerations, which it has as a whole. */
type Namespace = 'authentication' | 'commands' | 'env' | 'l10n' | 'languages' | 'lm' | 'window' | 'workspace';

type Expected = {
  readonly [K in keyof Fake & keyof Real]: K extends Namespace ? Pick<Real[K], keyof Fake[K] & keyof Real[K]> : Real[K];
};

type Fits<T extends Expected> = T;

/** What the fake has and the real module does not. */
type Extra<F, R> = Exclude<keyof F, keyof R>;

type None<T extends never> = T;

export type Checked = [
  Fits<Fake>,
  None<Extra<Fake, Real>>,
  None<{ [K in Namespace]: Extra<Fake[K], Real[K]> }[Namespace]>,
];
