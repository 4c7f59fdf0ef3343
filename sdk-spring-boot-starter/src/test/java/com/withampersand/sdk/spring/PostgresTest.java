package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import io.micrometer.core.instrument.MeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An application on a real PostgreSQL: its grants, its health, its end. */
class PostgresTest {
  private static EmbeddedPostgres server;

  private FakeSalesforce salesforce;
  private String database;

  @BeforeAll
  static void startServer() throws IOException {
    server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @BeforeEach
  void start() {
    salesforce = FakeSalesforce.start();
    database = "d" + UUID.randomUUID().toString().replace("-", "");
    execute("create database " + database);
  }

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private static void execute(String sql) {
    new JdbcTemplate(server.getPostgresDatabase()).execute(sql);
  }

  private WebApplication application(String... properties) {
    Stream<String> own =
        Stream.of(
            "ampersand.tokens.store=jdbc",
            "spring.datasource.url=" + server.getJdbcUrl("postgres", database),
            "spring.datasource.username=postgres",
            "spring.datasource.hikari.connection-timeout=2000",
            "management.endpoint.health.show-details=always",
            "management.endpoints.web.exposure.include=*",
            "management.endpoint.env.show-values=always",
            "management.endpoint.configprops.show-values=always");
    return WebApplication.start(
        salesforce, Stream.concat(own, Stream.of(properties)).toArray(String[]::new));
  }

  @Test
  void grants_areInTheTableSealed_forTheNextProcess() throws Exception {
    try (WebApplication first = application()) {
      assertThat(first.consent(first.begin("acme")).body()).isEqualTo("Salesforce is connected.");
      String access =
          ((Connected) first.bean(WebApplication.Application.class).results.get(0))
              .tokens()
              .accessToken()
              .reveal();
      assertThat(first.bean(JdbcTemplate.class).queryForList("select * from ampersand_grant"))
          .singleElement()
          .asString()
          .contains("acme")
          .doesNotContain(access);
      assertThat(
              first
                  .bean(JdbcTemplate.class)
                  .queryForObject("select count(*) from ampersand_used_state", Integer.class))
          .isEqualTo(1);
    }

    try (WebApplication second = application()) {
      assertThat(second.tokens().status(Starter.ACME).kind()).isEqualTo(Kind.ACTIVE);
    }
  }

  @Test
  void callback_isReplayedAtAnotherProcess_isRefused() throws Exception {
    try (WebApplication first = application();
        WebApplication second = application()) {
      HttpResponse<String> begun = first.begin("acme");
      URI callback = salesforce.approve(WebApplication.location(begun));

      assertThat(second.back(callback, begun).statusCode()).isEqualTo(200);
      assertThat(first.back(callback, begun).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void refresh_insideATransactionThatIsRolledBack_isKept() throws Exception {
    try (WebApplication application = application();
        WebApplication other = application()) {
      application.consent(application.begin("acme"));
      FreshTokens tokens = application.bean(FreshTokens.class);
      TransactionTemplate transaction =
          new TransactionTemplate(application.bean(PlatformTransactionManager.class));

      transaction.executeWithoutResult(
          status -> {
            tokens.refresh(Starter.ACME);
            status.setRollbackOnly();
          });

      assertThat(other.tokens().get(Starter.ACME).accessToken())
          .isEqualTo(tokens.get(Starter.ACME).accessToken());
      assertThat(salesforce.grants().get(0).refreshes()).isEqualTo(1);
    }
  }

  @Test
  void callback_storeIsAway_tokensWaitInMemory() throws Exception {
    try (WebApplication application =
        application("ampersand.connect.state=session", "ampersand.tokens.close-timeout=0s")) {
      HttpResponse<String> begun = application.begin("acme");
      execute("drop database " + database + " with (force)");

      HttpResponse<String> page = application.consent(begun);

      assertThat(page.statusCode()).isEqualTo(503);
      assertThat(page.body()).startsWith("Salesforce is connected, but that is not stored yet.");
      assertThat(application.bean(WebApplication.Application.class).results).isEmpty();
      assertThat(application.tokens().get(Starter.ACME).accessToken()).isNotNull();
      assertThat(
              application.bean(MeterRegistry.class).get("ampersand.grants.unsaved").gauge().value())
          .isEqualTo(1);
    }
  }

  @Test
  void health_customerNeedsConsent_isUpWithoutNamingTheCustomer() throws Exception {
    try (WebApplication application = application()) {
      application.consent(application.begin("acme"));
      salesforce.revokeAll();
      assertThatThrownBy(() -> application.bean(FreshTokens.class).refresh(Starter.ACME))
          .isInstanceOf(OAuthException.class);

      HttpResponse<String> health = application.get("/actuator/health");

      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.body())
          .contains("\"needConsent\":1", "\"blocked\":0", "\"notStoredYet\":0")
          .doesNotContain("acme");
    }
  }

  @Test
  void health_storeIsAway_isDown() throws Exception {
    try (WebApplication application = application()) {
      execute("drop database " + database + " with (force)");

      HttpResponse<String> health = application.get("/actuator/health/ampersand");

      assertThat(health.statusCode()).isEqualTo(503);
      assertThat(health.body()).contains("\"status\":\"DOWN\"", "\"problem\":\"store\"");
    }
  }

  @Test
  void health_keyOpensNothing_isDown() throws Exception {
    try (WebApplication application = application()) {
      application.consent(application.begin("acme"));
    }

    try (WebApplication application =
        application("ampersand.tokens.key=" + TokenCipher.newKey().reveal())) {
      HttpResponse<String> health = application.get("/actuator/health/ampersand");

      assertThat(health.statusCode()).isEqualTo(503);
      assertThat(health.body())
          .contains("\"problem\":\"key\"", "add its former key to former-keys");
    }
  }

  @Test
  void key_isRotated_opensTheGrantsOfBefore() throws Exception {
    try (WebApplication application = application()) {
      application.consent(application.begin("acme"));
    }

    try (WebApplication application =
        application(
            "ampersand.tokens.key-id=tokens-2027",
            "ampersand.tokens.key=" + TokenCipher.newKey().reveal(),
            "ampersand.tokens.former-keys.tokens=" + Starter.TOKENS_KEY)) {
      assertThat(application.tokens().status(Starter.ACME).kind()).isEqualTo(Kind.ACTIVE);
    }
  }

  @Test
  void actuator_showsEverything_showsNoSecret() throws Exception {
    try (WebApplication application =
        application(
            "ampersand.tokens.former-keys.older=" + TokenCipher.newKey().reveal(),
            "ampersand.webhook.secrets=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")) {
      String shown =
          application.get("/actuator/env").body() + application.get("/actuator/configprops").body();

      assertThat(shown)
          .contains(
              "ampersand.tokens.key",
              "ampersand.salesforce.client-id",
              salesforce.consumerKey(),
              "ampersand.tokens.former-keys.older")
          .doesNotContain(
              Starter.TOKENS_KEY,
              Starter.STATES_KEY,
              salesforce.consumerSecret(),
              "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
      assertThat(application.bean(AmpersandProperties.class).toString())
          .doesNotContain(
              Starter.TOKENS_KEY, Starter.STATES_KEY, salesforce.consumerSecret(), "MfKQ9r8GK");
    }
  }

  @Test
  void close_refreshIsUnderWay_waitsForItAndStoresIt() throws Exception {
    Gate gate = new Gate();
    WebApplication application = application();
    application.consent(application.begin("acme"));
    FreshTokens tokens = application.bean(FreshTokens.class);
    String before = tokens.get(Starter.ACME).accessToken().reveal();
    salesforce.nextTokenRequest(Fault.holdAnswer(gate));
    CompletableFuture<Void> refresh =
        CompletableFuture.runAsync(() -> tokens.refresh(Starter.ACME));
    gate.awaitArrived(1);

    application
        .context()
        .addApplicationListener((ApplicationListener<ContextClosedEvent>) event -> gate.release());
    application.close();

    assertThat(refresh).isDone();
    try (WebApplication next = application()) {
      String after = next.tokens().get(Starter.ACME).accessToken().reveal();
      assertThat(after).isNotEqualTo(before);
      assertThat(salesforce.grant(after).refreshes()).isEqualTo(1);
    }
  }
}
