package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.salesforce.error.SalesforceError;

/** Explains what people paste, what a response says, and a refusal with texts of others. */
final class PastedTextTarget implements Target {
  private static final int LONGEST = 10_000;

  @Override
  public void run(Input input) {
    String text = input.text();
    Tried.call(() -> SalesforceError.explain(text))
        .result()
        .ifPresent(found -> found.ifPresent(PastedTextTarget::look));
    Tried.call(() -> SalesforceError.ofResponse(text))
        .result()
        .ifPresent(found -> found.ifPresent(PastedTextTarget::look));
    OAuthException refusal =
        OAuthException.builder(input.field(0)).description(input.field(1)).build();
    Tried.call(() -> SalesforceError.refine(refusal).reason());
    Tried.call(() -> SalesforceError.refineRefresh(refusal).reason());
    Tried.call(() -> SalesforceError.refineMint(refusal).reason());
    Tried.call(() -> SalesforceError.refineCall(refusal).reason());
  }

  private static void look(SalesforceError error) {
    Canary.requireAbsent(error.toString(), "an explanation");
    Canary.requireAbsent(error.description().orElse(""), "a description");
    Canary.requireAbsent(error.code().orElse(""), "a code");
    Canary.requireAbsent(error.remedyFor(Actor.END_USER), "a remedy");
    Require.that(error.toString().length() <= LONGEST, "an explanation is short");
    Require.that(!error.remedy().isEmpty() && !error.meaning().isEmpty(), "it explains");
  }
}
