package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.IssuedGrant;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectRealOrgTest {
  private static final HttpClient UNUSED = HttpClient.newHttpClient();

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SALESFORCE_CLIENT_ID=key | SALESFORCE_CLIENT_SECRET is not set",
        "SALESFORCE_CLIENT_SECRET=CANARYSECRET | SALESFORCE_CLIENT_ID is not set",
        "SALESFORCE_CLIENT_ID= ,SALESFORCE_CLIENT_SECRET=CANARYSECRET | SALESFORCE_CLIENT_ID is not set",
        "SALESFORCE_CLIENT_ID=k y,SALESFORCE_CLIENT_SECRET=CANARYSECRET | white space",
        "SALESFORCE_CLIENT_ID=key,SALESFORCE_CLIENT_SECRET=CANARYSECRET,SALESFORCE_SCOPES=api | refresh_token",
        "SALESFORCE_CLIENT_ID=key,SALESFORCE_CLIENT_SECRET=CANARYSECRET,SALESFORCE_LOGIN_HOST=evil.com | My Domain",
        "SALESFORCE_CLIENT_ID=key,SALESFORCE_CLIENT_SECRET=CANARYSECRET,SALESFORCE_CALLBACK=https://example.com | localhost"
      })
  void run_wrongOrMissingVariables_saysSoInOneSentence(String variables, String sentence)
      throws Exception {
    Map<String, String> environment = new HashMap<>();
    for (String variable : variables.split(",", -1)) {
      String[] pair = variable.split("=", 2);
      environment.put(pair[0], pair[1]);
    }

    int status = ConnectRealOrg.run(environment, UNUSED, out);

    assertThat(status).isEqualTo(2);
    assertThat(printed())
        .startsWith("Cannot start: ")
        .contains(sentence)
        .doesNotContain("CANARYSECRET");
    assertThat(printed().lines()).hasSize(1);
  }

  @Test
  void run_userConsents_walksToTheEndWithPkce() throws Exception {
    URI callback = freeCallback();
    try (FakeSalesforce salesforce = org(callback)) {
      salesforce.requirePkce(true);

      int status = run(salesforce, callback, salesforce::approve);

      assertThat(printed()).contains("call again   GET", "Done.");
      assertThat(status).isZero();
      assertThat(salesforce.grants()).extracting(IssuedGrant::refreshes).containsExactly(1);
      assertThat(salesforce.grants()).extracting(IssuedGrant::isAlive).containsExactly(false);
    }
  }

  @Test
  void run_userDeclines_fails() throws Exception {
    URI callback = freeCallback();
    try (FakeSalesforce salesforce = org(callback)) {
      int status = run(salesforce, callback, salesforce::deny);

      assertThat(status).isEqualTo(1);
      assertThat(printed()).contains("Failed: you declined");
      assertThat(salesforce.requests("/services/oauth2/token")).isEmpty();
    }
  }

  @Test
  void run_wrongConsumerSecret_failsWithTheReason() throws Exception {
    URI callback = freeCallback();
    try (FakeSalesforce salesforce = org(callback)) {
      Map<String, String> environment = environment(salesforce, callback);
      environment.put("SALESFORCE_CLIENT_SECRET", "wrong");

      int status = run(salesforce, environment, salesforce::approve);

      assertThat(status).isEqualTo(1);
      assertThat(printed()).contains("Failed: ").contains("invalid_client");
    }
  }

  @Test
  void run_callbackPortTaken_saysSo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Map<String, String> environment =
          Map.of(
              "SALESFORCE_CLIENT_ID", "key",
              "SALESFORCE_CLIENT_SECRET", "secret",
              "SALESFORCE_CALLBACK", "http://localhost:" + taken.getLocalPort() + "/callback");

      int status = ConnectRealOrg.run(environment, UNUSED, out);

      assertThat(status).isEqualTo(2);
      assertThat(printed()).contains("Cannot start: another program listens at");
    }
  }

  private static FakeSalesforce org(URI callback) {
    return FakeSalesforce.builder().org("acme").callback(callback).start();
  }

  private static Map<String, String> environment(FakeSalesforce salesforce, URI callback) {
    Map<String, String> environment = new HashMap<>();
    environment.put("SALESFORCE_CLIENT_ID", salesforce.consumerKey());
    environment.put("SALESFORCE_CLIENT_SECRET", salesforce.consumerSecret());
    environment.put("SALESFORCE_LOGIN_HOST", "acme");
    environment.put("SALESFORCE_CALLBACK", callback.toString());
    return environment;
  }

  private static URI freeCallback() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://localhost:" + free.getLocalPort() + "/callback");
    }
  }

  private int run(FakeSalesforce salesforce, URI callback, UnaryOperator<URI> decision)
      throws Exception {
    return run(salesforce, environment(salesforce, callback), decision);
  }

  /** Runs with a user who reads the address off the screen, decides, and is sent back. */
  private int run(
      FakeSalesforce salesforce, Map<String, String> environment, UnaryOperator<URI> decision)
      throws Exception {
    CompletableFuture<URI> address = new CompletableFuture<>();
    PrintStream screen =
        new PrintStream(printed, true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            super.println(line);
            if (line.startsWith("Open this address")) {
              address.complete(URI.create(line.substring(line.indexOf("https://"))));
            }
          }
        };
    FutureTask<Integer> program =
        new FutureTask<>(() -> ConnectRealOrg.run(environment, salesforce.httpClient(), screen));
    new Thread(program, "program").start();

    URI back = decision.apply(address.get(30, TimeUnit.SECONDS));
    HttpClient browser = HttpClient.newHttpClient();
    browser.send(HttpRequest.newBuilder(back).build(), BodyHandlers.discarding());
    return program.get(30, TimeUnit.SECONDS);
  }
}
