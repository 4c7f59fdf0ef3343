package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.ApiClient.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The workspace of a connection says to which org it belongs. */
class FakeAmpersandOrgsTest {
  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeOrg acme = salesforce.addOrg("acme");
  private final FakeOrg dev = salesforce.addOrg("acme--dev");
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final ApiClient client = new ApiClient(ampersand);

  @BeforeEach
  void addApp() {
    ampersand.addProviderApp(
        "salesforce", salesforce.consumerKey(), salesforce.consumerSecret(), "refresh_token");
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private String importGrant(IssuedGrant grant, String workspace) throws Exception {
    HttpResponse<String> response =
        client.post(
            client.project("/connections") + ":generate",
            """
            {"provider":"salesforce","groupRef":"acme","consumerRef":"jane",
             "providerWorkspaceRef":"%s","oauth2AuthorizationCode":
             {"accessToken":{"token":"%s"},"refreshToken":{"token":"%s"}}}
            """
                .formatted(workspace, grant.accessToken(), grant.refreshToken()));
    assertThat(response.statusCode()).isEqualTo(201);
    return at(response, "/id");
  }

  @Test
  void imported_isRefreshedAtItsOrg() throws Exception {
    IssuedGrant grant = acme.issueGrant();
    IssuedGrant sandbox = dev.issueGrant();

    client.get(client.connection(importGrant(grant, "acme")) + "?refresh=force");
    client.get(client.connection(importGrant(sandbox, "acme--dev.sandbox")) + "?refresh=force");

    assertThat(grant.refreshes()).isEqualTo(1);
    assertThat(sandbox.refreshes()).isEqualTo(1);
  }

  @Test
  void imported_underAnotherWorkspace_isRefused() throws Exception {
    IssuedGrant grant = acme.issueGrant();

    String id = importGrant(grant, "acme--dev");
    client.get(client.connection(id) + "?refresh=force");

    assertThat(ampersand.connectionStatus(id)).isEqualTo("bad_credentials");
    assertThat(grant.refreshes()).isZero();
  }

  @Test
  void connected_andRenewed_atItsOrg() throws Exception {
    HttpResponse<String> url =
        client.post(
            "/oauth-connect",
            """
            {"projectIdOrName":"%s","provider":"salesforce","groupRef":"acme",
             "consumerRef":"jane","providerWorkspaceRef":"acme"}
            """
                .formatted(ampersand.projectId()));
    assertThat(url.body()).startsWith(acme.uri().toString());

    ampersand.complete(salesforce.approve(URI.create(url.body())));

    String id = ampersand.connectionIds().get(0);
    assertThat(acme.grants()).hasSize(1);
    assertThat(ampersand.connectionStatus(id)).isEqualTo("working");
    assertThat(ampersand.checkHealth(id)).isEqualTo("working");
  }
}
