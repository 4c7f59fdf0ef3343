package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import java.util.HashMap;
import java.util.Map;

/**
 * What RFC 6749, sections 4.1.2.1 and 5.2, and OpenID Connect's own codes mean for whoever reads
 * the error.
 */
final class RfcErrors {
  private static final int TOO_MANY_REQUESTS = 429;

  private static final Advice SLOW_DOWN =
      Advice.passing("Too many requests were sent. Wait before the next one.");

  private static final Map<String, Advice> ADVICE = new HashMap<>();

  static {
    Advice declined =
        Advice.reconnect("The user did not consent. Ask again when the user is ready.");
    Advice silent =
        Advice.reconnect(
            "The provider has to talk to the user. Start again without asking it to be silent.");
    Advice unsupported =
        Advice.configure(
            "The endpoint does not offer the authorization-code grant. Check endpoint, host and the app's settings.");
    Advice trouble = Advice.passing("The provider is in trouble. Try again later.");
    ADVICE.put("access_denied", declined);
    ADVICE.put("access-denied", declined);
    ADVICE.put("login_required", silent);
    ADVICE.put("consent_required", silent);
    ADVICE.put("interaction_required", silent);
    ADVICE.put("account_selection_required", silent);
    ADVICE.put(
        "invalid_grant",
        Advice.reconnect(
            "The code or refresh token is expired, used, revoked or another app's. Let the user consent again; the"
                + " stored tokens are kept until you delete them."));
    ADVICE.put(
        "invalid_client",
        Advice.configure(
            "Client identifier or secret is wrong, or was regenerated. Correct it; the stored tokens are still good."));
    ADVICE.put(
        "invalid_scope",
        Advice.configure(
            "A scope is unknown, or not assigned to the app. Assign it at the provider, or ask for less."));
    ADVICE.put(
        "unauthorized_client",
        Advice.configure("The app may not use this grant type. Allow it at the provider."));
    ADVICE.put("unsupported_response_type", unsupported);
    ADVICE.put("unsupported_grant_type", unsupported);
    ADVICE.put(
        "invalid_request",
        Advice.configure(
            "The provider misses a parameter, or does not know one. Compare callback and options with the app's settings."));
    ADVICE.put("server_error", trouble);
    ADVICE.put("temporarily_unavailable", trouble);
  }

  private RfcErrors() {}

  /**
   * Adds remedy, actor and consequence to an exception that has its code and status; a code that is
   * not known is left alone.
   */
  static OAuthException.Builder explain(
      OAuthException.Builder exception, String error, int status) {
    Advice advice = status == TOO_MANY_REQUESTS ? SLOW_DOWN : ADVICE.get(error);
    return advice == null ? exception : advice.applyTo(exception);
  }

  private record Advice(Actor actor, Verdict verdict, Reason reason, String remedy) {

    static Advice reconnect(String remedy) {
      return new Advice(Actor.END_USER, Verdict.FINAL, Reason.REVOKED_OR_EXPIRED, remedy);
    }

    static Advice configure(String remedy) {
      return new Advice(Actor.DEVELOPER, Verdict.UNKNOWN, Reason.MISCONFIGURED, remedy);
    }

    static Advice passing(String remedy) {
      return new Advice(Actor.NOBODY, Verdict.PASSING, Reason.PROVIDER_TROUBLE, remedy);
    }

    OAuthException.Builder applyTo(OAuthException.Builder exception) {
      return exception.actor(actor).verdict(verdict).reason(reason).remedy(remedy);
    }
  }
}
