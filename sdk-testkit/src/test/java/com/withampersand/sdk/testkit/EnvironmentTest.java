package com.withampersand.sdk.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
  private final FakeSalesforce salesforce =
      FakeSalesforce.builder().scopes("api", "refresh_token").start();

  @AfterEach
  void stop() {
    salesforce.close();
  }

  @Test
  void environment_ofSalesforce_isAllThatAProductNeeds() {
    assertThat(salesforce.environment())
        .isEqualTo(
            Map.of(
                "SALESFORCE_CLIENT_ID", salesforce.consumerKey(),
                "SALESFORCE_CLIENT_SECRET", salesforce.consumerSecret(),
                "SALESFORCE_LOGIN_HOST", salesforce.uri().toString(),
                "SALESFORCE_SCOPES", "api refresh_token",
                "SALESFORCE_CALLBACK", "http://localhost:8080/callback"));
  }

  @Test
  void environment_ofAnOrg_leadsThere() {
    FakeOrg acme = salesforce.addOrg("acme");

    assertThat(acme.environment())
        .containsEntry("SALESFORCE_LOGIN_HOST", acme.uri().toString())
        .containsEntry("SALESFORCE_CLIENT_ID", salesforce.consumerKey());
  }

  @Test
  void environment_callbackOfOnesOwn_isTheFirst() {
    try (FakeSalesforce own =
        FakeSalesforce.builder()
            .callback(URI.create("https://one.example/callback"))
            .callback(URI.create("https://two.example/callback"))
            .start()) {
      assertThat(own.environment())
          .containsEntry("SALESFORCE_CALLBACK", "https://one.example/callback");
    }
  }

  @Test
  void environment_ofAmpersand_isAllThatAProductNeeds() {
    try (FakeAmpersand ampersand = FakeAmpersand.start(salesforce)) {
      assertThat(ampersand.environment())
          .isEqualTo(
              Map.of(
                  "AMP_API_KEY", ampersand.apiKey(),
                  "AMP_API_URL", ampersand.apiUri().toString(),
                  "AMP_PROJECT", ampersand.projectId()));
    }
  }
}
