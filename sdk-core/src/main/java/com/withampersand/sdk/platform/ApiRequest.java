package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Percent;
import com.withampersand.sdk.internal.Text;
import com.withampersand.sdk.internal.UserAgent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One call of the API, before the credential is added. Used by one thread. */
final class ApiRequest {
  private static final String JSON = "application/json";

  private final String action;
  private final String method;
  private final String path;
  private final StringBuilder query = new StringBuilder();
  private final List<Secret> secrets = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private @Nullable JsonNode body;
  private String accept = JSON + ", application/problem+json";
  private boolean open;
  private boolean once;

  private ApiRequest(String action, String method, String path) {
    this.action = action;
    this.method = method;
    this.path = path;
  }

  /**
   * Describes a call.
   *
   * @param action what is being done, as the message of an error names it; it may name what an
   *     answer named
   * @param path the path below the base URL, encoded
   */
  static ApiRequest of(String action, String method, String path) {
    return new ApiRequest(Text.redacted(action, List.of()), method, path);
  }

  /** Adds a parameter to the query, if there is a value. */
  ApiRequest query(String name, Optional<String> value) {
    value.ifPresent(
        text -> {
          query.append(query.isEmpty() ? '?' : '&').append(name).append('=');
          Percent.encode(text, query);
        });
    return this;
  }

  ApiRequest body(JsonNode body) {
    this.body = body;
    return this;
  }

  /** Asks for plain text; problems still come as JSON. */
  ApiRequest acceptingText() {
    accept = "text/plain, application/problem+json";
    return this;
  }

  /** Says that the call needs no credential, and gets none. */
  ApiRequest open() {
    open = true;
    return this;
  }

  /** Says that each sending changes something, whatever the method is, so that there is one. */
  ApiRequest once() {
    once = true;
    return this;
  }

  /** Adds a secret that the request carries and nothing that comes of it may show. */
  ApiRequest hiding(Secret secret) {
    if (!secrets.contains(secret)) {
      secrets.add(secret);
    }
    return this;
  }

  /** Notes what the request calls something, which is no secret even if it is a part of one. */
  ApiRequest naming(Collection<String> names) {
    this.names.addAll(names);
    return this;
  }

  String action() {
    return action;
  }

  String method() {
    return method;
  }

  URI uri(URI baseUrl) {
    return URI.create(baseUrl + path + query);
  }

  Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", accept);
    headers.put("X-Amp-Client", "java");
    headers.put("X-Amp-Client-Version", UserAgent.VERSION);
    if (body != null) {
      headers.put("Content-Type", JSON);
    }
    return headers;
  }

  byte[] bytes() {
    return body == null ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8);
  }

  List<Secret> secrets() {
    return secrets;
  }

  /** Tells whether the request itself calls something so. */
  boolean names(String text) {
    return names.contains(text);
  }

  boolean needsCredential() {
    return !open;
  }

  /** Tells whether sending it twice does what sending it once does: most but a POST here. */
  boolean isIdempotent() {
    return !once && !method.equals("POST");
  }

  /** Tells whether it is sent once, even if the first was provably not carried out. */
  boolean isOnce() {
    return once;
  }

  boolean isDelete() {
    return method.equals("DELETE");
  }

  /** Tells whether it changes nothing, so that its outcome need not be known. */
  boolean isReading() {
    return !once && method.equals("GET");
  }
}
