package com.withampersand.sdk.oauth;

import com.github.scribejava.core.model.OAuthRequest;
import com.github.scribejava.core.model.Verb;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Endpoints;
import com.withampersand.sdk.internal.Text;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request to an endpoint of the provider: what it carries, how messages name it, and what they
 * must not show.
 */
final class TokenRequest {
  private static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

  private final String action;
  private final Supplier<String> subject;
  private final boolean repeatable;
  private final BiFunction<URI, ClientAuthentication, OAuthRequest> form;
  private final List<Secret> secrets = new ArrayList<>();

  private TokenRequest(
      String action,
      Supplier<String> subject,
      boolean repeatable,
      BiFunction<URI, ClientAuthentication, OAuthRequest> form) {
    this.action = action;
    this.subject = subject;
    this.repeatable = repeatable;
    this.form = form;
  }

  /**
   * RFC 6749, section 4.1.3.
   *
   * @param verifier the code verifier of the code's challenge; null if none was sent
   */
  static TokenRequest exchange(Secret code, @Nullable Secret verifier, ClientCredentials client) {
    TokenRequest request =
        new TokenRequest(
                "code exchange",
                () -> client.shown() + ", code " + code,
                false,
                (uri, proof) -> new ScribeRequests(uri, proof, client).exchange(code, verifier))
            .redacting(code, client);
    return verifier == null ? request : request.redacting(verifier);
  }

  /** RFC 6749, section 6. */
  static TokenRequest refresh(Secret refreshToken, ClientCredentials client) {
    return new TokenRequest(
            "refresh",
            () -> client.shown() + ", refresh token " + refreshToken,
            false,
            (uri, proof) -> new ScribeRequests(uri, proof, client).refresh(refreshToken))
        .redacting(refreshToken, client);
  }

  /** RFC 6749, section 4.4.2. */
  static TokenRequest clientCredentials(ClientCredentials client) {
    TokenRequest request =
        new TokenRequest(
            "token request",
            () -> client.shown() + ", grant client_credentials",
            true,
            (uri, proof) -> new ScribeRequests(uri, proof, client).clientCredentials());
    client.redacted().ifPresent(request::redacting);
    return request;
  }

  /** RFC 7523, section 2.1. */
  static TokenRequest jwtBearer(Secret assertion, String subject, String clientId) {
    return new TokenRequest(
            "token request",
            () ->
                "client %s, JWT for user %s"
                    .formatted(OwnGrants.shown(clientId), Text.readable(subject)),
            true,
            (uri, proof) -> {
              OAuthRequest request = new OAuthRequest(Verb.POST, uri.toString());
              request.addBodyParameter("grant_type", JWT_BEARER);
              request.addBodyParameter("assertion", assertion.reveal());
              return request;
            })
        .redacting(assertion);
  }

  /** RFC 7009, section 2.1. */
  static TokenRequest revoke(Secret token, ClientCredentials client) {
    return new TokenRequest(
            "revocation",
            () -> client.shown() + ", token " + token,
            true,
            (uri, proof) -> new ScribeRequests(uri, proof, client).revoke(token))
        .redacting(token, client);
  }

  /** RFC 7662, section 2.1. */
  static TokenRequest introspect(Secret accessToken, ClientCredentials client) {
    return new TokenRequest(
            "introspection",
            () -> client.shown() + ", access token " + accessToken,
            true,
            (uri, proof) -> new ScribeRequests(uri, proof, client).introspect(accessToken))
        .redacting(accessToken, client);
  }

  /** RFC 6750, section 2.1. */
  static TokenRequest userInfo(Secret accessToken, String clientId) {
    return new TokenRequest(
            "user info request",
            () -> "client " + OwnGrants.shown(clientId) + ", access token " + accessToken,
            true,
            (uri, proof) -> {
              OAuthRequest request = new OAuthRequest(Verb.GET, uri.toString());
              request.addHeader("Authorization", "Bearer " + accessToken.reveal());
              return request;
            })
        .redacting(accessToken);
  }

  private TokenRequest redacting(Secret secret, ClientCredentials client) {
    client.redacted().ifPresent(secrets::add);
    return redacting(secret);
  }

  /** Adds a secret that the provider may send back. */
  TokenRequest redacting(Secret secret) {
    secrets.add(secret);
    return this;
  }

  /** Returns what is sent to an endpoint. */
  OAuthRequest at(URI endpoint, ClientAuthentication authentication) {
    OAuthRequest request = form.apply(endpoint, authentication);
    String authorization = request.getHeaders().get("Authorization");
    if (authorization != null) {
      redacting(Secret.of(authorization.substring(authorization.indexOf(' ') + 1)));
    }
    return request;
  }

  /** Returns what is done, as the subject of a sentence. */
  String action() {
    return action;
  }

  /** Tells whether sending it twice does no harm. */
  boolean isRepeatable() {
    return repeatable;
  }

  /** Returns what no message may show. */
  List<Secret> secrets() {
    return secrets;
  }

  /** Returns the facts that a support ticket needs. */
  String context(URI endpoint) {
    return action + ", host " + Endpoints.shown(endpoint) + ", " + subject.get();
  }
}
