package com.withampersand.sdk.testkit;

import java.net.URI;
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
import java.util.function.Function;
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
  private final Duration reuseGrace;
  private final Situations situations;
  private final AccessTokens accessTokens;
  private final Map<String, Code> codes = new HashMap<>();
  private final Map<String, Session> sessions = new HashMap<>();
  private final Map<String, Grant> refreshTokens = new HashMap<>();
  private final Map<String, Integer> underWay = new HashMap<>();
  private final List<Grant> grants = new ArrayList<>();
  private final List<Grant> approvals = new ArrayList<>();
  private final LoginRate loginRate;
  private RefreshTokenPolicy policy;

  Grants(FakeSalesforce.Settings settings, Situations situations, AccessTokens accessTokens) {
    this.clock = settings.clock();
    this.sessionTimeout = settings.sessionTimeout();
    this.reuseGrace = settings.reuseGrace();
    this.policy = settings.refreshTokenPolicy();
    this.loginRate = new LoginRate(settings.maxLoginsPerHour(), clock);
    this.situations = situations;
    this.accessTokens = accessTokens;
  }

  /** What a user consented to once. It lives until it is revoked. */
  static final class Grant {
    final FakeUser user;
    final List<String> scopes;
    private final List<String> refreshTokens = new ArrayList<>();
    private final List<Integer> presented = new ArrayList<>();
    private final List<Session> sessions = new ArrayList<>();
    private String accessToken = "";
    private @Nullable Reusable reusable;
    private Instant lastUse;
    private int refreshes;
    private boolean ended;

    Grant(FakeUser user, List<String> scopes, Instant lastUse) {
      this.user = user;
      this.scopes = scopes;
      this.lastUse = lastUse;
    }

    String accessToken() {
      return accessToken;
    }

    List<String> refreshTokens() {
      return List.copyOf(refreshTokens);
    }

    List<Integer> presented() {
      return List.copyOf(presented);
    }

    int refreshes() {
      return refreshes;
    }

    boolean isAlive() {
      return !ended;
    }

    private boolean isCurrent(String refreshToken) {
      return !refreshTokens.isEmpty() && refreshToken.equals(current());
    }

    private String current() {
      return refreshTokens.get(refreshTokens.size() - 1);
    }
  }

  /** A refresh token that was used, and is taken once more until then. */
  private record Reusable(String refreshToken, Instant end) {}

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
  record Issued(
      FakeUser user, String accessToken, @Nullable String newRefreshToken, List<String> scopes) {}

  private static final class Code {
    final FakeUser user;
    final String callback;
    final List<String> scopes;
    final @Nullable String challenge;
    final Instant issuedAt;
    boolean used;

    Code(
        FakeUser user,
        String callback,
        List<String> scopes,
        @Nullable String challenge,
        Instant issuedAt) {
      this.user = user;
      this.callback = callback;
      this.scopes = scopes;
      this.challenge = challenge;
      this.issuedAt = issuedAt;
    }
  }

  synchronized String newCode(
      FakeUser user, String callback, List<String> scopes, @Nullable String challenge) {
    String text = "aPrx" + Randoms.token(72) + "==";
    codes.put(text, new Code(user, callback, scopes, challenge, clock.instant()));
    return text;
  }

  synchronized Issued exchange(URI issuer, String text, String callback, @Nullable String verifier)
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
    requireLogin(code.user);
    code.used = true;
    Grant grant = issue(issuer, code.user, code.scopes);
    String refreshToken = grant.refreshTokens.isEmpty() ? null : grant.current();
    return new Issued(grant.user, grant.accessToken, refreshToken, grant.scopes);
  }

  private void requireLogin(FakeUser user) throws OAuthError {
    if (!user.isActive()) {
      throw new OAuthError("invalid_grant", "inactive user");
    }
    if (!loginRate.admits(user)) {
      throw new OAuthError("rate_limit_exceeded", "login rate exceeded");
    }
  }

  /** Issues a grant, as the exchange of a code does. */
  synchronized Grant issue(URI issuer, FakeUser user, List<String> scopes) {
    Grant grant = new Grant(user, scopes, clock.instant());
    grants.add(grant);
    newSession(issuer, grant);
    if (scopes.stream().anyMatch(FakeApp::isOffline)) {
      recordApproval(grant);
      newRefreshToken(grant);
    }
    return grant;
  }

  /** Issues a session without consent. It ends with its session, and counts as no approval. */
  synchronized Issued issueWithoutRefreshToken(URI issuer, FakeUser user, List<String> scopes)
      throws OAuthError {
    requireLogin(user);
    Grant grant = new Grant(user, scopes, clock.instant());
    grants.add(grant);
    return new Issued(user, newSession(issuer, grant), null, scopes);
  }

  private void recordApproval(Grant grant) {
    approvals.add(grant);
    if (situations.holds(Situation.FIVE_APPROVALS)) {
      approvals.removeIf(earlier -> earlier.ended);
      List<Grant> own = approvals.stream().filter(other -> other.user == grant.user).toList();
      own.stream().limit(Math.max(0, own.size() - MOST_APPROVALS)).forEach(this::end);
    }
  }

  /** Notes that a refresh token has arrived at the token endpoint. */
  synchronized void present(String refreshToken) {
    Grant grant = refreshTokens.get(refreshToken);
    if (grant != null) {
      grant.presented.add(grant.refreshTokens.indexOf(refreshToken) + 1);
    }
  }

  /**
   * Refreshes.
   *
   * @param pause waits for as long as the work is to take
   */
  Issued refresh(URI issuer, String refreshToken, Runnable pause) throws OAuthError {
    begin(refreshToken);
    try {
      pause.run();
      return carryOut(issuer, refreshToken);
    } finally {
      finish(refreshToken);
    }
  }

  private synchronized void begin(String refreshToken) throws OAuthError {
    Optional<OAuthError> overlap = situations.refusedOverlap();
    if (underWay.containsKey(refreshToken) && overlap.isPresent()) {
      throw overlap.get();
    }
    underWay.merge(refreshToken, 1, Integer::sum);
  }

  private synchronized void finish(String refreshToken) {
    underWay.computeIfPresent(refreshToken, (token, count) -> count > 1 ? count - 1 : null);
  }

  private synchronized Issued carryOut(URI issuer, String refreshToken) throws OAuthError {
    Grant grant = refreshTokens.get(refreshToken);
    if (grant != null) {
      requireLogin(grant.user);
    }
    if (grant == null || grant.ended) {
      throw expired();
    }
    String successor = grant.isCurrent(refreshToken) ? replace(grant) : reuse(grant, refreshToken);
    grant.lastUse = clock.instant();
    grant.refreshes++;
    return new Issued(grant.user, newSession(issuer, grant), successor, grant.scopes);
  }

  private @Nullable String replace(Grant grant) throws OAuthError {
    if (situations.holds(Situation.IDLE_LIMIT)
        && !clock.instant().isBefore(grant.lastUse.plus(IDLE_LIMIT))) {
      throw new OAuthError("invalid_grant", "token validity expired");
    }
    if (policy == RefreshTokenPolicy.KEEP) {
      return null;
    }
    grant.reusable = new Reusable(grant.current(), clock.instant().plus(reuseGrace));
    return newRefreshToken(grant);
  }

  /** Deals with a token that was rotated away and comes back. */
  private String reuse(Grant grant, String refreshToken) throws OAuthError {
    if (!isTakenOnceMore(grant, refreshToken)) {
      grant.ended = policy != RefreshTokenPolicy.ROTATE;
      throw expired();
    }
    grant.reusable = null;
    return policy == RefreshTokenPolicy.ROTATE_WITH_GRACE_SAME_SUCCESSOR
        ? grant.current()
        : newRefreshToken(grant);
  }

  private boolean isTakenOnceMore(Grant grant, String refreshToken) {
    boolean grace =
        switch (policy) {
          case KEEP, ROTATE, ROTATE_AND_REVOKE_ON_REUSE -> false;
          case ROTATE_WITH_GRACE_SAME_SUCCESSOR, ROTATE_WITH_GRACE_NEW_SUCCESSOR -> true;
        };
    Reusable reusable = grant.reusable;
    return grace
        && reusable != null
        && reusable.refreshToken().equals(refreshToken)
        && clock.instant().isBefore(reusable.end());
  }

  private static OAuthError expired() {
    return new OAuthError("invalid_grant", "expired access/refresh token");
  }

  private String newSession(URI issuer, Grant grant) {
    Instant now = clock.instant();
    String token =
        accessTokens.next(issuer, grant.user, grant.scopes, now, now.plus(sessionTimeout));
    Session session = new Session(grant, now, !AccessTokens.isJwt(token));
    grant.accessToken = token;
    grant.sessions.add(session);
    sessions.put(token, session);
    return token;
  }

  private String newRefreshToken(Grant grant) {
    String token = "5Aep861" + Randoms.token(80);
    grant.refreshTokens.add(token);
    refreshTokens.put(token, grant);
    return token;
  }

  /** Returns the session of an access token if it lasts, and lets it last anew from now. */
  synchronized Optional<Session> use(String accessToken) {
    Optional<Session> session = peek(accessToken);
    session.ifPresent(found -> found.lastUse = clock.instant());
    return session;
  }

  /** Returns the session of an access token if it lasts. */
  synchronized Optional<Session> peek(String accessToken) {
    return Optional.ofNullable(sessions.get(accessToken))
        .filter(session -> !session.ended && !session.grant.ended)
        .filter(session -> clock.instant().isBefore(end(session)));
  }

  /** Returns the grant of a refresh token if it is good. */
  synchronized Optional<Grant> grantOf(String refreshToken) {
    return Optional.ofNullable(refreshTokens.get(refreshToken))
        .filter(grant -> !grant.ended && grant.isCurrent(refreshToken));
  }

  /** Returns the grant for which a token of either kind was issued, whether good or not. */
  synchronized Optional<Grant> issuedFor(String token) {
    return Optional.ofNullable(refreshTokens.get(token))
        .or(() -> Optional.ofNullable(sessions.get(token)).map(session -> session.grant));
  }

  /** Tells whether a code, an access token or a refresh token was issued here. */
  synchronized boolean knows(String text) {
    return codes.containsKey(text) || issuedFor(text).isPresent();
  }

  /** Returns all grants, in the order of their issue. */
  synchronized List<Grant> all() {
    return List.copyOf(grants);
  }

  synchronized <T> T read(Grant grant, Function<Grant, T> fact) {
    return fact.apply(grant);
  }

  synchronized Instant end(Session session) {
    return session.sliding
        ? session.lastUse.plus(sessionTimeout)
        : session.issuedAt.plus(sessionTimeout).truncatedTo(ChronoUnit.SECONDS);
  }

  /** Ends a session, or a grant with its sessions; false if the token is neither's. */
  synchronized boolean revoke(String token) {
    Optional<Grant> grant = grantOf(token);
    grant.ifPresent(this::end);
    Optional<Session> session = peek(token);
    session.ifPresent(found -> found.ended = true);
    return grant.isPresent() || session.isPresent();
  }

  synchronized void end(Grant grant) {
    grant.ended = true;
  }

  synchronized void expireSessions(Grant grant) {
    grant.sessions.forEach(session -> session.ended = true);
  }

  synchronized void expireSessions() {
    grants.forEach(this::expireSessions);
  }

  synchronized void revokeAll() {
    grants.forEach(this::end);
  }

  synchronized void policy(RefreshTokenPolicy refreshTokenPolicy) {
    policy = refreshTokenPolicy;
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
