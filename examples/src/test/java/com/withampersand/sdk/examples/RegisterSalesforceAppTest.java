package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegisterSalesforceAppTest {
  private static final String SECRET = "CANARYSECRET";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final Map<String, String> environment = new HashMap<>();

  RegisterSalesforceAppTest() {
    environment.put("AMP_API_KEY", ampersand.apiKey());
    environment.put("AMP_API_URL", ampersand.apiUri().toString());
    environment.put("AMP_PROJECT", ampersand.projectName());
    environment.put("SALESFORCE_CLIENT_ID", "key");
    environment.put("SALESFORCE_CLIENT_SECRET", SECRET);
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private String run(int expectedStatus, String... arguments) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    int status =
        RegisterSalesforceApp.run(
            List.of(arguments),
            environment,
            new PrintStream(printed, true, StandardCharsets.UTF_8));
    String text = printed.toString(StandardCharsets.UTF_8);
    assertThat(status).as(text).isEqualTo(expectedStatus);
    assertThat(text).doesNotContain(SECRET, ampersand.apiKey());
    return text;
  }

  @Test
  void run_newApp_printsThePlanAndRegistersIt() {
    assertThat(run(0)).containsSubsequence("Plan: would create", "Done: created (provider app ");

    assertThat(ampersand.providerAppIds()).hasSize(1);
    assertThat(ampersand.clientSecret(ampersand.providerAppIds().get(0))).isEqualTo(SECRET);
  }

  @Test
  void run_planAlone_changesNothing() {
    assertThat(run(0, "--plan")).contains("Plan: would create").doesNotContain("Done");

    assertThat(ampersand.providerAppIds()).isEmpty();
  }

  @Test
  void run_again_saysThatTheSecretCannotBeCompared() {
    run(0);

    assertThat(run(0)).contains("Done: unchanged", "--send-secret");
  }

  @Test
  void run_sendSecret_sendsIt() {
    String id = ampersand.addProviderApp("salesforce", "key", "old", "api", "id", "refresh_token");

    assertThat(run(0, "--send-secret")).contains("Plan: would update clientSecret");

    assertThat(ampersand.clientSecret(id)).isEqualTo(SECRET);
  }

  @Test
  void run_packageInstallUrl_isRegistered() {
    environment.put(
        "SALESFORCE_PACKAGE_INSTALL_URL",
        "https://login.salesforce.com/packaging/installPackage.apexp?p0=04t5g000000abcd");

    run(0);

    assertThat(ampersand.requests("/v1/projects/" + ampersand.projectName() + "/provider-apps"))
        .anyMatch(request -> request.body().contains("\"packageInstallURL\":\"https://login"));
  }

  @Test
  void run_keyThatIsRefused_isAFailureWithItsRequestId() {
    environment.put("AMP_API_KEY", "wrong");

    assertThat(run(1)).contains("Failed: ", "status 401", "request id");
  }

  @ParameterizedTest
  @CsvSource({
    "AMP_API_KEY, , AMP_API_KEY is not set",
    "AMP_PROJECT, , AMP_PROJECT is not set",
    "SALESFORCE_CLIENT_ID, , SALESFORCE_CLIENT_ID is not set",
    "SALESFORCE_CLIENT_SECRET, ' ', SALESFORCE_CLIENT_SECRET is not set",
    "SALESFORCE_SCOPES, api, refresh_token",
    "SALESFORCE_PACKAGE_INSTALL_URL, https://example.com, installs a package",
    "SALESFORCE_PACKAGE_INSTALL_URL, not an address, is not a URL",
    "AMP_API_URL, http://amp.example.com, https"
  })
  void run_settingMissingOrWrong_saysWhich(String name, String value, String sentence) {
    environment.put(name, value);

    assertThat(run(2)).startsWith("Cannot start: ").contains(sentence);
    assertThat(ampersand.requests()).isEmpty();
  }

  @Test
  void run_unknownOption_isNotGuessedAt() {
    assertThat(run(2, "--aply")).contains("\"--aply\" is no option");
  }
}
