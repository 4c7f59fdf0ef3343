package com.withampersand.sdk.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Json;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to obtain a user's consent: the URL to send the browser to, and what has to be kept
 * until the browser comes back.
 *
 * <p>Keep it on the server, bound to the user's session, and take it out of there when the callback
 * arrives: with a request planted in another user's session, a connection is planted too. A session
 * that keeps text keeps {@link #toJson()}. Back ends without sessions use a {@link StateSigner}
 * instead.
 *
 * <p>Safe to share between threads. It is used up by the exchange that accepts its state.
 */
public final class AuthorizationRequest {
  private final String url;
  private final String state;
  private final Scopes scopes;
  private final Instant expiresAt;
  private final @Nullable Secret codeVerifier;
  private final AtomicBoolean spent = new AtomicBoolean();

  AuthorizationRequest(
      String url, String state, Scopes scopes, Instant expiresAt, @Nullable Secret codeVerifier) {
    this.url = url;
    this.state = state;
    this.scopes = scopes;
    this.expiresAt = expiresAt;
    this.codeVerifier = codeVerifier;
  }

  /**
   * Returns the URL to send the user's browser to. It holds the state, so it does not belong into a
   * log.
   */
  public URI url() {
    return URI.create(url);
  }

  /** Returns the value that has to come back with the callback, and that no one else can know. */
  public String state() {
    return state;
  }

  /** Returns the scopes that are asked for. */
  public Scopes scopes() {
    return scopes;
  }

  /** Returns the instant from which a callback is too late. */
  public Instant expiresAt() {
    return expiresAt;
  }

  /**
   * Returns everything that has to be kept, as JSON for {@link #fromJson(Secret)}; the code
   * verifier is part of it where the request was made with PKCE.
   */
  public Secret toJson() {
    ObjectNode json = Json.object();
    json.put("version", 1);
    json.put("url", url);
    json.put("state", state);
    json.put("scope", scopes.toString());
    json.put("expires_at", expiresAt.toString());
    if (codeVerifier != null) {
      json.put("code_verifier", codeVerifier.reveal());
    }
    return Secret.of(json.toString());
  }

  /**
   * Returns the request that {@link #toJson()} wrote down. Each copy can be used once, so delete
   * what was kept before you use it.
   *
   * @throws IllegalArgumentException if {@code json} was not written by {@link #toJson()}; the
   *     message does not quote it
   */
  public static AuthorizationRequest fromJson(Secret json) {
    JsonNode node = Json.readObject(json, "authorization request");
    return new AuthorizationRequest(
        requireUrl(Json.requireText(node, "url")),
        Json.requireText(node, "state"),
        Scopes.parse(Json.requireText(node, "scope")),
        Json.requireInstant(node, "expires_at"),
        node.has("code_verifier") ? Secret.of(Json.requireText(node, "code_verifier")) : null);
  }

  /** Returns the code verifier that belongs to the challenge in the URL, if there is one. */
  @Nullable Secret codeVerifier() {
    return codeVerifier;
  }

  private static String requireUrl(String text) {
    try {
      return new URI(text).toString();
    } catch (URISyntaxException e) {
      // Its message and its input quote the text, which holds the state.
      throw new IllegalArgumentException("the saved JSON has no URL in its member \"url\"");
    }
  }

  /**
   * Tells whether this request was made with the given beginning of the URL, which names host,
   * client and callback.
   */
  boolean startsWith(String urlPrefix) {
    return url.startsWith(urlPrefix);
  }

  /**
   * Compares in constant time, so that the time taken tells nothing about where two states differ.
   */
  boolean hasState(String other) {
    return MessageDigest.isEqual(
        state.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  /** Accepts the state that came back, once and in time. */
  void claim(Optional<String> returnedState, Instant now) {
    String returned =
        returnedState.orElseThrow(
            () ->
                new CallbackException(
                    Reason.STATE_MISSING,
                    "The callback carries a code but no state, so it cannot be told to which attempt it belongs."
                        + " Nothing was exchanged; let the user start again."));
    if (!hasState(returned)) {
      throw stateMismatch();
    }
    if (!now.isBefore(expiresAt)) {
      throw new CallbackException(
          Reason.STATE_EXPIRED,
          "The user came back after "
              + expiresAt
              + ", when this attempt ended. Let the user start again.");
    }
    if (!spent.compareAndSet(false, true)) {
      throw new CallbackException(
          Reason.STATE_REUSED,
          "This attempt was used before: the callback was loaded twice, or replayed. Keep the tokens of the"
              + " first exchange, or let the user start again.");
    }
  }

  /** Makes the request usable again, after an exchange of which nothing left this machine. */
  void release() {
    spent.set(false);
  }

  static CallbackException stateMismatch() {
    return new CallbackException(
        Reason.STATE_MISMATCH,
        "The state of the callback is not the one of this attempt: it belongs to another attempt, another app or"
            + " another user. Nothing was exchanged; let the user start again.");
  }

  /** Returns scopes and end of the attempt, neither URL nor state. */
  @Override
  public String toString() {
    return "AuthorizationRequest[scopes " + scopes + ", until " + expiresAt + "]";
  }
}
