package com.withampersand.sdk.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.internal.Json;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * What a signed state holds.
 *
 * @param nonce random bytes
 * @param browser a hash of the browser's binding
 * @param context a hash of authorization endpoint, client and callback
 * @param pkce whether a code challenge was sent
 * @param attempt the attempt, without its code verifier
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StateContent(byte[] nonce, byte[] browser, byte[] context, boolean pkce, Attempt attempt) {
  static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  static final int RANDOM_BYTES = 32;
  private static final int HASH_BYTES = 32;
  private static final int FIXED_BYTES = RANDOM_BYTES + 2 * HASH_BYTES + Long.BYTES;

  byte[] bytes() {
    byte[] json = json().toString().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(FIXED_BYTES + json.length)
        .put(nonce)
        .put(browser)
        .put(context)
        .putLong(attempt.expiresAt().getEpochSecond())
        .put(json)
        .array();
  }

  private ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("scope", attempt.scopes().toString());
    if (!attempt.payload().isEmpty()) {
      json.put("payload", attempt.payload());
    }
    if (attempt.issuer() != null) {
      json.put("issuer", attempt.issuer().toString());
    }
    if (attempt.expectedOrg() != null) {
      json.put("org", attempt.expectedOrg());
    }
    if (pkce) {
      json.put("pkce", true);
    }
    return json;
  }

  /** Reads the content of a state; empty if it is none. */
  static Optional<StateContent> read(String base64url) {
    try {
      return Optional.of(read(ByteBuffer.wrap(Base64.getUrlDecoder().decode(base64url))));
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private static StateContent read(ByteBuffer bytes) {
    if (bytes.remaining() < FIXED_BYTES) {
      throw new IllegalArgumentException("a state is longer");
    }
    byte[] nonce = new byte[RANDOM_BYTES];
    byte[] browser = new byte[HASH_BYTES];
    byte[] context = new byte[HASH_BYTES];
    bytes.get(nonce).get(browser).get(context);
    long seconds = bytes.getLong();
    byte[] rest = new byte[bytes.remaining()];
    bytes.get(rest);
    JsonNode json = Json.read(rest);
    return new StateContent(nonce, browser, context, json.has("pkce"), attempt(json, seconds));
  }

  private static Attempt attempt(JsonNode json, long seconds) {
    return new Attempt(
        Scopes.parse(Json.text(json, "scope").orElse("")),
        Instant.ofEpochSecond(seconds),
        Json.text(json, "payload").orElse(""),
        Json.text(json, "issuer").map(URI::create).orElse(null),
        Json.text(json, "org").orElse(null),
        null);
  }
}
