package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JwtIntegrationTest {
  private final FakeSalesforce salesforce = FakeSalesforce.builder().org("acme").start();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private List<ReceivedRequest> tokenRequests() {
    return salesforce.requests("/services/oauth2/token");
  }

  @Test
  void main_runsToTheEnd() throws Exception {
    JwtIntegration.main(new String[0]);
  }

  @Test
  void run_everyTokenIsMintedByAJwtOfItsOwn() throws Exception {
    JwtIntegration.run(salesforce, out);

    assertThat(tokenRequests())
        .as("the check, the sign-in, the ended session, the new key, the refusal, and its end")
        .hasSize(6)
        .allSatisfy(
            request ->
                assertThat(request.form("grant_type"))
                    .contains("urn:ietf:params:oauth:grant-type:jwt-bearer"));
    assertThat(salesforce.requests("/services/oauth2/authorize")).isEmpty();
  }

  @Test
  void run_saysWhatHappened() throws Exception {
    JwtIntegration.run(salesforce, out);

    assertThat(printed())
        .contains("check        Nothing wrong was found.")
        .containsPattern("mint anew +access token (\\S+) in place of (?!\\1)")
        .contains("the app has a new certificate; GET /services/data/v65.0/limits answered 200")
        .containsPattern("new key +access token (\\S+) in place of (?!\\1)")
        .contains("BLOCKED, for PROVIDER_ADMIN: On the app's page")
        .contains("the grant is ACTIVE");
  }

  @Test
  void run_printsNoSecret() throws Exception {
    JwtIntegration.run(salesforce, out);

    assertThat(tokenRequests())
        .allSatisfy(
            request ->
                assertThat(printed()).doesNotContain(request.form("assertion").orElseThrow()));
    assertThat(printed()).doesNotContain("eyJ").doesNotContain("PRIVATE KEY");
    assertThat(salesforce.grants())
        .isNotEmpty()
        .allSatisfy(grant -> assertThat(printed()).doesNotContain(grant.accessToken()));
  }

  @Test
  void run_salesforceIsDown_throws() {
    salesforce.everyApiCall(Fault.respond(503));

    assertThatIOException()
        .isThrownBy(() -> JwtIntegration.run(salesforce, out))
        .withMessageContaining("503");
  }
}
