package com.withampersand.sdk.testkit;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Makes access tokens in the format that is set at the moment. */
final class AccessTokens {
  private final FakeApp app;
  private final Situations situations;

  AccessTokens(FakeApp app, Situations situations) {
    this.app = app;
    this.situations = situations;
  }

  /**
   * Returns another access token.
   *
   * @param issuer where it was asked for
   */
  String next(URI issuer, FakeUser user, List<String> scopes, Instant issuedAt, Instant end) {
    return situations.holds(Situation.JWT_ACCESS_TOKENS)
        ? jwt(issuer, user, scopes, issuedAt, end)
        : user.org().id().substring(0, 15) + "!AQ" + Randoms.token(94);
  }

  /** Tells whether a token says itself when it ends. */
  static boolean isJwt(String token) {
    return token.startsWith("eyJ");
  }

  private String jwt(
      URI issuer, FakeUser user, List<String> scopes, Instant issuedAt, Instant end) {
    return Jwts.unsigned(
        Map.of(
            "iss", issuer.toString(),
            "sub", "uid:" + user.id(),
            "client_id", app.key(),
            "scp", String.join(" ", scopes),
            "iat", issuedAt.getEpochSecond(),
            "exp", end.getEpochSecond(),
            "jti", Randoms.alphanumeric(32)));
  }
}
