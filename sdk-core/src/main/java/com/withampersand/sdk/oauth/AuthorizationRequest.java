package com.withampersand.sdk.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Endpoints;
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
 * One attempt to obtain a user's consent: the URL to send the browser to, and what must be kept
 * until the browser comes back.
 *
 * <p>Keep it in the user's session by its {@link #id()}, and take it out of there when the callback
 * with the same {@linkplain AuthorizationCallback#requestId() id} arrives: a user may have several
 * attempts open, one in each tab. A session that keeps text keeps {@link #toJson()}. Back ends that
 * keep nothing use a {@link StateSigner}.
 *
 * <p>Safe to share between threads. It is used up by the exchange that accepts its state.
 */
public final class AuthorizationRequest {
  private static final int VERSION = 1;
  private static final int ID_LENGTH = 22;
  private static final String AGAIN = " Nothing was exchanged; let the user start again.";

  private final @Nullable String url;
  private final String state;
  private final Attempt attempt;
  private final byte[] context;
  private final AtomicBoolean used = new AtomicBoolean();

  private AuthorizationRequest(
      @Nullable String url, String state, Attempt attempt, byte[] context) {
    this.url = url;
    this.state = state;
    this.attempt = attempt;
    this.context = context;
  }

  /** Returns a request that a browser can be sent to. */
  static AuthorizationRequest of(String url, String state, Attempt attempt) {
    return new AuthorizationRequest(url, state, attempt, new byte[0]);
  }

  /**
   * Returns the request that a signed state was made for.
   *
   * @param context names authorization endpoint, client and callback
   */
  static AuthorizationRequest recovered(String state, Attempt attempt, byte[] context) {
    return new AuthorizationRequest(null, state, attempt, context);
  }

  /**
   * Returns the id to keep this request by: 22 letters, digits, hyphens and underscores. It is a
   * hash of the state, so it may be logged.
   *
   * <p>Keep requests in the session of the user who started them. A table that all users share lets
   * an attacker send a user the URL of an attempt of the attacker: then check that the user who
   * comes back is the one who started.
   */
  public String id() {
    return idOf(state);
  }

  static String idOf(String state) {
    return CodeVerifier.challenge(Secret.of("request-id." + state)).substring(0, ID_LENGTH);
  }

  /**
   * Returns the URL to send the user's browser to. It holds the state, so keep it out of logs.
   *
   * @throws IllegalStateException if this request was recovered from a signed state, which does not
   *     hold the URL
   */
  public URI url() {
    return URI.create(location());
  }

  /**
   * Returns {@link #url()} as text, for the {@code Location} header of a redirect. It takes a third
   * of the time.
   *
   * @throws IllegalStateException as {@link #url()} does
   */
  public String location() {
    if (url == null) {
      throw new IllegalStateException(
          "this request was recovered from a signed state, for a browser that has been at the URL; keep nothing of it");
    }
    return url;
  }

  /** Returns the value that must come back with the callback, and that no one else can know. */
  public String state() {
    return state;
  }

  /** Returns the scopes that are asked for. */
  public Scopes scopes() {
    return attempt.scopes();
  }

  /** Returns the instant from which a callback is too late. */
  public Instant expiresAt() {
    return attempt.expiresAt();
  }

  /**
   * Returns what {@link AuthorizationOptions.Builder#payload} was given; empty if it was given
   * nothing.
   */
  public String payload() {
    return attempt.payload();
  }

  /**
   * Returns the provider's base URL, where the user is asked; empty for a request that an earlier
   * version of the SDK wrote down.
   */
  public Optional<URI> issuer() {
    return Optional.ofNullable(attempt.issuer());
  }

  /**
   * Returns the org that must answer, if {@link AuthorizationOptions.Builder#expectOrg} named one.
   */
  public Optional<String> expectedOrg() {
    return Optional.ofNullable(attempt.expectedOrg());
  }

  /**
   * Returns everything that must be kept, as JSON for {@link #fromJson(Secret)}; the code verifier
   * is part of it if the request was made with PKCE.
   *
   * @throws IllegalStateException if this request was recovered from a signed state
   */
  public Secret toJson() {
    ObjectNode json = Json.object();
    json.put("version", VERSION);
    json.put("url", location());
    json.put("state", state);
    json.put("scope", attempt.scopes().toString());
    json.put("expires_at", attempt.expiresAt().toString());
    putIfPresent(json, "payload", attempt.payload());
    issuer().ifPresent(issuer -> json.put("issuer", issuer.toString()));
    expectedOrg().ifPresent(org -> json.put("org", org));
    if (attempt.codeVerifier() != null) {
      json.put("code_verifier", attempt.codeVerifier().reveal());
    }
    return Secret.of(json.toString());
  }

  private static void putIfPresent(ObjectNode json, String name, String value) {
    if (!value.isEmpty()) {
      json.put(name, value);
    }
  }

  /**
   * Returns the request that {@link #toJson()} wrote down, by this or an earlier version of the
   * SDK. Each copy can be used once, so delete what was kept before you use it.
   *
   * @throws IllegalArgumentException if {@code json} was not written by {@link #toJson()}; the
   *     message does not quote it
   */
  public static AuthorizationRequest fromJson(Secret json) {
    JsonNode node = Json.readObject(json, "authorization request");
    if (node.path("version").asInt(VERSION) > VERSION) {
      throw new IllegalArgumentException(
          "the saved authorization request was written by a later version of this SDK: let the user start again");
    }
    Attempt attempt =
        new Attempt(
            Scopes.parse(Json.requireText(node, "scope")),
            Json.requireInstant(node, "expires_at"),
            node.has("payload") ? Json.requireText(node, "payload") : "",
            node.has("issuer") ? requireSafe(node, "issuer") : null,
            node.has("org") ? Json.requireText(node, "org") : null,
            node.has("code_verifier") ? Secret.of(Json.requireText(node, "code_verifier")) : null);
    return of(requireSafe(node, "url").toString(), Json.requireText(node, "state"), attempt);
  }

  private static URI requireSafe(JsonNode node, String name) {
    try {
      return Endpoints.requireSafe(new URI(Json.requireText(node, name)), "saved " + name);
    } catch (URISyntaxException e) {
      // Its message and its input quote the text, which may hold the state.
      throw new IllegalArgumentException(
          "the saved JSON has no URL in its member \"" + name + "\"");
    }
  }

  /** Returns the code verifier that belongs to the challenge in the URL, if there is one. */
  @Nullable Secret codeVerifier() {
    return attempt.codeVerifier();
  }

  /** Refuses a request that was made for another authorization endpoint, client or callback. */
  void requireFrom(AuthorizationUrl flow) {
    boolean isFrom =
        url == null
            ? MessageDigest.isEqual(context, flow.context())
            : url.startsWith(flow.prefix() + "&");
    if (!isFrom) {
      throw new CallbackException(
          Reason.STATE_MISMATCH,
          "This attempt was begun with another host, client or callback than this flow has: complete it with the same"
              + " flow."
              + AGAIN);
    }
  }

  /**
   * Compares in constant time, so that the time taken tells nothing about where two states differ.
   */
  boolean hasState(String other) {
    return MessageDigest.isEqual(
        state.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  /** Refuses a callback with the state of another attempt. */
  void requireState(Optional<String> returnedState) {
    String returned = returnedState.orElseThrow(AuthorizationRequest::missingState);
    if (!hasState(returned)) {
      throw new CallbackException(
          Reason.STATE_MISMATCH,
          "The state of the callback is not the one of this attempt: it belongs to another attempt, another app or"
              + " another user."
              + AGAIN);
    }
  }

  /** Refuses a callback that comes too late. */
  void requireInTime(Instant now) {
    if (!now.isBefore(attempt.expiresAt())) {
      throw new CallbackException(
          Reason.STATE_EXPIRED,
          "The user came back after "
              + attempt.expiresAt()
              + ", when this attempt ended. Let the user start again.");
    }
  }

  /** Marks this request as used, if it is in time and unused. */
  void markUsed(Instant now) {
    requireInTime(now);
    if (!used.compareAndSet(false, true)) {
      throw reused();
    }
  }

  /** Makes the request usable again, after an exchange that provably did not use up the code. */
  void markUnused() {
    used.set(false);
  }

  static CallbackException reused() {
    return new CallbackException(
        Reason.STATE_REUSED,
        "This attempt was used before: the callback was loaded twice, or replayed. Keep the tokens of the"
            + " first exchange, or let the user start again.");
  }

  static CallbackException missingState() {
    return new CallbackException(
        Reason.STATE_MISSING,
        "The callback has no state, so the attempt that it belongs to is unknown." + AGAIN);
  }

  /** Returns the refusal of a callback for which nothing was kept. */
  static CallbackException unknown() {
    return new CallbackException(
        Reason.STATE_MISMATCH,
        "No request is kept for this callback: it was loaded twice, came too late, or belongs to another session."
            + AGAIN);
  }

  /** Returns scopes and end of the attempt, neither URL nor state. */
  @Override
  public String toString() {
    return "AuthorizationRequest[scopes " + scopes() + ", until " + expiresAt() + "]";
  }
}
