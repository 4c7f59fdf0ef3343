package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.ApiClient.json;
import static com.withampersand.sdk.testkit.SalesforceClient.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeAmpersandRealNameTest {
  private static final String API = "https://api.withampersand.com/v1";
  private static final String CALLBACK = "https://api.withampersand.com/callbacks/v1/oauth";

  private final FakeSalesforce salesforce = FakeSalesforce.builder().org("acme").start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private HttpResponse<String> send(FakeAmpersand to, String path, HttpRequest.Builder request)
      throws Exception {
    return salesforce
        .httpClient()
        .send(
            request.uri(URI.create(API + path)).header("X-Api-Key", to.apiKey()).build(),
            BodyHandlers.ofString());
  }

  private URI connect() throws Exception {
    ampersand.addProviderApp(
        "salesforce", salesforce.consumerKey(), salesforce.consumerSecret(), "api");
    String body =
        """
        {"projectIdOrName":"%s","provider":"salesforce","groupRef":"acme","consumerRef":"jane",
         "providerWorkspaceRef":"acme"}
        """
            .formatted(ampersand.projectId());
    HttpRequest.Builder post =
        HttpRequest.newBuilder()
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    return URI.create(send(ampersand, "/oauth-connect", post).body());
  }

  @Test
  void connect_atTheRealName_goesByRealNamesToTheEnd() throws Exception {
    URI url = connect();
    URI callback = salesforce.approve(url);
    URI connection = ampersand.complete(callback);
    String id = ampersand.connectionIds().get(0);
    String path = "/projects/" + ampersand.projectId() + "/connections/" + id;

    assertThat(url).hasHost("acme.my.salesforce.com");
    assertThat(query(url)).containsEntry("redirect_uri", CALLBACK);
    assertThat(callback.toString()).startsWith(CALLBACK + "?");
    assertThat(connection.getPath()).isEqualTo("/v1" + path);
    assertThat(json(send(ampersand, path, HttpRequest.newBuilder())).path("status").asText())
        .isEqualTo("working");
  }

  @Test
  void start_another_takesTheNameOverAndTheFirstKeepsItsPort() throws Exception {
    try (FakeAmpersand another = FakeAmpersand.start(salesforce)) {
      assertThat(send(another, "/projects", HttpRequest.newBuilder()).statusCode()).isEqualTo(200);
      ampersand.close();
      assertThat(send(another, "/projects", HttpRequest.newBuilder()).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void close_connectionsThroughTheProxy_endToo() throws Exception {
    send(ampersand, "/projects", HttpRequest.newBuilder());

    ampersand.close();

    assertThatIOException()
        .isThrownBy(() -> send(ampersand, "/projects", HttpRequest.newBuilder()));
  }
}
