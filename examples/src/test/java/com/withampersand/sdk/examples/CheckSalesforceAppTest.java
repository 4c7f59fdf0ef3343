package com.withampersand.sdk.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckSalesforceAppTest {
  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  CheckSalesforceAppTest() {
    environment.put("SALESFORCE_CLIENT_ID", salesforce.consumerKey());
    environment.put("SALESFORCE_CLIENT_SECRET", salesforce.consumerSecret());
    environment.put("SALESFORCE_LOGIN_HOST", salesforce.uri().toString());
  }

  @AfterEach
  void stop() {
    assertThat(out.toString(UTF_8) + err.toString(UTF_8))
        .doesNotContain(salesforce.consumerSecret(), ampersand.apiKey());
    ampersand.close();
    salesforce.close();
  }

  private int run(String... arguments) {
    return CheckSalesforceApp.run(
        List.of(arguments),
        environment,
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8));
  }

  private void useAmpersand() {
    environment.put("AMP_API_KEY", ampersand.apiKey());
    environment.put("AMP_API_URL", ampersand.apiUri().toString());
    environment.put("AMP_PROJECT", ampersand.projectName());
  }

  @Test
  void run_rightSetUp_endsWithZero() {
    assertThat(run()).isZero();

    assertThat(out.toString(UTF_8)).startsWith("Nothing wrong was found.");
    assertThat(ampersand.requests()).isEmpty();
  }

  @Test
  void run_json_printsNothingButJson() {
    assertThat(run("--json")).isZero();

    assertThat(out.toString(UTF_8).strip())
        .startsWith("{")
        .endsWith("}")
        .contains("\"healthy\" : true");
    assertThat(err.size()).isZero();
  }

  @Test
  void run_wrongSecret_endsWithOne() {
    environment.put("SALESFORCE_CLIENT_SECRET", "0".repeat(64));

    assertThat(run()).isEqualTo(1);

    assertThat(out.toString(UTF_8)).contains("ERROR secret-wrong");
  }

  @Test
  void run_projectWithoutTheApp_endsWithOne() {
    useAmpersand();

    assertThat(run()).isEqualTo(1);

    assertThat(out.toString(UTF_8)).contains("ERROR provider-app-missing");
  }

  @Test
  void run_pkceRequired_dependsOnTheOption() {
    salesforce.requirePkce(true);

    assertThat(run()).isEqualTo(1);
    assertThat(run("--pkce")).isZero();
  }

  @Test
  void run_externalClientApp_needsItsInstallUrl() {
    assertThat(run("--external-client-app")).isEqualTo(1);

    assertThat(out.toString(UTF_8)).contains("install-url-missing");
  }

  @Test
  void run_offline_asksNobody() {
    assertThat(run("--offline")).isZero();

    assertThat(salesforce.requests()).isEmpty();
  }

  @Test
  void run_keyNotSet_cannotRun() {
    environment.remove("SALESFORCE_CLIENT_ID");

    assertThat(run()).isEqualTo(2);

    assertThat(err.toString(UTF_8)).contains("SALESFORCE_CLIENT_ID is not set");
    assertThat(out.size()).isZero();
  }

  @Test
  void run_projectWithoutApiKey_cannotRun() {
    environment.put("AMP_PROJECT", "acme");

    assertThat(run()).isEqualTo(2);

    assertThat(err.toString(UTF_8)).contains("AMP_API_KEY");
  }

  @Test
  void run_unknownOption_isNotGuessedAt() {
    assertThat(run("--jsn")).isEqualTo(2);

    assertThat(err.toString(UTF_8)).contains("\"--jsn\" is no option");
    assertThat(salesforce.requests()).isEmpty();
  }
}
