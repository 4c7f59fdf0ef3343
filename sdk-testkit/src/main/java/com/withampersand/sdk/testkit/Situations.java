package com.withampersand.sdk.testkit;

import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What holds at the moment in an org, and what comes of it. */
final class Situations {
  private final Set<Situation> holding = ConcurrentHashMap.newKeySet();
  private final Queue<OAuthError> errorPages = new ConcurrentLinkedQueue<>();
  private final Optional<Situations> whole;

  Situations() {
    this.whole = Optional.empty();
  }

  /** Creates the situations of a part, where those of the whole hold as well. */
  Situations(Situations whole) {
    this.whole = Optional.of(whole);
  }

  void set(Situation situation, boolean on) {
    if (on) {
      holding.add(situation);
    } else {
      holding.remove(situation);
    }
  }

  boolean holds(Situation situation) {
    return holding.contains(situation)
        || whole.map(others -> others.holds(situation)).orElse(false);
  }

  /** Ends the next consent on Salesforce's own page. */
  void addErrorPage(OAuthError error) {
    errorPages.add(error);
  }

  /** Returns what Salesforce's own page shows in place of the consent, if it does. */
  Optional<OAuthError> errorPage() {
    return Optional.ofNullable(errorPages.poll())
        .or(() -> whole.flatMap(others -> Optional.ofNullable(others.errorPages.poll())))
        .or(
            () ->
                when(
                    Situation.APP_NOT_INSTALLED,
                    "OAUTH_APPROVAL_ERROR_GENERIC",
                    "An unexpected error has occured during authentication. Please try again."));
  }

  /** Returns what the callback is told in place of a code, if it is. */
  Optional<OAuthError> refusedConsent() {
    return when(Situation.USER_INACTIVE, "inactive_user", "")
        .or(() -> when(Situation.APP_BLOCKED, "OAUTH_APP_BLOCKED", "this app is blocked by admin"))
        .or(
            () ->
                when(
                    Situation.EXTERNAL_CLIENT_APP_NOT_INSTALLED,
                    "OAUTH_EC_APP_NOT_FOUND",
                    "External client app is not installed in this org"));
  }

  /** Returns why no token is issued, if so. */
  Optional<OAuthError> refusedLogin() {
    return when(Situation.LOGIN_RATE_EXCEEDED, "rate_limit_exceeded", "login rate exceeded")
        .or(() -> when(Situation.USER_INACTIVE, "invalid_grant", "inactive user"))
        .or(() -> when(Situation.ADDRESS_BLOCKED, "invalid_grant", "ip restricted"));
  }

  /** Returns how a refresh is refused while another one with the same token is under way. */
  Optional<OAuthError> refusedOverlap() {
    return when(
            Situation.OVERLAPPING_REFRESH_REJECTED,
            "invalid_grant",
            "token request is already being processed")
        .or(
            () ->
                when(
                    Situation.OVERLAPPING_REFRESH_REJECTED_AS_EXPIRED_CODE,
                    "invalid_grant",
                    "expired authorization code"));
  }

  private Optional<OAuthError> when(Situation situation, String code, String description) {
    return holds(situation) ? Optional.of(new OAuthError(code, description)) : Optional.empty();
  }
}
