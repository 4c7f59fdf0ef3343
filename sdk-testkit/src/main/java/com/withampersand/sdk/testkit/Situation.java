package com.withampersand.sdk.testkit;

/**
 * A state of affairs at Salesforce that lasts until it is ended. None holds at first.
 *
 * @see FakeSalesforce#set(Situation, boolean)
 */
public enum Situation {
  /** The user logged in too often: code exchange and refresh answer {@code rate_limit_exceeded}. */
  LOGIN_RATE_EXCEEDED,

  /**
   * This machine's address is not among those allowed: code exchange and refresh answer {@code
   * invalid_grant} with {@code ip restricted}.
   */
  ADDRESS_BLOCKED,

  /**
   * The user is deactivated. That ends all grants for good; authorization comes back with {@code
   * inactive_user}, and token requests answer {@code invalid_grant} with {@code inactive user}.
   */
  USER_INACTIVE,

  /**
   * The app is not installed, and the user may not approve it all the same: authorization ends on
   * Salesforce's own page with {@code OAUTH_APPROVAL_ERROR_GENERIC}. Grants that exist stay good. A
   * JWT is answered {@code invalid_grant}.
   */
  APP_NOT_INSTALLED,

  /**
   * The app is an External Client App whose package is not installed: authorization comes back with
   * {@code OAUTH_EC_APP_NOT_FOUND}.
   */
  EXTERNAL_CLIENT_APP_NOT_INSTALLED,

  /**
   * An administrator blocked the app. That ends all grants for good; authorization comes back with
   * {@code OAUTH_APP_BLOCKED}.
   */
  APP_BLOCKED,

  /**
   * A user can approve the app five times: the sixth grant ends the oldest without a word. In the
   * real world that is always so.
   */
  FIVE_APPROVALS,

  /**
   * A refresh that arrives while another one with the same refresh token is being carried out is
   * answered {@code invalid_grant} with {@code token request is already being processed}. The grant
   * lives, and the other refresh succeeds. In the real world that is always so.
   *
   * @see Fault#holdWork(Gate)
   */
  OVERLAPPING_REFRESH_REJECTED,

  /**
   * The same, in the words that Salesforce used for some months of 2024: {@code invalid_grant} with
   * {@code expired authorization code}.
   */
  OVERLAPPING_REFRESH_REJECTED_AS_EXPIRED_CODE,

  /**
   * A refresh token that is not used for 30 days answers {@code invalid_grant} with {@code token
   * validity expired}.
   */
  IDLE_LIMIT,

  /**
   * New access tokens are JWTs with an {@code exp} that does not move; their signature is
   * worthless.
   */
  JWT_ACCESS_TOKENS,

  /**
   * No admin pre-authorized the user of a JWT: the token endpoint answers {@code invalid_grant}
   * with {@code user hasn't approved this consumer}.
   */
  USER_NOT_PREAUTHORIZED,

  /**
   * The app has no user to run as: the client-credentials grant answers {@code invalid_grant} with
   * {@code no client credentials user enabled}.
   */
  NO_RUN_AS_USER,

  /** Every request is answered with 503 and a web page, before it is looked at. */
  MAINTENANCE
}
