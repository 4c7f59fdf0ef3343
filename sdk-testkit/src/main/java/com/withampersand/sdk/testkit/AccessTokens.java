package com.withampersand.sdk.testkit;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Makes access tokens in the format that is set at the moment. */
final class AccessTokens {
  private final FakeApp app;
  private final Org org;
  private final Situations situations;

  AccessTokens(FakeApp app, Org org, Situations situations) {
    this.app = app;
    this.org = org;
    this.situations = situations;
  }

  String next(List<String> scopes, Instant issuedAt, Instant end) {
    return situations.holds(Situation.JWT_ACCESS_TOKENS)
        ? jwt(scopes, issuedAt, end)
        : org.id().substring(0, 15) + "!AQ" + Randoms.token(94);
  }

  /** Tells whether a token says itself when it ends. */
  static boolean isJwt(String token) {
    return token.startsWith("eyJ");
  }

  private String jwt(List<String> scopes, Instant issuedAt, Instant end) {
    return Jwts.unsigned(
        Map.of(
            "iss", org.uri().toString(),
            "sub", "uid:" + org.userId(),
            "client_id", app.key(),
            "scp", String.join(" ", scopes),
            "iat", issuedAt.getEpochSecond(),
            "exp", end.getEpochSecond(),
            "jti", Randoms.alphanumeric(32)));
  }
}
