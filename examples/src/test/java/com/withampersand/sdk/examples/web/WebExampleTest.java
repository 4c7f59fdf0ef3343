package com.withampersand.sdk.examples.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeSalesforce;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the example starts, and what differs with a real org. */
class WebExampleTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void start_withoutVariables_servesAFakeAndSaysWhatToOpen() throws Exception {
    int port = Visitor.freePort();

    try (Site site = WebExample.start(Map.of("PORT", String.valueOf(port)), out).orElseThrow()) {
      String page = new Visitor(site.address()).get("/").body();

      assertThat(printed()).startsWith("Open http://localhost:" + port + "/ in a browser.");
      assertThat(page).contains("Connect your Salesforce org", "Fake Salesforce");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SALESFORCE_CLIENT_ID=key | SALESFORCE_CLIENT_SECRET is not set",
        "SALESFORCE_CLIENT_ID=key,SALESFORCE_CLIENT_SECRET=CANARYSECRET,SALESFORCE_SCOPES=api | refresh_token",
        "SALESFORCE_CLIENT_ID=key,SALESFORCE_CLIENT_SECRET=CANARYSECRET,SALESFORCE_CALLBACK=https://product.example/ | a path of its own",
        "PORT=0 | PORT is not a port",
        "PORT=70000 | PORT is not a port",
        "PORT=web | PORT is not a port"
      })
  void start_wrongVariables_saysSoInOneSentence(String variables, String sentence) {
    Map<String, String> environment = new HashMap<>();
    for (String variable : variables.split(",", -1)) {
      String[] pair = variable.split("=", 2);
      environment.put(pair[0], pair[1]);
    }

    assertThat(WebExample.start(environment, out)).isEmpty();

    assertThat(printed())
        .startsWith("Cannot start: ")
        .contains(sentence)
        .doesNotContain("CANARYSECRET");
    assertThat(printed().lines()).hasSize(1);
  }

  @Test
  void start_callbackOfThisMachine_listensThere() throws Exception {
    int port = Visitor.freePort();
    Map<String, String> environment =
        Map.of(
            "SALESFORCE_CLIENT_ID", "key",
            "SALESFORCE_CLIENT_SECRET", "secret",
            "SALESFORCE_CALLBACK", "http://localhost:" + port + "/salesforce/back");

    try (Site site = WebExample.start(environment, out).orElseThrow()) {
      Visitor visitor = new Visitor(site.address());

      assertThat(visitor.get("/").body()).doesNotContain("Fake Salesforce");
      assertThat(visitor.get("/salesforce/back").statusCode()).isEqualTo(400);
      assertThat(visitor.get("/callback").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void start_portTaken_saysSo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());

      assertThat(WebExample.start(Map.of("PORT", port), out)).isEmpty();

      assertThat(printed()).startsWith("Cannot start: another program listens at that port.");
    }
  }

  @Test
  void realOrg_goesTheWholeWayWithoutTheFakesButtons() throws Exception {
    Server server = Server.bind(0);
    String callback = "http://localhost:" + server.port() + "/callback";
    try (FakeSalesforce salesforce =
            FakeSalesforce.builder()
                .org("acme")
                .callback(URI.create(callback))
                .requirePkce(true)
                .start();
        Site site = Site.start(real(salesforce, callback), server)) {
      Visitor visitor = new Visitor(site.address());

      URI consent = visitor.connect("acme");
      visitor.get(salesforce.approve(consent));

      assertThat(consent.toString()).startsWith("https://acme.my.salesforce.com/services/oauth2/");
      assertThat(visitor.get("/").body())
          .contains("Status: </span>Connected<", "https://acme.my.salesforce.com")
          .doesNotContain("Fake Salesforce", "/fake/");
      assertThat(visitor.submit("/fake/end-session").statusCode()).isEqualTo(404);
      visitor.submit("/call");
      assertThat(visitor.get("/").body()).contains("Salesforce answered");
    }
  }

  private static Salesforce real(FakeSalesforce salesforce, String callback) {
    Map<String, String> environment =
        Map.of(
            "SALESFORCE_CLIENT_ID",
            salesforce.consumerKey(),
            "SALESFORCE_CLIENT_SECRET",
            salesforce.consumerSecret());
    return RealSalesforce.of(environment, callback, salesforce.httpClient());
  }
}
