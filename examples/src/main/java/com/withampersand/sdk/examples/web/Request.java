package com.withampersand.sdk.examples.web;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a browser asked for.
 *
 * @param query the query, still percent-encoded; null if there is none
 * @param form the fields of a POST, decoded
 */
record Request(
    String method,
    String host,
    String path,
    @Nullable String query,
    Map<String, String> cookies,
    Map<String, String> form) {
  private static final int LONGEST_FORM = 8 * 1024;

  /** A browser that could not send all of its form shows no answer. */
  private static final int LONGEST_READ = 1024 * 1024;

  static Request read(HttpExchange exchange) throws IOException, WebError {
    URI uri = exchange.getRequestURI();
    String host = exchange.getRequestHeaders().getFirst("Host");
    return new Request(
        exchange.getRequestMethod(),
        host == null ? "" : host,
        uri.getPath() == null ? "" : uri.getPath(),
        uri.getRawQuery(),
        cookies(exchange.getRequestHeaders().getOrDefault("Cookie", List.of())),
        form(exchange));
  }

  /** Returns a field of the form, empty if it is missing. */
  String field(String name) {
    return Objects.requireNonNullElse(form.get(name), "");
  }

  private static Map<String, String> cookies(List<String> headers) {
    Map<String, String> cookies = new HashMap<>();
    for (String header : headers) {
      for (String cookie : header.split(";", -1)) {
        String[] pair = cookie.strip().split("=", 2);
        cookies.putIfAbsent(pair[0], pair.length == 2 ? pair[1] : "");
      }
    }
    return cookies;
  }

  private static Map<String, String> form(HttpExchange exchange) throws IOException, WebError {
    if (!exchange.getRequestMethod().equals("POST")) {
      return Map.of();
    }
    try (InputStream body = exchange.getRequestBody()) {
      byte[] bytes = body.readNBytes(LONGEST_FORM + 1);
      if (bytes.length > LONGEST_FORM) {
        body.readNBytes(LONGEST_READ);
        throw new WebError(413, "That is too long", "The form holds more than this page asks for.");
      }
      return decoded(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  private static Map<String, String> decoded(String form) throws WebError {
    Map<String, String> fields = new HashMap<>();
    try {
      for (String field : form.split("&", -1)) {
        String[] pair = field.split("=", 2);
        fields.putIfAbsent(decode(pair[0]), pair.length == 2 ? decode(pair[1]) : "");
      }
    } catch (IllegalArgumentException e) {
      throw new WebError(400, "That cannot be read", "The form is not encoded as browsers do it.");
    }
    return fields;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
