package com.withampersand.sdk.testkit;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Trades codes and refresh tokens, with Salesforce's manners. */
final class FakeTokenEndpoint {
  private final FakeApp app;
  private final Addresses addresses;
  private final Grants grants;
  private final FakeClientGrants clientGrants;
  private final Situations situations;
  private final Clock clock;

  FakeTokenEndpoint(
      FakeApp app,
      Addresses addresses,
      Grants grants,
      FakeClientGrants clientGrants,
      Situations situations,
      Clock clock) {
    this.app = app;
    this.addresses = addresses;
    this.grants = grants;
    this.clientGrants = clientGrants;
    this.situations = situations;
    this.clock = clock;
  }

  /**
   * Answers a token request.
   *
   * @param pause waits for as long as the work is to take
   */
  Answer answer(ReceivedRequest request, Runnable pause) {
    try {
      requireForm(request);
      if (!FakeClientGrants.isJwtBearer(request)) {
        requireClient(request);
      }
      requireLogin();
      return tokens(request.origin(), issue(request, pause));
    } catch (OAuthError e) {
      return Answer.oauthError(e);
    }
  }

  private static void requireForm(ReceivedRequest request) throws OAuthError {
    if (!request.method().equals("POST") || !request.isForm()) {
      throw new OAuthError("unsupported_grant_type", "grant type not supported");
    }
    if (request.form().values().stream().anyMatch(values -> values.size() > 1)) {
      throw new OAuthError("invalid_request", "duplicate parameter");
    }
    if (request.form("scope").isPresent()) {
      throw new OAuthError("invalid_request", "scope parameter not supported");
    }
  }

  private void requireClient(ReceivedRequest request) throws OAuthError {
    Optional<String[]> basic = basic(request);
    String id = basic.map(pair -> pair[0]).or(() -> request.form("client_id")).orElse("");
    String secret = basic.map(pair -> pair[1]).or(() -> request.form("client_secret")).orElse("");
    if (!id.equals(app.key())) {
      throw new OAuthError("invalid_client_id", "client identifier invalid");
    }
    if (!app.hasSecret(secret)) {
      throw new OAuthError("invalid_client", "invalid client credentials");
    }
  }

  private void requireLogin() throws OAuthError {
    Optional<OAuthError> refused = situations.refusedLogin();
    if (refused.isPresent()) {
      throw refused.get();
    }
  }

  private static Optional<String[]> basic(ReceivedRequest request) {
    return request
        .header("Authorization")
        .filter(value -> value.startsWith("Basic "))
        .map(
            value ->
                new String(Base64.getDecoder().decode(value.substring(6)), StandardCharsets.UTF_8))
        .map(pair -> pair.split(":", 2))
        .filter(pair -> pair.length == 2)
        .map(pair -> new String[] {Forms.unescape(pair[0]), Forms.unescape(pair[1])});
  }

  private Grants.Issued issue(ReceivedRequest request, Runnable pause) throws OAuthError {
    return switch (request.form("grant_type").orElse("")) {
      case "authorization_code" -> {
        pause.run();
        yield grants.exchange(
            request.origin(),
            request.form("code").orElse(""),
            request.form("redirect_uri").orElse(""),
            request.form("code_verifier").orElse(null));
      }
      case "refresh_token" ->
          grants.refresh(request.origin(), request.form("refresh_token").orElse(""), pause);
      case FakeClientGrants.JWT_BEARER -> {
        pause.run();
        yield clientGrants.byJwt(request);
      }
      case "client_credentials" -> {
        pause.run();
        yield clientGrants.byClientCredentials(request);
      }
      default -> throw new OAuthError("unsupported_grant_type", "grant type not supported");
    };
  }

  private Answer tokens(URI origin, Grants.Issued issued) {
    String identityUrl = addresses.identityUrl(origin, issued.user());
    String issuedAt = Long.toString(clock.millis());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("access_token", issued.accessToken());
    if (issued.newRefreshToken() != null) {
      answer.put("refresh_token", issued.newRefreshToken());
    }
    answer.put("signature", sign(identityUrl + issuedAt));
    answer.put("scope", reordered(issued.scopes()));
    if (issued.scopes().contains("openid")) {
      answer.put("id_token", idToken(origin, identityUrl));
    }
    answer.put("instance_url", addresses.instance(origin).toString());
    answer.put("id", identityUrl);
    answer.put("token_type", "Bearer");
    answer.put("issued_at", issuedAt);
    if (AccessTokens.isJwt(issued.accessToken())) {
      answer.put("token_format", "jwt");
    }
    return Answer.json(200, answer);
  }

  /** Salesforce keeps no order. */
  private static String reordered(List<String> scopes) {
    List<String> reversed = new ArrayList<>(scopes);
    Collections.reverse(reversed);
    return String.join(" ", reversed);
  }

  private String sign(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(app.signingSecret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String idToken(URI origin, String identityUrl) {
    return Jwts.unsigned(Map.of("iss", origin.toString(), "sub", identityUrl, "aud", app.key()));
  }

  Answer introspect(ReceivedRequest request) {
    try {
      requireClient(request);
    } catch (OAuthError e) {
      return Answer.oauthError(e);
    }
    URI origin = request.origin();
    String token = request.form("token").orElse("");
    Optional<Map<String, Object>> session =
        grants.peek(token).map(found -> describe(origin, found));
    Optional<Map<String, Object>> grant =
        grants.grantOf(token).map(found -> describe(origin, found, "refresh_token"));
    return Answer.json(200, session.or(() -> grant).orElse(Map.of("active", false)));
  }

  private Map<String, Object> describe(URI origin, Grants.Session session) {
    Map<String, Object> answer = describe(origin, session.grant, "access_token");
    answer.put("iat", session.issuedAt.getEpochSecond());
    answer.put("nbf", session.issuedAt.getEpochSecond());
    answer.put("exp", grants.end(session).getEpochSecond());
    return answer;
  }

  private Map<String, Object> describe(URI origin, Grants.Grant grant, String type) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("active", true);
    answer.put("scope", String.join(" ", grant.scopes));
    answer.put("client_id", app.key());
    answer.put("username", grant.user.username());
    answer.put("sub", addresses.identityUrl(origin, grant.user));
    answer.put("token_type", type);
    return answer;
  }
}
