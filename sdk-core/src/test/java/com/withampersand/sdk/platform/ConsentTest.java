package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.Connection.Health;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Customers go through Ampersand's consent, and their connections are read. */
class ConsentTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final ConnectRequest CONNECT =
      ConnectRequest.builder(ADA).groupName("Acme Corp").workspaceRef("acme").build();

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final AmpersandClient client =
      AmpersandClient.builder(ampersand.projectId(), Secret.of(ampersand.apiKey()))
          .baseUrl(ampersand.apiUri())
          .build();
  private final Connections connections = client.connections();

  @BeforeEach
  void registerTheApp() {
    DeclaredApp app = new DeclaredApp();
    app.clientId = salesforce.consumerKey();
    app.secret = Secret.of(salesforce.consumerSecret());
    app.scopes = Scopes.of("api", "id", "refresh_token");
    client.providerApps().apply(app);
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private Connection connected() {
    URI url = connections.connectUrl(CONNECT);
    ampersand.complete(salesforce.approve(url));
    List<Connection> found = connections.list(ConnectionFilter.of(ADA));
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  @Test
  void connect_consentGiven_connectionWorksAndHandsOutALiveToken() {
    Connection connection = connected();

    Connection live = connections.getWithAccessToken(connection.id(), Refresh.IF_EXPIRED);

    assertThat(connection.health()).isEqualTo(Health.WORKING);
    assertThat(connection.key()).isEqualTo(ADA);
    assertThat(connection.tokens()).isEmpty();
    assertThat(connection.providerConsumerRef().orElseThrow()).endsWith(salesforce.userId());
    TokenSet tokens = live.tokens().orElseThrow();
    assertThat(tokens.refreshToken()).isEmpty();
    assertThat(tokens.scopes().contains("api")).isTrue();
  }

  @Test
  void connect_clientWithTheDefaultAddress_findsTheFakeByItsRealName() {
    AmpersandClient byRealName =
        AmpersandClient.builder(ampersand.projectId(), Secret.of(ampersand.apiKey()))
            .transport(HttpTransport.over(salesforce.httpClient()))
            .build();

    URI url = byRealName.connections().connectUrl(CONNECT);
    ampersand.complete(salesforce.approve(url));

    assertThat(url.toString())
        .contains("redirect_uri=https%3A%2F%2Fapi.withampersand.com%2Fcallbacks%2Fv1%2Foauth");
    assertThat(byRealName.connections().list(ConnectionFilter.of(ADA)))
        .extracting(Connection::health)
        .containsExactly(Health.WORKING);
  }

  @Test
  void getWithRefreshToken_asked_holdsIt() {
    Connection connection = connections.getWithRefreshToken(connected().id(), Refresh.NEVER);

    assertThat(connection.tokens().orElseThrow().refreshToken()).isPresent();
    assertThat(connection.toString())
        .doesNotContain(connection.tokens().orElseThrow().accessToken().reveal());
  }

  @Test
  void getWithAccessToken_forced_isAnotherToken() {
    String id = connected().id();
    TokenSet before = connections.getWithAccessToken(id, Refresh.NEVER).tokens().orElseThrow();

    TokenSet after = connections.getWithAccessToken(id, Refresh.FORCE).tokens().orElseThrow();

    assertThat(after.accessToken()).isNotEqualTo(before.accessToken());
  }

  @Test
  void reconnect_grantEnded_worksAgain() {
    String id = connected().id();
    salesforce.revokeAll();
    Connection dead = connections.getWithAccessToken(id, Refresh.FORCE);

    URI url = connections.reconnectUrl(id);
    ampersand.complete(salesforce.approve(url));

    assertThat(dead.health()).isEqualTo(Health.NEEDS_CONSENT);
    assertThat(connections.get(id).health()).isEqualTo(Health.WORKING);
    assertThat(ampersand.connectionIds()).containsExactly(id);
  }

  @Test
  void importConnection_tokensHeldHere_becomeAConnection() {
    TokenSet held =
        connections.getWithRefreshToken(connected().id(), Refresh.NEVER).tokens().orElseThrow();
    ConnectionKey other = new ConnectionKey("salesforce", "acme", "grace");

    Connection imported =
        connections.importConnection(
            ConnectionImport.builder(other, held).workspaceRef("acme").build());

    assertThat(imported.key()).isEqualTo(other);
    assertThat(imported.health()).isEqualTo(Health.CREATED);
    assertThat(connections.list(ConnectionFilter.all().consumerRef("grace"))).hasSize(1);
    assertThat(connections.list(ConnectionFilter.all().provider("hubspot"))).isEmpty();
  }

  @Test
  void update_workspace_isKept() {
    String id = connected().id();

    connections.update(id, ConnectionChange.builder().workspaceRef("acme--uat").build());

    assertThat(connections.get(id).workspaceRef()).contains("acme--uat");
  }

  @Test
  void delete_connection_isGone() {
    String id = connected().id();

    connections.delete(id);

    ApiException error = catchThrowableOfType(ApiException.class, () -> connections.get(id));
    assertThat(error.httpStatus()).isEqualTo(404);
    assertThat(error).hasMessageContaining("request id");
  }

  @Test
  void connectUrl_anotherProvidersApp_isRefused() {
    String hubspot = ampersand.addProviderApp("hubspot", "key", "secret", "crm");
    ConnectRequest request =
        ConnectRequest.builder(ADA).workspaceRef("acme").providerAppId(hubspot).build();

    ApiException error =
        catchThrowableOfType(ApiException.class, () -> connections.connectUrl(request));

    assertThat(error.problem().issues()).isNotEmpty();
  }

  @Test
  void everything_membersAndValuesAddedLater_breakNothing() {
    ampersand.extendAnswers(true);

    Connection connection = connected();

    assertThat(connection.health()).isEqualTo(Health.UNKNOWN);
    assertThat(connection.status()).isEqualTo("added_later");
    assertThat(client.providerApps().list()).hasSize(1);
    assertThat(client.projects().get().id()).isEqualTo(ampersand.projectId());
    assertThat(client.providers().get("salesforce").authType()).isEqualTo("added_later");
    assertThat(connections.getWithAccessToken(connection.id(), Refresh.FORCE).tokens()).isPresent();
  }

  @Test
  void times_ofTheFake_areRead() {
    Instant created = connected().createTime().orElseThrow();

    assertThat(created).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
  }
}
