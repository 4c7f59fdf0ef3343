package com.withampersand.sdk.examples;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.FrontendTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** The route that Ampersand's UI library gets its tokens from. */
final class FrontendTokenRoute {
  private final FrontendTokens tokens;

  private FrontendTokenRoute(FrontendTokens tokens) {
    this.tokens = tokens;
  }

  /** What your app knows of a user who is signed in. */
  record Session(String customer, String user) {}

  // region register
  /** Registers the public half of a key, and returns its kid. */
  static String register(AmpersandClient ampersand, Path publicKeyPem)
      throws IOException, GeneralSecurityException {
    return ampersand.jwtKeys().create("2026-11", publicKey(Files.readString(publicKeyPem)));
  }

  private static PublicKey publicKey(String pem) throws GeneralSecurityException {
    byte[] encoded = Base64.getMimeDecoder().decode(pem.replaceAll("-----.+?-----", ""));
    return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(encoded));
  }

  // endregion

  static FrontendTokenRoute of(String kid, Secret privateKey) {
    // region build
    // privateKey is the text of private_key.pem, as your secret store returns it.
    FrontendTokens tokens = FrontendTokens.builder(kid, RsaKey.fromPem(privateKey)).build();
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
