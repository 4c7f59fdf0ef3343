package com.withampersand.sdk.examples.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A browser without a screen: it keeps cookies, sends forms, and remembers all that it was sent.
 */
final class Visitor {
  private static final Pattern FORM_TOKEN = Pattern.compile("name=\"form_token\" value=\"([^\"]+)");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final URI address;
  private final Map<String, String> cookies = new HashMap<>();
  private final Map<String, String> headers = new HashMap<>();
  private final StringBuilder everything = new StringBuilder();

  Visitor(URI address) {
    this.address = address;
  }

  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  Map<String, String> cookies() {
    return cookies;
  }

  /** Returns the headers that each request carries beside the cookies. */
  Map<String, String> headers() {
    return headers;
  }

  /** Sends a request that no client would make, and returns the answer as it came. */
  String raw(String... lines) throws IOException {
    try (Socket socket = new Socket(address.getHost(), address.getPort())) {
      String request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Returns the text and headers of every response so far. */
  String everything() {
    return everything.toString();
  }

  HttpResponse<String> get(String path) throws Exception {
    return get(address.resolve(path));
  }

  HttpResponse<String> get(URI uri) throws Exception {
    return send("GET", uri, "");
  }

  HttpResponse<String> send(String method, String path) throws Exception {
    return send(method, address.resolve(path), "");
  }

  HttpResponse<String> send(String method, URI uri, String form) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(method, BodyPublishers.ofString(form))
            .header("Content-Type", "application/x-www-form-urlencoded");
    headers.forEach(request::header);
    if (!cookies.isEmpty()) {
      request.header(
          "Cookie",
          cookies.entrySet().stream()
              .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
              .collect(Collectors.joining("; ")));
    }
    HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
    response.headers().allValues("Set-Cookie").forEach(this::keep);
    everything.append(response.headers().map()).append(response.body()).append('\n');
    return response;
  }

  private void keep(String setCookie) {
    String[] pair = setCookie.split(";", 2)[0].split("=", 2);
    cookies.put(pair[0], pair[1]);
  }

  /** Opens the page, and sends one of its forms. */
  HttpResponse<String> submit(String action, String... fields) throws Exception {
    return submitWith(formToken(), action, fields);
  }

  HttpResponse<String> submitWith(String formToken, String action, String... fields)
      throws Exception {
    StringBuilder form = new StringBuilder("form_token=").append(encode(formToken));
    for (int i = 0; i < fields.length; i += 2) {
      form.append('&').append(fields[i]).append('=').append(encode(fields[i + 1]));
    }
    return send("POST", address.resolve(action), form.toString());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Returns the token that the forms of this visitor's page carry. */
  String formToken() throws Exception {
    Matcher token = FORM_TOKEN.matcher(get("/").body());
    return token.find() ? token.group(1) : "";
  }

  /** Asks to connect an org, and returns where the browser is sent for consent. */
  URI connect(String host) throws Exception {
    return location(submit("/connect", "host", host));
  }

  static URI location(HttpResponse<String> response) {
    return URI.create(response.headers().firstValue("Location").orElse("none"));
  }
}
