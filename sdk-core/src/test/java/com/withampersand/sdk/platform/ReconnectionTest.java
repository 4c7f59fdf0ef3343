package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.platform.Connection.Health;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeDestination;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.FakeWebhook;
import com.withampersand.sdk.webhook.AmpersandEvent;
import com.withampersand.sdk.webhook.AmpersandEvent.Change;
import com.withampersand.sdk.webhook.AmpersandEvent.ConnectionChanged;
import com.withampersand.sdk.webhook.AmpersandEvent.ConnectionFailed;
import com.withampersand.sdk.webhook.WebhookVerifier;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From a webhook about a connection to a connection that works. */
class ReconnectionTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final FakeDestination alerts =
      ampersand.addDestination("alerts", URI.create("http://localhost/"));
  private final AmpersandClient client =
      AmpersandClient.builder(ampersand.projectName(), Secret.of(ampersand.apiKey()))
          .baseUrl(ampersand.apiUri())
          .build();

  private final WebhookVerifier verifier =
      WebhookVerifier.builder(client.destinations().signingSecret("alerts")).build();
  private String connectionId = "";

  @BeforeEach
  void connect() {
    DeclaredApp app = new DeclaredApp();
    app.clientId = salesforce.consumerKey();
    app.secret = Secret.of(salesforce.consumerSecret());
    client.providerApps().apply(app);
    ampersand.complete(salesforce.approve(client.connections().connectUrl(ConnectRequest.of(ADA))));
    connectionId = client.connections().find(ADA).orElseThrow().id();
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private AmpersandEvent receive(FakeWebhook webhook) {
    Map<String, String> headers = alerts.headers(webhook);
    return verifier.verify(
        webhook.body().getBytes(java.nio.charset.StandardCharsets.UTF_8),
        name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of());
  }

  @Test
  void connectionError_leadsToStatusAndConsent_andRefreshedHealsIt() {
    salesforce.revokeAll();
    client.connections().getWithAccessToken(connectionId, Refresh.FORCE);
    ConnectionFailed failed =
        (ConnectionFailed) receive(alerts.connectionError(connectionId, "Token refresh failed"));

    Reconnection reconnection = client.connections().reconnection(failed.connectionId());

    assertThat(failed.connection()).contains(ADA);
    assertThat(failed.errors()).containsExactly("Token refresh failed");
    assertThat(reconnection.connection().health()).isEqualTo(Health.NEEDS_CONSENT);
    ampersand.complete(salesforce.approve(reconnection.url().orElseThrow()));
    ConnectionChanged refreshed =
        (ConnectionChanged) receive(alerts.connectionRefreshed(connectionId));
    assertThat(refreshed.change()).isEqualTo(Change.REFRESHED);
    Reconnection after = client.connections().reconnection(refreshed.connectionId());
    assertThat(after.connection().health()).isEqualTo(Health.WORKING);
    assertThat(after.url()).isEmpty();
    assertThat(after.toString()).contains("which works");
  }

  @Test
  void connectionError_thatComesAfterTheRecovery_asksNothingOfTheUser() {
    ConnectionFailed late = (ConnectionFailed) receive(alerts.connectionError(connectionId));

    assertThat(client.connections().reconnection(late.connectionId()).url()).isEmpty();
  }

  @Test
  void statusOfALaterVersion_stillHasAUrl() {
    ampersand.setConnectionStatus(connectionId, "added_later");

    Reconnection reconnection = client.connections().reconnection(connectionId);

    assertThat(reconnection.connection().health()).isEqualTo(Health.UNKNOWN);
    assertThat(reconnection.url()).isPresent();
    assertThat(reconnection.toString()).endsWith("with a URL to reconnect");
  }

  @Test
  void unknownConnection_isNotFound() {
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> client.connections().reconnection("gone"))
        .matches(error -> error.httpStatus() == 404);
  }
}
