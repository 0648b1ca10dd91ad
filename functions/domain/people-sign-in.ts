import type { Person } from './people.ts'
import type { PeopleProvider } from './people-provider.ts'

/** What has to be kept, for this browser alone, until the person comes back. */
export interface PeopleSignInSecrets {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** Why a provider cannot be used just now, or at all. */
export type PeopleProviderTrouble =
  /** It does not answer, or says that it cannot: try again. */
  | { readonly why: 'no_answer'; readonly status: number | undefined }
  /** What answers at the issuer's address is no OpenID provider; compare the issuer. */
  | { readonly why: 'not_a_provider' }
  /** It calls itself otherwise, which is then the issuer to write. */
  | { readonly why: 'another_issuer'; readonly issuer: string }
  /** It takes a client secret in a way that is not known here. */
  | { readonly why: 'client_authentication_unsupported' }

export type BegunPeopleSignIn =
  | {
      readonly outcome: 'begun'
      readonly authorizationUrl: string
      readonly secrets: PeopleSignInSecrets
    }
  | ({ readonly outcome: 'unavailable' } & PeopleProviderTrouble)

export type CompletedPeopleSignIn =
  | { readonly outcome: 'signed_in'; readonly person: Person }
  | ({ readonly outcome: 'unavailable' } & PeopleProviderTrouble)
  | ({ readonly outcome: 'refused' } & PeopleSignInRefusal)

export type PeopleSignInRefusal =
  /** Not the answer to what was begun in this browser: begin again. */
  | { readonly why: 'not_the_answer' }
  /** The provider's `error` (RFC 6749 §4.1.2.1), such as `access_denied`; `unknown` for one without a proper name. */
  | { readonly why: 'not_granted'; readonly error: string }
  /** Its token endpoint refuses the client (`invalid_client`), the code or the request (RFC 6749 §5.2). */
  | { readonly why: 'not_redeemed'; readonly error: string }
  /** What it says of the person does not validate, by the name of the check: nothing of it may be used. */
  | { readonly why: 'not_proven'; readonly what: string }

export interface PeopleSignInRequest {
  readonly provider: PeopleProvider
  /** Registered with the provider, to the letter. */
  readonly redirectUri: string
  readonly signal: AbortSignal
}

export interface PeopleSignInAnswer extends PeopleSignInRequest {
  readonly secrets: PeopleSignInSecrets
  /** The query that the browser came back with. */
  readonly callbackParameters: URLSearchParams
}

/**
 * Signs people in by any OpenID provider: code flow with S256 PKCE, state and nonce (OpenID Connect Core
 * §3.1). Who they are is what the provider's signed id_token says; its userinfo adds what that leaves out.
 * Whether such a person is let in is for {@link isAdmitted}.
 */
export interface PeopleSignIn {
  begin(request: PeopleSignInRequest): Promise<BegunPeopleSignIn>
  /** Redeems the code, so it succeeds once. */
  complete(answer: PeopleSignInAnswer): Promise<CompletedPeopleSignIn>
}
