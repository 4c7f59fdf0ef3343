package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;

/** Reads tokens that were saved. The input is JSON. */
final class TokenSetTarget implements Target {
  @Override
  public void run(Input input) {
    Tried.call(() -> TokenSet.fromJson(Secret.of(input.text())), IllegalArgumentException.class)
        .result()
        .ifPresent(TokenSetTarget::requireStable);
  }

  private static void requireStable(TokenSet tokens) {
    TokenSet read = TokenSet.fromJson(tokens.toJson());
    Require.same(tokens, read, "read what was written");
    Require.same(tokens.toJson(), read.toJson(), "write what was read");
    Require.same(tokens.consentId(), read.consentId(), "the same consent");
  }
}
