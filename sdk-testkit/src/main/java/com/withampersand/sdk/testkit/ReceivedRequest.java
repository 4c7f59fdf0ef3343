package com.withampersand.sdk.testkit;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A request as it arrived, for tests to look at. It holds whatever secrets were sent, and {@link
 * #toString()} does not show them.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class ReceivedRequest {
  private final URI origin;
  private final String method;
  private final String path;
  private final Map<String, List<String>> query;
  private final Map<String, List<String>> headers;
  private final String body;

  ReceivedRequest(
      URI origin,
      String method,
      String path,
      Map<String, List<String>> query,
      Map<String, List<String>> headers,
      String body) {
    this.origin = origin;
    this.method = method;
    this.path = path;
    this.query = query;
    this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    this.headers.putAll(headers);
    this.body = body;
  }

  /** Returns scheme and authority of the address to which it was sent. */
  URI origin() {
    return origin;
  }

  /**
   * Returns the host to which it was sent, without a port: {@code acme.my.salesforce.com} if it
   * came by a real name, {@code localhost} if it came to a port of this machine.
   */
  public String host() {
    return origin.getHost();
  }

  /** Returns the HTTP method. */
  public String method() {
    return method;
  }

  /** Returns the path, encoded as it arrived, without the query. */
  public String path() {
    return path;
  }

  /** Returns the parameters of the query, decoded, each with its values. */
  public Map<String, List<String>> query() {
    return query;
  }

  /** Returns the first value of a parameter of the query. */
  public Optional<String> query(String name) {
    return first(query, name);
  }

  /** Returns the headers, their names in any case, each with its values. */
  public Map<String, List<String>> headers() {
    return headers;
  }

  /** Returns the first value of a header, its name in any case. */
  public Optional<String> header(String name) {
    return first(headers, name);
  }

  /** Returns the body as it arrived; empty if there was none. */
  public String body() {
    return body;
  }

  /**
   * Returns the members of the form in the body, decoded, each with its values; empty if the body
   * is no form.
   */
  public Map<String, List<String>> form() {
    return isForm() ? Forms.decode(body) : Map.of();
  }

  /** Returns the first value of a member of the form. */
  public Optional<String> form(String name) {
    return first(form(), name);
  }

  boolean isForm() {
    return header("Content-Type").orElse("").startsWith("application/x-www-form-urlencoded");
  }

  /** Returns the token of an {@code Authorization: Bearer} header. */
  Optional<String> bearer() {
    return header("Authorization")
        .filter(value -> value.startsWith("Bearer "))
        .map(value -> value.substring(7));
  }

  private static Optional<String> first(Map<String, List<String>> values, String name) {
    return values.getOrDefault(name, List.of()).stream().findFirst();
  }

  /** Returns method and path. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
