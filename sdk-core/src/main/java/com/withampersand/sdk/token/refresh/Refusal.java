package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import org.jspecify.annotations.Nullable;

/** What a provider said as it refused a refresh: the part of it that is stored with the grant. */
record Refusal(
    String error,
    @Nullable String description,
    Verdict verdict,
    Reason reason,
    Actor actor,
    String remedy) {

  static Refusal of(OAuthException refusal) {
    return new Refusal(
        refusal.error(),
        refusal.description().orElse(null),
        refusal.verdict(),
        refusal.reason(),
        refusal.actor(),
        refusal.remedy());
  }

  OAuthException toException() {
    OAuthException.Builder exception =
        OAuthException.builder(error)
            .verdict(verdict)
            .reason(reason)
            .actor(actor)
            .remedy(remedy)
            .context("stored with the grant");
    if (description != null) {
      exception.description(description);
    }
    return exception.build();
  }

  Refusal as(Verdict other) {
    return new Refusal(error, description, other, reason, actor, remedy);
  }
}
