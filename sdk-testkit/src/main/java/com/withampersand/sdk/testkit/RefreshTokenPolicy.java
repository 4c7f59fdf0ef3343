package com.withampersand.sdk.testkit;

/**
 * What becomes of a refresh token that was used.
 *
 * @see FakeSalesforce#refreshTokenPolicy(RefreshTokenPolicy)
 */
public enum RefreshTokenPolicy {
  /** It stays good: answers to a refresh hold no refresh token. */
  KEEP,

  /** A new one replaces it. The old one is refused, and nothing else comes of its reuse. */
  ROTATE,

  /**
   * A new one replaces it. The reuse of an old one is refused, and ends the grant: the newest
   * refresh token and all access tokens with it. Salesforce rotates this way.
   */
  ROTATE_AND_REVOKE_ON_REUSE,

  /**
   * A new one replaces it. Within a {@linkplain FakeSalesforce.Builder#reuseGrace grace} the one
   * that was used last is taken once more, and answered with the same successor. Any other reuse is
   * refused, and ends the grant.
   */
  ROTATE_WITH_GRACE_SAME_SUCCESSOR,

  /**
   * A new one replaces it. Within a {@linkplain FakeSalesforce.Builder#reuseGrace grace} the one
   * that was used last is taken once more, and answered with another successor, which replaces the
   * first. Any other reuse is refused, and ends the grant; so is the first successor.
   */
  ROTATE_WITH_GRACE_NEW_SUCCESSOR
}
