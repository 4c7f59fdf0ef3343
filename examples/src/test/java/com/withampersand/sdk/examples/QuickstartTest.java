package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuickstartTest {
  private static final Pattern AUTHORIZE =
      Pattern.compile("http://localhost:\\d+/services/oauth2/authorize\\S+");

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void run_withoutConfiguration_walksBothWaysOnTheFakes() throws Exception {
    int status = Quickstart.run(Map.of("PATH", "/usr/bin"), out);

    assertThat(printed())
        .contains("the provider app is created", "has appeared, and is working")
        .contains("the provider app is unchanged", "Done: all 18 steps");
    assertThat(status).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SALESFORCE_CLIENT_ID=key | SALESFORCE_CLIENT_SECRET is not set",
        "SALESFORCE_CLIENT_SECRET=CANARYSECRET | SALESFORCE_CLIENT_ID is not set",
        "SALESFORCE_LOGIN_HOST=acme | SALESFORCE_CLIENT_ID is not set",
        "SALESFORCE_CLIENT_ID= ,SALESFORCE_CLIENT_SECRET=CANARYSECRET | SALESFORCE_CLIENT_ID is not set",
        "SALESFORCE_CLIENT_ID=k y,SALESFORCE_CLIENT_SECRET=CANARYSECRET | white space",
        "SALESFORCE_CLIENT_ID=key,SALESFORCE_CLIENT_SECRET=CANARYSECRET,SALESFORCE_SCOPES=api | refresh_token",
        "SALESFORCE_CLIENT_ID=key,SALESFORCE_CLIENT_SECRET=CANARYSECRET,SALESFORCE_LOGIN_HOST=evil.com | My Domain",
        "SALESFORCE_CLIENT_ID=key,SALESFORCE_CLIENT_SECRET=CANARYSECRET,SALESFORCE_CALLBACK=https://example.com | localhost"
      })
  void run_wrongOrHalfSetVariables_saysSoInOneSentence(String variables, String sentence)
      throws Exception {
    Map<String, String> environment = new HashMap<>();
    for (String variable : variables.split(",", -1)) {
      String[] pair = variable.split("=", 2);
      environment.put(pair[0], pair[1]);
    }

    int status = Quickstart.run(environment, out);

    assertThat(status).isEqualTo(2);
    assertThat(printed())
        .startsWith("Cannot start: ")
        .contains(sentence)
        .doesNotContain("CANARYSECRET");
    assertThat(printed().lines()).hasSize(1);
  }

  @Test
  void run_againstAnOrganisation_waitsForTheBrowserAndGoesOn() throws Exception {
    URI callback = freeCallback();
    try (FakeSalesforce salesforce =
        FakeSalesforce.builder()
            .consumerKey("key")
            .callback(callback)
            .approveAutomatically(true)
            .start()) {
      UserAtTheBrowser user = new UserAtTheBrowser();

      int status = Quickstart.run(environment(salesforce, callback), user.readingFrom(printed));

      user.awaitDone();
      assertThat(printed.toString(StandardCharsets.UTF_8))
          .contains("Done: all 11 steps", "left out");
      assertThat(status).isZero();
      assertThat(salesforce.requests("/services/oauth2/revoke")).hasSize(1);
    }
  }

  @Test
  void run_againstAnOrganisationThatRefuses_namesTheStepAndTheRemedy() throws Exception {
    URI callback = freeCallback();
    try (FakeSalesforce salesforce =
        FakeSalesforce.builder()
            .callback(callback)
            .approveAutomatically(true)
            .requirePkce(true)
            .start()) {
      UserAtTheBrowser user = new UserAtTheBrowser();

      int status = Quickstart.run(environment(salesforce, callback), user.readingFrom(printed));

      user.awaitDone();
      assertThat(status).isEqualTo(1);
      assertThat(printed()).contains("Failed at step 4, exchange").contains("PKCE");
      assertThat(salesforce.requests())
          .extracting(ReceivedRequest::path)
          .doesNotContain("/services/oauth2/token");
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

      int status = Quickstart.run(environment, out);

      assertThat(status).isEqualTo(2);
      assertThat(printed()).contains("Cannot start: no program can listen at");
    }
  }

  private static Map<String, String> environment(FakeSalesforce salesforce, URI callback) {
    return Map.of(
        "SALESFORCE_CLIENT_ID", salesforce.consumerKey(),
        "SALESFORCE_CLIENT_SECRET", salesforce.consumerSecret(),
        "SALESFORCE_LOGIN_HOST", salesforce.uri().toString(),
        "SALESFORCE_CALLBACK", callback.toString());
  }

  private static URI freeCallback() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://localhost:" + free.getLocalPort() + "/callback");
    }
  }

  /** Reads the address off the screen, opens it, and follows where Salesforce leads. */
  private static final class UserAtTheBrowser {
    private final BlockingQueue<URI> addresses = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::browse, "user at the browser");

    PrintStream readingFrom(ByteArrayOutputStream screen) {
      thread.start();
      return new PrintStream(screen, true, StandardCharsets.UTF_8) {
        @Override
        public void println(String line) {
          super.println(line);
          Matcher address = AUTHORIZE.matcher(screen.toString(StandardCharsets.UTF_8));
          if (line.contains("Open the address") && address.find()) {
            addresses.add(URI.create(address.group()));
          }
        }
      };
    }

    private void browse() {
      try {
        URI address = addresses.poll(30, TimeUnit.SECONDS);
        HttpClient browser = HttpClient.newBuilder().followRedirects(Redirect.ALWAYS).build();
        browser.send(HttpRequest.newBuilder(address).build(), BodyHandlers.discarding());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void awaitDone() throws InterruptedException {
      thread.join(30_000);
      assertThat(thread.isAlive()).isFalse();
    }
  }
}
