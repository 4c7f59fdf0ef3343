package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the codes of RFC 6749, sections 4.1.2.1 and 5.2, and those of OpenID Connect mean, and who
 * does what about them. A code that is not known stays as it is: its verdict is {@link
 * Verdict#UNKNOWN}.
 */
final class RfcErrors {
  private static final int UNAUTHORIZED = 401;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_SERVER_ERROR = 500;

  private static final Advice SLOW_DOWN =
      waiting(
          Verdict.THROTTLED,
          Reason.TOO_MANY_REQUESTS,
          "Too many requests were sent. Wait before the next one.");

  private static final Advice TROUBLE =
      waiting(
          Verdict.PASSING,
          Reason.PROVIDER_TROUBLE,
          "The provider is not available now. Try again later.");

  private static final Advice WRONG_SECRET =
      configuring(
          Reason.WRONG_CREDENTIALS,
          "The client identifier or client secret is wrong, or was regenerated. Correct it; the stored tokens are still good.");

  /**
   * Keycloak answers {@code unauthorized_client} for a wrong secret, where RFC 6749 has {@code
   * invalid_client}.
   */
  private static final String UNAUTHORIZED_CLIENT = "unauthorized_client";

  private static final Pattern ABOUT_CREDENTIALS =
      Pattern.compile("(?i)\\bclient (?:secret|credentials|authenticator)");

  private static final Map<String, Advice> ADVICE = new HashMap<>();

  static {
    Advice declined = asking("Connect again when you are ready to give access.");
    Advice silent =
        asking("Connect again.")
            .because(
                "The provider must ask the user, but the request did not allow it, for example by prompt=none.");
    Advice unsupported =
        configuring(
            Reason.MISCONFIGURED,
            "The endpoint does not offer this grant. Check endpoint, host and the app's settings.");
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
            List.of(
                "The code or refresh token expired, was used or revoked, or belongs to another app.")));
    ADVICE.put("invalid_client", WRONG_SECRET);
    ADVICE.put(
        "invalid_scope",
        configuring(
            Reason.MISCONFIGURED,
            "A scope is unknown, or not assigned to the app. Assign it at the provider, or request fewer scopes."));
    ADVICE.put(
        UNAUTHORIZED_CLIENT,
        configuring(
                Reason.MISCONFIGURED,
                "Allow the grant type for the app at the provider, and check client identifier and secret.")
            .because(
                "The app may not use this grant type.",
                "The client secret is wrong: some providers use this code for it."));
    ADVICE.put("unsupported_response_type", unsupported);
    ADVICE.put("unsupported_grant_type", unsupported);
    ADVICE.put(
        "invalid_request",
        configuring(
            Reason.MISCONFIGURED,
            "A parameter is missing, or the provider does not accept one. Compare callback and options with the app's settings."));
    ADVICE.put("server_error", TROUBLE);
    ADVICE.put("temporarily_unavailable", TROUBLE);
    ADVICE.put("slow_down", SLOW_DOWN);
  }

  private RfcErrors() {}

  /** Explains an error that came with a redirect, in place of a code. */
  static OAuthException.Builder explainRedirect(OAuthException.Builder exception, String error) {
    return explain(exception, ADVICE.get(error));
  }

  /**
   * Explains an error that an endpoint answered with. With 429 or 5xx the code says nothing about
   * grant or app.
   */
  static OAuthException.Builder explainAnswer(
      OAuthException.Builder exception, String error, String description, int status) {
    Advice advice = advice(error, description, status);
    return explain(exception, advice == null ? null : advice.outsideRedirects());
  }

  private static @Nullable Advice advice(String error, String description, int status) {
    if (status == TOO_MANY_REQUESTS) {
      return SLOW_DOWN;
    }
    if (status >= FIRST_SERVER_ERROR) {
      return TROUBLE;
    }
    boolean isAboutSecret =
        ABOUT_CREDENTIALS.matcher(description).find()
            || (status == UNAUTHORIZED && description.isEmpty());
    return error.equals(UNAUTHORIZED_CLIENT) && isAboutSecret ? WRONG_SECRET : ADVICE.get(error);
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
    return new Advice(Actor.NONE, verdict, reason, remedy, List.of());
  }

  private record Advice(
      Actor actor, Verdict verdict, Reason reason, String remedy, List<String> causes) {

    Advice because(String... why) {
      return new Advice(actor, verdict, reason, remedy, List.of(why));
    }

    /** Words that end an attempt to get consent are not known to end a grant. */
    Advice outsideRedirects() {
      return reason == Reason.DECLINED
          ? new Advice(actor, Verdict.UNKNOWN, reason, remedy, causes)
          : this;
    }
  }
}
