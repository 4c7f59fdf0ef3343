package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What Ampersand asks of Salesforce, over HTTP. Each call ends in an {@link UncheckedIOException}
 * if there is no usable answer.
 */
final class SalesforceCalls {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Headers that are not sent on: they are about the one connection, or are secrets. */
  private static final Set<String> ANEW =
      Set.of(
          "authorization",
          "connection",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "transfer-encoding",
          "upgrade",
          "x-api-key");

  private final FakeSalesforce salesforce;
  private final BlockingClient client = new BlockingClient();

  SalesforceCalls(FakeSalesforce salesforce) {
    this.salesforce = salesforce;
  }

  /** Returns the org of a workspace: the one whose My Domain has this name, or else the first. */
  private FakeOrg org(String workspace) {
    return salesforce.find(workspace.replaceFirst("\\.sandbox$", "")).orElseGet(salesforce::org);
  }

  private URI host(String workspace) {
    return org(workspace).uri();
  }

  /**
   * Returns where the user's browser goes.
   *
   * @param origin where Ampersand was asked; the org and the callback get names of the same kind
   */
  String authorizationUrl(URI origin, String workspace, ProviderAppRow app, String state) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("response_type", "code");
    query.put("client_id", app.clientId());
    query.put("redirect_uri", origin + CallbackEndpoint.PATH);
    if (!app.scopes().isEmpty()) {
      query.put("scope", String.join(" ", app.scopes()));
    }
    query.put("prompt", "login");
    query.put("state", state);
    app.authQueryParams().forEach(query::putIfAbsent);
    URI host = Addresses.isReal(origin) ? org(workspace).myDomain() : host(workspace);
    return host + "/services/oauth2/authorize?" + encode(query);
  }

  /**
   * Exchanges a code for tokens.
   *
   * @param origin where the browser came back
   */
  JsonNode exchange(URI origin, String workspace, ProviderAppRow app, String code)
      throws OAuthError {
    Map<String, String> form = client(app, "authorization_code");
    form.put("code", code);
    form.put("redirect_uri", origin + CallbackEndpoint.PATH);
    return tokens(workspace, form);
  }

  JsonNode refresh(String workspace, ProviderAppRow app, String refreshToken) throws OAuthError {
    Map<String, String> form = client(app, "refresh_token");
    form.put("refresh_token", refreshToken);
    return tokens(workspace, form);
  }

  private static Map<String, String> client(ProviderAppRow app, String grantType) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", grantType);
    form.put("client_id", app.clientId());
    form.put("client_secret", app.clientSecret());
    return form;
  }

  private JsonNode tokens(String workspace, Map<String, String> form) throws OAuthError {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(host(workspace).resolve(Routes.TOKEN))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(encode(form))));
    JsonNode answer = parse(response.body());
    if (response.statusCode() == 200 && answer.has("access_token")) {
      return answer;
    }
    if (response.statusCode() < 500 && answer.has("error")) {
      throw new OAuthError(
          answer.path("error").asText(), answer.path("error_description").asText());
    }
    throw new UncheckedIOException(
        new IOException("Salesforce's token endpoint answered " + response.statusCode()));
  }

  private static JsonNode parse(String body) {
    try {
      return MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  /** Returns the status by which Salesforce answers the health check. */
  int health(String workspace, String accessToken) {
    return client
        .send(
            HttpRequest.newBuilder(host(workspace).resolve("/services/oauth2/userinfo"))
                .header("Authorization", "Bearer " + accessToken))
        .statusCode();
  }

  /** Sends a call on to the org of a connection, and returns what the org answers. */
  Answer forward(ConnectionRow row, ReceivedRequest request) {
    String query =
        request.query().entrySet().stream()
            .flatMap(entry -> entry.getValue().stream().map(value -> Map.of(entry.getKey(), value)))
            .map(SalesforceCalls::encode)
            .collect(Collectors.joining("&"));
    URI target =
        URI.create(host(row.workspace()) + request.path() + (query.isEmpty() ? "" : "?" + query));
    HttpRequest.Builder call =
        HttpRequest.newBuilder(target)
            .method(request.method(), BodyPublishers.ofString(request.body()));
    request.headers().forEach((name, values) -> copy(name, values, call));
    HttpResponse<String> response =
        client.send(call.setHeader("Authorization", "Bearer " + row.accessToken()));
    Map<String, String> headers = new LinkedHashMap<>();
    response.headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
    headers.keySet().removeIf(name -> ANEW.contains(Forms.lowerCase(name)));
    headers.remove("content-type");
    String type = response.headers().firstValue("Content-Type").orElse("");
    return new Answer(response.statusCode(), type, response.body(), headers);
  }

  private static void copy(String name, List<String> values, HttpRequest.Builder call) {
    String lower = Forms.lowerCase(name);
    if (!ANEW.contains(lower) && !lower.startsWith("x-amp-")) {
      values.forEach(value -> call.header(name, value));
    }
  }

  private static String encode(Map<String, String> values) {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + Forms.escape(entry.getValue()))
        .collect(Collectors.joining("&"));
  }
}
