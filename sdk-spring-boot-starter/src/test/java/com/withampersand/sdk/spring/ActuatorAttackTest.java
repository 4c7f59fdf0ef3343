package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.token.crypto.TokenCipher;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile person reads in the endpoints of an actuator. */
class ActuatorAttackTest {
  private static final Pattern LINK = Pattern.compile("/actuator/([a-z/]+)\"");

  private static FakeSalesforce salesforce;
  private static WebApplication usual;

  @BeforeAll
  static void start() {
    salesforce = FakeSalesforce.start();
    usual = WebApplication.start(salesforce);
  }

  @AfterAll
  static void stop() {
    usual.close();
    salesforce.close();
  }

  @Test
  void health_byDefault_isOneWord() throws Exception {
    usual.consent(usual.begin("acme"));

    assertThat(usual.get("/actuator/health").body())
        .isEqualTo("{\"groups\":[\"liveness\",\"readiness\"],\"status\":\"UP\"}");
    assertThat(usual.get("/actuator/health/ampersand").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "env",
        "env/ampersand.tokens.key",
        "configprops",
        "beans",
        "conditions",
        "mappings",
        "httpexchanges",
        "heapdump",
        "threaddump",
        "loggers",
        "metrics",
        "shutdown",
        "sessions"
      })
  void endpoint_byDefault_isNotThere(String endpoint) throws Exception {
    assertThat(usual.get("/actuator/" + endpoint).statusCode()).isEqualTo(404);
    assertThat(usual.post("/actuator/" + endpoint, "").statusCode()).isEqualTo(404);
  }

  /** Secrets often come from variables with names of their own. */
  @Test
  void everyEndpoint_showsEverything_showsNoSecret() throws Exception {
    String tokensKey = TokenCipher.newKey().reveal();
    String webhook = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    try (WebApplication application =
        WebApplication.start(
            salesforce,
            "management.endpoints.web.exposure.include=*",
            "management.endpoint.health.show-details=always",
            "management.endpoint.env.show-values=always",
            "management.endpoint.configprops.show-values=always",
            "crm.password=" + salesforce.consumerSecret(),
            "crm.file.key=" + tokensKey,
            "crm.json={\"hook\": \"" + webhook + "\"}",
            "ampersand.salesforce.client-secret=${crm.password}",
            "ampersand.tokens.key=${crm.file.key}",
            "ampersand.webhook.secrets=" + webhook)) {
      application.consent(application.begin("acme"));
      StringBuilder shown = new StringBuilder();
      for (String path : links(application)) {
        shown.append(application.get("/actuator/" + path).body());
      }
      shown.append(application.get("/actuator/env/crm.password").body());

      assertThat(shown)
          .contains("crm.file.key", "crm.json", "needConsent", "ampersandConnectRoutes")
          .doesNotContain(salesforce.consumerSecret(), tokensKey, webhook, Starter.STATES_KEY);
      salesforce.grants().forEach(grant -> assertThat(shown).doesNotContain(grant.accessToken()));
    }
  }

  /** Returns all but the dump of the memory, in which secrets are, as they must be. */
  private static List<String> links(WebApplication application) throws Exception {
    return LINK.matcher(application.get("/actuator").body())
        .results()
        .map(link -> link.group(1))
        .filter(path -> !path.equals("heapdump"))
        .toList();
  }
}
