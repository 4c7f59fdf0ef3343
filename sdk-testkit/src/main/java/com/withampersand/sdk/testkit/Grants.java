package com.withampersand.sdk.testkit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Codes, sessions and refresh tokens. One lock guards them all, so each change is seen whole or not
 * at all.
 */
final class Grants {
  private static final Duration CODE_LIFETIME = Duration.ofMinutes(15);
  private static final Duration IDLE_LIMIT = Duration.ofDays(30);
  private static final int MOST_APPROVALS = 5;

  private final Clock clock;
  private final Duration sessionTimeout;
  private final Situations situations;
  private final AccessTokens accessTokens;
  private final Map<String, Code> codes = new HashMap<>();
  private final Map<String, Session> sessions = new HashMap<>();
  private final Map<String, Grant> refreshTokens = new HashMap<>();
  private final List<Grant> approvals = new ArrayList<>();
  private boolean rotate;

  Grants(Clock clock, Duration sessionTimeout, Situations situations, AccessTokens accessTokens) {
    this.clock = clock;
    this.sessionTimeout = sessionTimeout;
    this.situations = situations;
    this.accessTokens = accessTokens;
  }

  /** What a user consented to once. It lives until it is revoked. */
  static final class Grant {
    final List<String> scopes;
    private @Nullable String refreshToken;
    private Instant lastUse;
    private boolean ended;

    Grant(List<String> scopes, Instant lastUse) {
      this.scopes = scopes;
      this.lastUse = lastUse;
    }
  }

  /** What an access token stands for; a JWT's does not last longer by being used. */
  static final class Session {
    final Grant grant;
    final Instant issuedAt;
    private final boolean sliding;
    private Instant lastUse;
    private boolean ended;

    Session(Grant grant, Instant issuedAt, boolean sliding) {
      this.grant = grant;
      this.issuedAt = issuedAt;
      this.sliding = sliding;
      this.lastUse = issuedAt;
    }
  }

  /** What a token request is answered with. */
  record Issued(String accessToken, @Nullable String newRefreshToken, List<String> scopes) {}

  private static final class Code {
    final String callback;
    final List<String> scopes;
    final @Nullable String challenge;
    final Instant issuedAt;
    boolean used;

    Code(String callback, List<String> scopes, @Nullable String challenge, Instant issuedAt) {
      this.callback = callback;
      this.scopes = scopes;
      this.challenge = challenge;
      this.issuedAt = issuedAt;
    }
  }

  synchronized String newCode(String callback, List<String> scopes, @Nullable String challenge) {
    String text = "aPrx" + Randoms.token(72) + "==";
    codes.put(text, new Code(callback, scopes, challenge, clock.instant()));
    return text;
  }

  synchronized Issued exchange(String text, String callback, @Nullable String verifier)
      throws OAuthError {
    Code code = codes.get(text);
    if (code == null) {
      throw new OAuthError("invalid_grant", "invalid authorization code");
    }
    if (code.used || !clock.instant().isBefore(code.issuedAt.plus(CODE_LIFETIME))) {
      throw new OAuthError("invalid_grant", "expired authorization code");
    }
    if (!code.callback.equals(callback)) {
      throw new OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration");
    }
    if (code.challenge != null && !code.challenge.equals(s256(verifier))) {
      throw new OAuthError("invalid_grant", "invalid code verifier");
    }
    code.used = true;
    Grant grant = new Grant(code.scopes, clock.instant());
    boolean offline = code.scopes.stream().anyMatch(FakeApp::isOffline);
    return new Issued(newSession(grant), offline ? approved(grant) : null, grant.scopes);
  }

  private String approved(Grant grant) {
    approvals.removeIf(earlier -> earlier.ended);
    approvals.add(grant);
    while (situations.holds(Situation.FIVE_APPROVALS) && approvals.size() > MOST_APPROVALS) {
      approvals.remove(0).ended = true;
    }
    return newRefreshToken(grant);
  }

  synchronized Issued refresh(String refreshToken) throws OAuthError {
    Grant grant = refreshTokens.get(refreshToken);
    if (grant == null || grant.ended) {
      throw expired();
    }
    if (!refreshToken.equals(grant.refreshToken)) {
      // A token that was rotated away comes back: Salesforce takes it for theft.
      grant.ended = true;
      throw expired();
    }
    if (situations.holds(Situation.IDLE_LIMIT)
        && !clock.instant().isBefore(grant.lastUse.plus(IDLE_LIMIT))) {
      throw new OAuthError("invalid_grant", "token validity expired");
    }
    grant.lastUse = clock.instant();
    return new Issued(newSession(grant), rotate ? newRefreshToken(grant) : null, grant.scopes);
  }

  private static OAuthError expired() {
    return new OAuthError("invalid_grant", "expired access/refresh token");
  }

  private String newSession(Grant grant) {
    Instant now = clock.instant();
    String token = accessTokens.next(grant.scopes, now, now.plus(sessionTimeout));
    sessions.put(token, new Session(grant, now, !AccessTokens.isJwt(token)));
    return token;
  }

  private String newRefreshToken(Grant grant) {
    String token = "5Aep861" + Randoms.token(80);
    grant.refreshToken = token;
    refreshTokens.put(token, grant);
    return token;
  }

  /** Returns the session of an access token if it goes on, and lets it last anew from now. */
  synchronized Optional<Session> use(String accessToken) {
    Optional<Session> session = peek(accessToken);
    session.ifPresent(found -> found.lastUse = clock.instant());
    return session;
  }

  /** Returns the session of an access token if it goes on. */
  synchronized Optional<Session> peek(String accessToken) {
    return Optional.ofNullable(sessions.get(accessToken))
        .filter(session -> !session.ended && !session.grant.ended)
        .filter(session -> clock.instant().isBefore(end(session)));
  }

  /** Returns the grant of a refresh token if it is good. */
  synchronized Optional<Grant> grantOf(String refreshToken) {
    return Optional.ofNullable(refreshTokens.get(refreshToken))
        .filter(grant -> !grant.ended && refreshToken.equals(grant.refreshToken));
  }

  synchronized Instant end(Session session) {
    return session.sliding
        ? session.lastUse.plus(sessionTimeout)
        : session.issuedAt.plus(sessionTimeout).truncatedTo(ChronoUnit.SECONDS);
  }

  /** Ends a session, or a grant with its sessions; false if the token is neither's. */
  synchronized boolean revoke(String token) {
    Optional<Grant> grant = grantOf(token);
    grant.ifPresent(found -> found.ended = true);
    Optional<Session> session = peek(token);
    session.ifPresent(found -> found.ended = true);
    return grant.isPresent() || session.isPresent();
  }

  synchronized void expireSessions() {
    sessions.values().forEach(session -> session.ended = true);
  }

  synchronized void revokeAll() {
    refreshTokens.values().forEach(grant -> grant.ended = true);
    expireSessions();
  }

  synchronized void rotate(boolean rotateRefreshTokens) {
    rotate = rotateRefreshTokens;
  }

  private static @Nullable String s256(@Nullable String verifier) {
    if (verifier == null) {
      return null;
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
