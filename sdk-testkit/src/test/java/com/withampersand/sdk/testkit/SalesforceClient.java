package com.withampersand.sdk.testkit;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Talks to the fake as any client could, without the SDK. */
final class SalesforceClient {
  static final String CALLBACK = "http://localhost:8080/callback";

  private final FakeSalesforce salesforce;
  private final URI host;
  private final HttpClient client;

  SalesforceClient(FakeSalesforce salesforce) {
    this(salesforce, salesforce.uri());
  }

  SalesforceClient(FakeSalesforce salesforce, URI host) {
    this(salesforce, host, HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
  }

  SalesforceClient(FakeSalesforce salesforce, URI host, HttpClient client) {
    this.salesforce = salesforce;
    this.host = host;
    this.client = client;
  }

  /** Returns an authorization URL with the defaults replaced or, where null, left out. */
  URI authorizationUrl(String... replacements) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("response_type", "code");
    parameters.put("client_id", salesforce.consumerKey());
    parameters.put("redirect_uri", CALLBACK);
    parameters.put("scope", "api refresh_token");
    parameters.put("state", "state+1&2");
    replace(parameters, replacements);
    return URI.create(host + "/services/oauth2/authorize?" + encode(parameters));
  }

  /** Consents, and returns the code. */
  String code(String... replacements) {
    return query(salesforce.approve(authorizationUrl(replacements))).getOrDefault("code", "");
  }

  HttpResponse<String> exchange(String code, String... replacements) throws Exception {
    Map<String, String> form = client("authorization_code");
    form.put("code", code);
    form.put("redirect_uri", CALLBACK);
    replace(form, replacements);
    return post("/services/oauth2/token", form);
  }

  HttpResponse<String> refresh(String refreshToken, String... replacements) throws Exception {
    Map<String, String> form = client("refresh_token");
    form.put("refresh_token", refreshToken);
    replace(form, replacements);
    return post("/services/oauth2/token", form);
  }

  /** Begins to refresh; cancelling the result closes the connection. */
  CompletableFuture<HttpResponse<String>> refreshLater(String refreshToken) {
    Map<String, String> form = client("refresh_token");
    form.put("refresh_token", refreshToken);
    HttpRequest request =
        request("/services/oauth2/token", "application/x-www-form-urlencoded", encode(form))
            .build();
    return client.sendAsync(request, BodyHandlers.ofString());
  }

  /** Consents, exchanges, and returns the answer. */
  HttpResponse<String> connect() throws Exception {
    return exchange(code());
  }

  private Map<String, String> client(String grantType) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", grantType);
    form.put("client_id", salesforce.consumerKey());
    form.put("client_secret", salesforce.consumerSecret());
    return form;
  }

  private static void replace(Map<String, String> parameters, String... replacements) {
    for (int i = 0; i < replacements.length; i += 2) {
      if (replacements[i + 1].isEmpty()) {
        parameters.remove(replacements[i]);
      } else {
        parameters.put(replacements[i], replacements[i + 1]);
      }
    }
  }

  HttpResponse<String> post(String path, Map<String, String> form) throws Exception {
    return post(path, "application/x-www-form-urlencoded", encode(form));
  }

  HttpResponse<String> post(String path, String contentType, String body) throws Exception {
    return send(request(path, contentType, body));
  }

  private HttpRequest.Builder request(String path, String contentType, String body) {
    return HttpRequest.newBuilder(host.resolve(path))
        .header("Content-Type", contentType)
        .POST(BodyPublishers.ofString(body));
  }

  HttpResponse<String> get(String path, String bearer) throws Exception {
    return send(request(path, bearer));
  }

  /** Begins to call; cancelling the result closes the connection. */
  CompletableFuture<HttpResponse<String>> getLater(String path, String bearer) {
    return client.sendAsync(request(path, bearer).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path, String bearer) {
    HttpRequest.Builder request = HttpRequest.newBuilder(host.resolve(path));
    if (!bearer.isEmpty()) {
      request.header("Authorization", "Bearer " + bearer);
    }
    return request;
  }

  HttpResponse<String> get(URI uri) throws Exception {
    return send(HttpRequest.newBuilder(uri));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  static String encode(Map<String, String> parameters) {
    List<String> pairs = new ArrayList<>();
    parameters.forEach(
        (name, value) -> pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return String.join("&", pairs);
  }

  static Map<String, String> query(URI uri) {
    Map<String, String> values = new LinkedHashMap<>();
    Forms.decode(uri.getRawQuery()).forEach((name, all) -> values.put(name, all.get(0)));
    return values;
  }

  /**
   * Returns a member of a flat JSON object by looking for it, so that the fake's JSON is read by
   * other means than it is written.
   */
  static Optional<String> member(HttpResponse<String> response, String name) {
    Matcher matcher =
        Pattern.compile("\"" + name + "\":(?:\"([^\"]*)\"|([^,}]+))").matcher(response.body());
    return matcher.find()
        ? Optional.of(matcher.group(1) != null ? matcher.group(1) : matcher.group(2))
        : Optional.empty();
  }
}
