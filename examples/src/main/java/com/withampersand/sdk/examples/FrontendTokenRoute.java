package com.withampersand.sdk.examples;

import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.FrontendTokens;
import java.security.KeyPair;
import java.security.PrivateKey;

/** The route that Ampersand's UI library gets its tokens from. */
final class FrontendTokenRoute {
  private final FrontendTokens tokens;

  private FrontendTokenRoute(FrontendTokens tokens) {
    this.tokens = tokens;
  }

  /** What your app knows of a user who is signed in. */
  record Session(String customer, String user) {}

  static String register(AmpersandClient ampersand, KeyPair keys) {
    // region register
    String kid = ampersand.jwtKeys().create("2026-11", keys.getPublic());
    // endregion
    return kid;
  }

  static FrontendTokenRoute of(String kid, PrivateKey privateKey) {
    // region build
    FrontendTokens tokens = FrontendTokens.builder(kid, privateKey).build();
    // endregion
    return new FrontendTokenRoute(tokens);
  }

  // region sign
  /** Answers getToken. What the browser says about group and consumer is not read. */
  String token(Session session) {
    return tokens.sign(session.customer(), session.user()).reveal();
  }

  // endregion

  static void rotate(AmpersandClient ampersand, String oldKid) {
    // region rotate
    // Ten minutes after the last process has begun to sign with the new key:
    ampersand.jwtKeys().deactivate(oldKid);
    // Some days later, when nothing has missed it:
    ampersand.jwtKeys().delete(oldKid);
    // endregion
  }
}
