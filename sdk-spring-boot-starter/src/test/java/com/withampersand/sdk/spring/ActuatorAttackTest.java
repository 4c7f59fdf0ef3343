package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.token.crypto.TokenCipher;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

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

  /** What is disabled may be half set up: its properties are no less secret for that. */
  @Test
  void everyEndpoint_starterIsDisabled_showsNoSecret() throws Exception {
    String tokensKey = TokenCipher.newKey().reveal();
    String formerKey = TokenCipher.newKey().reveal();
    String webhook = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    try (WebApplication application =
        WebApplication.start(
            salesforce,
            "ampersand.enabled=false",
            "management.endpoints.web.exposure.include=*",
            "management.endpoint.env.show-values=always",
            "management.endpoint.configprops.show-values=always",
            "crm.password=" + salesforce.consumerSecret(),
            "crm.file.key=" + tokensKey,
            "crm.file.former=" + formerKey,
            "crm.json={\"hook\": \"" + webhook + "\"}",
            "crm.number=7402364029485739201",
            "ampersand.api-key=${crm.number}",
            "ampersand.salesforce.client-secret=${crm.password}",
            "ampersand.salesforce.other-client-secret=${CRM_OTHER_PASSWORD}",
            "ampersand.tokens.key=${crm.file.key}",
            "ampersand.tokens.former-keys.old=${crm.file.former}",
            "ampersand.tokens.former-keys.older=${CRM_OLDER_KEY}",
            "ampersand.tokens.close-timeout=soon",
            "ampersand.no-such-property=x",
            "ampersand.webhook.secrets=" + webhook)) {
      StringBuilder shown = new StringBuilder();
      for (String path : links(application)) {
        shown.append(application.get("/actuator/" + path).body());
      }

      assertThat(shown)
          .contains("crm.file.key", "crm.json", "ampersand.salesforce.client-secret", "\"soon\"")
          .doesNotContain(
              salesforce.consumerSecret(),
              tokensKey,
              formerKey,
              webhook,
              "7402364029485739201",
              Starter.STATES_KEY);
    }
  }

  /** Secrets are made of other properties, which may be shown, or were copied from them. */
  @ParameterizedTest
  @CsvSource({
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, whsec_${crm.part}",
    "MfKQ9r8GKYqrTwjU, whsec_${crm.part}PD8ILPZIo2LaLaSw",
    "PD8ILPZIo2LaLaSw, whsec_MfKQ9r8GKYqrTwjU${crm.part}",
    "MfKQ9r8GKYqr, ${crm.part}TwjUPD8ILPZIo2LaLaSw",
    "'{\"hook\": \"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"}', whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "'-Dcrm.a=MfKQ9r8GKYqrTwjU -Dcrm.b=PD8ILPZIo2LaLaSw', whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "' MfKQ9r8GKYqrTwjU ', whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "ab-_cd-_ef-_gh-_ij-_kl, whsec_ab+/cd+/ef+/gh+/ij+/kl+/",
    "d2hzZWNfTWZLUTlyOEdLWXFyVHdqVVBEOElMUFpJbzJMYUxhU3c=, whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "TWZLUTlyOEdLWXFyVHdqVVBEOElMUFpJbzJMYUxhU3cK, whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "dTpNZktROXI4R0tZcXJUd2pVUEQ4SUxQWklvMkxhTGFTdw, whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  })
  void sanitize_valueWithAPartOfASecret_isHidden(String part, String secret) {
    String whole = secret.replace("${crm.part}", part);

    assertThat(sanitized(part, "", whole)).isNotEqualTo(part);
    assertThat(sanitized(part, whole.replace("whsec_", ""), "")).isNotEqualTo(part);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "whsec_",
        "MfKQ9r8GKYq",
        "true",
        "8080",
        "jdbc:h2:mem:app",
        "QUJDREVGR0hJSktM"
      })
  void sanitize_valueWithoutOne_isShown(String value) {
    assertThat(sanitized(value, "===", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).isEqualTo(value);
  }

  @Test
  void sanitize_valueWithAShortSecret_isHidden() {
    assertThat(sanitized("a:hunter2!", "hunter2!", "")).isNotEqualTo("a:hunter2!");
  }

  private static @Nullable Object sanitized(String value, String clientSecret, String webhook) {
    Map<String, String> properties =
        Map.of(
            "ampersand.salesforce.client-secret", clientSecret,
            "ampersand.webhook.secrets", webhook);
    return new SecretProperties(new Binder(new MapConfigurationPropertySource(properties)))
        .sanitize(new SanitizableData(null, "crm.part", value))
        .getValue();
  }

  @Test
  void env_partsOfTheSecretOfWebhooks_areNotShown() throws Exception {
    try (WebApplication application =
        WebApplication.start(
            salesforce,
            "management.endpoints.web.exposure.include=env",
            "management.endpoint.env.show-values=always",
            "crm.hook=MfKQ9r8GKYqrTwjU",
            "crm.end=PD8ILPZIo2LaLaSw",
            "ampersand.webhook.secrets=whsec_${crm.hook}${crm.end}")) {
      assertThat(application.get("/actuator/env").body())
          .contains("crm.hook", "crm.end")
          .doesNotContain("MfKQ9r8GKYqrTwjU", "PD8ILPZIo2LaLaSw");
    }
  }

  /** Spring Boot keeps the address of each request, whatever else it is told to leave out. */
  @Test
  void httpExchanges_ofACallback_showACodeThatIsUsedUp() throws Exception {
    try (WebApplication application =
        WebApplication.start(
            salesforce,
            "test.exchanges=true",
            "management.endpoints.web.exposure.include=httpexchanges")) {
      HttpResponse<String> begun = application.begin("acme");
      URI callback = salesforce.approve(WebApplication.location(begun));
      application.back(callback, begun);

      String shown = application.get("/actuator/httpexchanges").body();
      assertThat(shown)
          .contains(callback.getRawQuery())
          .doesNotContain(WebApplication.cookie(begun), salesforce.consumerSecret());
      assertThat(application.back(callback, begun).statusCode()).isEqualTo(400);
      assertThat(exchange(callback).body()).contains("invalid_grant");
    }
  }

  /** Sends a code to Salesforce once more, with all that the app has. */
  private static HttpResponse<String> exchange(URI callback) throws Exception {
    String form =
        callback.getRawQuery()
            + "&grant_type=authorization_code&redirect_uri=http%3A%2F%2Flocalhost%3A8080%2Fcallback&client_id="
            + salesforce.consumerKey()
            + "&client_secret="
            + salesforce.consumerSecret();
    return usual.send(
        HttpRequest.newBuilder(salesforce.uri().resolve("/services/oauth2/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form)));
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
