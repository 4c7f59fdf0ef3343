package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Issues sessions without a user at a browser, with Salesforce's manners. */
final class FakeClientGrants {
  private static final Duration LONGEST_ASSERTION = Duration.ofMinutes(3);

  private final FakeOrg org;
  private final FakeApp app;
  private final Addresses addresses;
  private final Grants grants;
  private final Situations situations;
  private final Clock clock;

  FakeClientGrants(
      FakeOrg org,
      FakeApp app,
      Addresses addresses,
      Grants grants,
      Situations situations,
      Clock clock) {
    this.org = org;
    this.app = app;
    this.addresses = addresses;
    this.grants = grants;
    this.situations = situations;
    this.clock = clock;
  }

  /** Tells whether a token request proves its client by a JWT, and so by no secret. */
  static boolean isJwtBearer(ReceivedRequest request) {
    return request.form("grant_type").orElse("").equals(JWT_BEARER);
  }

  static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

  /** Issues a session for the user that a JWT names. */
  Grants.Issued byJwt(ReceivedRequest request) throws OAuthError {
    String[] parts = request.form("assertion").orElse("").split("\\.", -1);
    JsonNode claims = claims(parts);
    if (!claims.path("iss").asText().equals(app.key())) {
      throw new OAuthError("invalid_client_id", "client identifier invalid");
    }
    requireSignature(parts);
    requireAudience(request.origin(), claims.path("aud").asText());
    requireInTime(claims.path("exp"));
    refuse(Situation.APP_NOT_INSTALLED, "External client app is not installed in this org");
    refuse(Situation.USER_NOT_PREAUTHORIZED, "user hasn't approved this consumer");
    FakeUser user =
        org.find(claims.path("sub").asText())
            .orElseThrow(
                () -> new OAuthError("invalid_grant", "user hasn't approved this consumer"));
    return grants.issueWithoutRefreshToken(request.origin(), user, scopes());
  }

  /** Issues a session for the user as whom the app runs. */
  Grants.Issued byClientCredentials(ReceivedRequest request) throws OAuthError {
    if (Addresses.isShared(request.origin())) {
      throw new OAuthError("invalid_grant", "request not supported on this domain");
    }
    refuse(Situation.NO_RUN_AS_USER, "no client credentials user enabled");
    return grants.issueWithoutRefreshToken(request.origin(), org.user(), scopes());
  }

  private List<String> scopes() {
    return app.scopes().stream().filter(scope -> !FakeApp.isOffline(scope)).toList();
  }

  private void refuse(Situation situation, String description) throws OAuthError {
    if (situations.holds(situation)) {
      throw new OAuthError("invalid_grant", description);
    }
  }

  /** Returns the user whom a JWT names, whether it is good or not. */
  static Optional<String> subject(ReceivedRequest request) {
    try {
      JsonNode claims = claims(request.form("assertion").orElse("").split("\\.", -1));
      return Optional.of(claims.path("sub").asText()).filter(sub -> !sub.isEmpty());
    } catch (OAuthError e) {
      return Optional.empty();
    }
  }

  private static JsonNode claims(String[] parts) throws OAuthError {
    try {
      if (parts.length == 3) {
        return new ObjectMapper().readTree(Base64.getUrlDecoder().decode(parts[1]));
      }
    } catch (IOException | IllegalArgumentException e) {
      throw invalid();
    }
    throw invalid();
  }

  private void requireSignature(String[] parts) throws OAuthError {
    for (PublicKey certificate : app.certificates()) {
      if (isSignedBy(certificate, parts)) {
        return;
      }
    }
    throw invalid();
  }

  private static boolean isSignedBy(PublicKey certificate, String[] parts) throws OAuthError {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(certificate);
      signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private void requireAudience(URI origin, String audience) throws OAuthError {
    boolean shared = audience.equals("https://" + addresses.sharedHost());
    if (!shared && !audience.equals(origin.toString())) {
      throw new OAuthError("invalid_grant", "audience is invalid");
    }
  }

  /** Salesforce has no words of its own for a JWT that is late. */
  private void requireInTime(JsonNode exp) throws OAuthError {
    Instant now = clock.instant();
    Instant end = Instant.ofEpochSecond(exp.asLong());
    if (!exp.isIntegralNumber() || end.isAfter(now.plus(LONGEST_ASSERTION))) {
      throw invalid();
    }
    if (!now.isBefore(end)) {
      throw new OAuthError("invalid_grant", "expired authorization code");
    }
  }

  private static OAuthError invalid() {
    return new OAuthError("invalid_grant", "invalid assertion");
  }
}
