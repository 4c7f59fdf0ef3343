package com.withampersand.sdk.token.refresh;

/** What a caller wants of a grant. */
enum Why {
  /** Tokens that work; an estimated end counts. */
  GET,
  /** Tokens for a call whose refusal will be reported; an estimated end does not count. */
  CALL,
  /** Tokens in place of ones that were refused. */
  REFUSED,
  /** A refresh, whatever is known. */
  ORDERED,
  /** A refresh ahead of time; no one waits for it. */
  EARLY,
  /** The next try in a doubt; no one waits for it. */
  CAREFUL,
  /** A sweep looks at the grant. */
  KEEP_ALIVE,
  /** New tokens from a consent are to be stored. */
  SAVE,
  /** The grant is to be revoked and deleted. */
  DISCONNECT,
  /** The grant is to be deleted here alone. */
  FORGET,
  /** The grant is to be handed over. */
  HAND_OVER,
  /** A hand-over that was cut off is to be undone. */
  TAKE_BACK,
  /** The grant's issuer has another address. */
  CHANGE_ISSUER
}
