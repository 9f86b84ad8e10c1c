import type { Static, TObject } from 'typebox';
import type { Role } from './host-objects.js';
import type { optionsSchema } from './schema.js';

type Properties = (typeof optionsSchema)['properties'];
type Values = Static<typeof optionsSchema>;
type GroupName = { [K in keyof Properties]: Properties[K] extends TObject ? K : never }[keyof Properties];
type ReadonlyList<T> = T extends readonly (infer Item)[] ? readonly Item[] : T;
type Given<T> = { readonly [K in keyof T]?: ReadonlyList<T[K]> | undefined };
type Settled<T> = { readonly [K in keyof T]: ReadonlyList<T[K]> };

/** What may be passed at registration: any part of the options. `undefined` counts as unset. */
export type TidemarkOptions = Given<Omit<Values, GroupName>> & {
  readonly [K in GroupName]?: Given<Values[K]> | undefined;
};

/** A bearer token, its role, and its name in the audit log. */
export interface AccessToken {
  readonly token: string;
  readonly role: Role;
  readonly name: string;
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

type ResolvedGroups = { readonly [K in GroupName]: Settled<Values[K]> };

/** Every option with its final value; deeply frozen, except the objects that the application passed. */
export interface ResolvedOptions
  extends Settled<Omit<Values, GroupName | 'token' | 'listen'>>, ResolvedGroups {
  readonly token: readonly AccessToken[];
  readonly listen?: ListenAddress;
}
