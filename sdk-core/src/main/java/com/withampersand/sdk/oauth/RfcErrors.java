package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;

/**
 * What RFC 6749, sections 4.1.2.1 and 5.2, and OpenID Connect's own codes mean for whoever reads
 * the error.
 */
final class RfcErrors {
  private static final int TOO_MANY_REQUESTS = 429;

  private RfcErrors() {}

  /** Adds remedy, actor and consequence to an exception that has its code and status. */
  static OAuthException.Builder explain(
      OAuthException.Builder exception, String error, int status) {
    if (status == TOO_MANY_REQUESTS) {
      return exception
          .actor(Actor.NOBODY)
          .retryable(true)
          .remedy("Too many requests were sent. Wait before the next one.");
    }
    return switch (error) {
      case "access_denied", "access-denied" ->
          exception
              .actor(Actor.END_USER)
              .needsReauthorization(true)
              .remedy("The user did not consent. Ask again when the user is ready.");
      case "login_required",
          "consent_required",
          "interaction_required",
          "account_selection_required" ->
          exception
              .actor(Actor.END_USER)
              .needsReauthorization(true)
              .remedy(
                  "The provider has to talk to the user. Start again without asking it to be silent.");
      case "invalid_grant" ->
          exception
              .actor(Actor.END_USER)
              .needsReauthorization(true)
              .remedy(
                  "The code or refresh token is expired, used, revoked or another app's."
                      + " Let the user consent again; the stored tokens are kept until you delete them.");
      case "invalid_client" ->
          exception.remedy(
              "Client identifier or secret is wrong, or was regenerated. Correct it; the stored tokens are still good.");
      case "invalid_scope" ->
          exception.remedy(
              "A scope is unknown, or not assigned to the app. Assign it at the provider, or ask for less.");
      case "unauthorized_client" ->
          exception.remedy("The app may not use this grant type. Allow it at the provider.");
      case "unsupported_response_type", "unsupported_grant_type" ->
          exception.remedy(
              "The endpoint does not offer the authorization-code grant. Check endpoint, host and the app's settings.");
      case "invalid_request" ->
          exception.remedy(
              "The provider misses a parameter, or does not know one. Compare callback and options with the app's settings.");
      case "server_error", "temporarily_unavailable" ->
          exception
              .actor(Actor.NOBODY)
              .retryable(true)
              .remedy("The provider is in trouble. Try again later.");
      default -> exception;
    };
  }
}
