package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/** Talks to the fake Ampersand as any client could, without the SDK. */
final class ApiClient {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final FakeAmpersand ampersand;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  ApiClient(FakeAmpersand ampersand) {
    this.ampersand = ampersand;
  }

  /** Returns a path under the project. */
  String project(String path) {
    return "/projects/" + ampersand.projectId() + path;
  }

  String connection(String id) {
    return project("/connections/" + id);
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  HttpResponse<String> post(String path, String json) throws Exception {
    return send("POST", path, json);
  }

  HttpResponse<String> patch(String path, String json) throws Exception {
    return send("PATCH", path, json);
  }

  HttpResponse<String> send(String method, String path, String json) throws Exception {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(json)));
  }

  HttpResponse<String> delete(String path) throws Exception {
    return send(request(path).DELETE());
  }

  /** Asks for a URL that leads to a new connection of this group and consumer. */
  HttpResponse<String> connect(String group, String consumer) throws Exception {
    return post(
        "/oauth-connect",
        """
        {"projectIdOrName":"%s","provider":"salesforce","groupRef":"%s","consumerRef":"%s"}
        """
            .formatted(ampersand.projectName(), group, consumer));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(ampersand.apiUri() + path))
        .header("X-Api-Key", ampersand.apiKey());
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  static JsonNode json(HttpResponse<String> response) throws JsonProcessingException {
    return MAPPER.readTree(response.body());
  }

  /** Returns the texts that a pointer finds in each element of an array. */
  static List<String> each(HttpResponse<String> response, String pointer)
      throws JsonProcessingException {
    return FakeJson.values(json(response)).map(element -> element.at(pointer).asText()).toList();
  }

  /** Returns the text that a pointer finds. */
  static String at(HttpResponse<String> response, String pointer) throws JsonProcessingException {
    return json(response).at(pointer).asText();
  }
}
