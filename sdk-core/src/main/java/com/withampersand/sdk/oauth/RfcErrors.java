package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the codes of RFC 6749, sections 4.1.2.1 and 5.2, and those of OpenID Connect mean, and who
 * has to do what about them. A code that is not known is left alone: its verdict is {@link
 * Verdict#UNKNOWN}.
 */
final class RfcErrors {
  private static final int TOO_MANY_REQUESTS = 429;

  private static final Advice SLOW_DOWN =
      waiting(
          Verdict.THROTTLED,
          Reason.TOO_MANY_REQUESTS,
          "Too many requests were sent. Wait before the next one.");

  private static final Map<String, Advice> ADVICE = new HashMap<>();

  static {
    Advice declined = asking("Connect again when you are ready to give access.");
    Advice silent =
        asking("Connect again.")
            .because(
                "The provider has to talk to the user, and was asked to be silent, for example by prompt=none.");
    Advice unsupported =
        configuring(
            Reason.MISCONFIGURED,
            "The endpoint does not offer the authorization-code grant. Check endpoint, host and the app's settings.");
    Advice trouble =
        waiting(
            Verdict.PASSING,
            Reason.PROVIDER_TROUBLE,
            "The provider is in trouble. Try again later.");
    ADVICE.put("access_denied", declined);
    ADVICE.put("access-denied", declined);
    ADVICE.put("login_required", silent);
    ADVICE.put("consent_required", silent);
    ADVICE.put("interaction_required", silent);
    ADVICE.put("account_selection_required", silent);
    ADVICE.put(
        "invalid_grant",
        new Advice(
            Actor.END_USER,
            Verdict.FINAL,
            Reason.REVOKED_OR_EXPIRED,
            "Connect again.",
            List.of("The code or refresh token is expired, used up, revoked or another app's.")));
    ADVICE.put(
        "invalid_client",
        configuring(
            Reason.WRONG_CREDENTIALS,
            "Client identifier or secret is wrong, or was regenerated. Correct it; the stored tokens are still good."));
    ADVICE.put(
        "invalid_scope",
        configuring(
            Reason.MISCONFIGURED,
            "A scope is unknown, or not assigned to the app. Assign it at the provider, or ask for less."));
    ADVICE.put(
        "unauthorized_client",
        configuring(
            Reason.MISCONFIGURED,
            "The app may not use this grant type. Allow it at the provider."));
    ADVICE.put("unsupported_response_type", unsupported);
    ADVICE.put("unsupported_grant_type", unsupported);
    ADVICE.put(
        "invalid_request",
        configuring(
            Reason.MISCONFIGURED,
            "The provider misses a parameter, or does not know one. Compare callback and options with the app's settings."));
    ADVICE.put("server_error", trouble);
    ADVICE.put("temporarily_unavailable", trouble);
    ADVICE.put("slow_down", SLOW_DOWN);
  }

  private RfcErrors() {}

  /** Explains an error that came with a redirect, in place of a code. */
  static OAuthException.Builder explainRedirect(OAuthException.Builder exception, String error) {
    return explain(exception, ADVICE.get(error));
  }

  /** Explains an error that an endpoint answered with. */
  static OAuthException.Builder explainAnswer(
      OAuthException.Builder exception, String error, int status) {
    Advice advice = status == TOO_MANY_REQUESTS ? SLOW_DOWN : ADVICE.get(error);
    return explain(exception, advice == null ? null : advice.outsideRedirects());
  }

  private static OAuthException.Builder explain(
      OAuthException.Builder exception, @Nullable Advice advice) {
    return advice == null
        ? exception
        : exception
            .actor(advice.actor)
            .verdict(advice.verdict)
            .reason(advice.reason)
            .remedy(advice.remedy)
            .causes(advice.causes);
  }

  private static Advice asking(String remedy) {
    return new Advice(Actor.END_USER, Verdict.FINAL, Reason.DECLINED, remedy, List.of());
  }

  private static Advice configuring(Reason reason, String remedy) {
    return new Advice(Actor.DEVELOPER, Verdict.BLOCKED, reason, remedy, List.of());
  }

  private static Advice waiting(Verdict verdict, Reason reason, String remedy) {
    return new Advice(Actor.NOBODY, verdict, reason, remedy, List.of());
  }

  private record Advice(
      Actor actor, Verdict verdict, Reason reason, String remedy, List<String> causes) {

    Advice because(String cause) {
      return new Advice(actor, verdict, reason, remedy, List.of(cause));
    }

    /** Words that end an attempt to get consent are not known to end a grant. */
    Advice outsideRedirects() {
      return reason == Reason.DECLINED
          ? new Advice(actor, Verdict.UNKNOWN, reason, remedy, causes)
          : this;
    }
  }
}
