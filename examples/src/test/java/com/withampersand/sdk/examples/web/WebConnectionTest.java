package com.withampersand.sdk.examples.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeResponse;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.ReceivedRequest;
import com.withampersand.sdk.testkit.Situation;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What customers can do with their connection, and what others cannot. */
class WebConnectionTest {
  private static final String SCRIPT = "<script>alert(1)</script>";

  private final List<Visitor> visitors = new ArrayList<>();
  private final DemoSalesforce demo;
  private final FakeSalesforce salesforce;
  private final Site site;
  private final Visitor customer;

  WebConnectionTest() throws IOException {
    Server server = Server.bind(0);
    demo = DemoSalesforce.start(URI.create("http://localhost:" + server.port() + "/callback"));
    salesforce = demo.fake();
    site = Site.start(demo, server);
    customer = visitor();
  }

  private Visitor visitor() {
    Visitor visitor = new Visitor(site.address());
    visitors.add(visitor);
    return visitor;
  }

  @AfterEach
  void closeAndFindNoSecretOnAnyPage() {
    site.close();

    for (Visitor visitor : visitors) {
      assertThat(visitor.everything()).doesNotContain(salesforce.consumerSecret());
      for (IssuedGrant grant : salesforce.grants()) {
        assertThat(visitor.everything()).doesNotContain(grant.accessToken());
        assertThat(grant.refreshTokens())
            .allSatisfy(token -> assertThat(visitor.everything()).doesNotContain(token));
      }
      for (ReceivedRequest request : salesforce.requests("/services/oauth2/token")) {
        Stream.of("code", "code_verifier")
            .flatMap(name -> request.form(name).stream())
            .forEach(secret -> assertThat(visitor.everything()).doesNotContain(secret));
      }
    }
  }

  /** Goes the whole way, and returns the callback that was used up. */
  private URI connected(Visitor visitor, String host) throws Exception {
    URI callback = salesforce.approve(visitor.connect(host));
    HttpResponse<String> back = visitor.get(callback);
    assertThat(back.statusCode()).isEqualTo(303);
    assertThat(Visitor.location(back)).hasToString("/");
    return callback;
  }

  private String home() throws Exception {
    return customer.get("/").body();
  }

  @Test
  void connect_consentGiven_showsOrgUserScopesStatusAndExpiry() throws Exception {
    connected(customer, "acme.my.salesforce.com");

    assertThat(home())
        .contains("<h1 id=\"connection\">Acme Corporation</h1>")
        .contains(
            "Status: </span>Connected<",
            "user@acme.example",
            salesforce.organizationId(),
            "<li><code>api</code></li><li><code>id</code></li><li><code>refresh_token</code></li>",
            "ends around <time datetime=\"")
        .doesNotContain("Not granted");
  }

  @ParameterizedTest
  @CsvSource({
    "acme, Acme Corporation",
    "globex, Globex",
    "login.salesforce.com, Acme Corporation",
    "sandbox, Acme Corporation",
    "https://globex.lightning.force.com/lightning/page/home, Globex"
  })
  void connect_eachWayToNameAHost_leadsToItsOrg(String typed, String name) throws Exception {
    connected(customer, typed);

    assertThat(home()).contains("<h1 id=\"connection\">" + name + "</h1>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.com", "https://evil.com/acme.my.salesforce.com", " ", SCRIPT})
  void connect_hostOfSomethingElse_isRefusedAndKeptInTheField(String typed) throws Exception {
    HttpResponse<String> answer = customer.submit("/connect", "host", typed);

    assertThat(Visitor.location(answer)).hasToString("/");
    assertThat(home())
        .contains(
            "That is not a Salesforce org", "Give the name of its My Domain", "You can fix this.")
        .contains("value=\"" + Html.escape(typed) + "\"", "aria-invalid=\"true\"")
        .doesNotContain("<script");
  }

  @Test
  void connect_orgThatTheFakeDoesNotHave_saysWhichThereAre() throws Exception {
    customer.submit("/connect", "host", "initech");

    assertThat(home())
        .contains("no org at initech.my.salesforce.com. It has acme, globex, acme--dev.");
  }

  @Test
  void consent_declined_isNoProblem() throws Exception {
    URI callback = salesforce.deny(customer.connect("acme"));

    customer.get(callback);

    assertThat(home())
        .contains("You did not allow the access", "Status: </span>Not connected<")
        .doesNotContain("fix this");
  }

  @Test
  void consent_appBlocked_saysWhoActs() throws Exception {
    salesforce.set(Situation.APP_BLOCKED, true);
    URI callback = salesforce.approve(customer.connect("acme"));

    customer.get(callback);

    assertThat(home())
        .contains("Salesforce refused", "An admin of your Salesforce org can fix this.");
  }

  @Test
  void callback_errorWithMarkup_isText() throws Exception {
    String state = parameter(customer.connect("acme"), "state");

    customer.get(
        "/callback?error=%s&error_description=%s&state=%s"
            .formatted(encode(SCRIPT), encode("\"><img src=x>"), encode(state)));

    assertThat(home()).contains("Salesforce refused").doesNotContain("<script", "<img src=x");
  }

  @Test
  void orgNameWithMarkup_isText() throws Exception {
    salesforce.org().answer("GET", "/services/data/*/query", call -> nameWithMarkup());

    connected(customer, "acme");

    assertThat(home()).contains(Html.escape(SCRIPT)).doesNotContain("<script");
  }

  private static FakeResponse nameWithMarkup() {
    return FakeResponse.json("{\"records\":[{\"Name\":\"" + SCRIPT + "\"}]}");
  }

  @Test
  void callback_twice_saysSoAndChangesNothing() throws Exception {
    URI callback = connected(customer, "acme");

    HttpResponse<String> again = customer.get(callback);

    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.body()).contains("You have been here before", "nothing was done now");
    assertThat(salesforce.requests("/services/oauth2/token")).hasSize(1);
    assertThat(home()).contains("Status: </span>Connected<");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?code=a&state=forged",
        "?code=a",
        "?error=access_denied",
        "?code=a&code=b&state=c",
        "?",
        ""
      })
  void callback_forged_saysOneSentenceAndSendsNothing(String query) throws Exception {
    customer.get("/");

    HttpResponse<String> answer = customer.get("/callback" + query);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains(
            "It was not begun on this page, or was changed on its way, so nothing was connected: connect again.");
    assertThat(salesforce.requests("/services/oauth2/token")).isEmpty();
    assertThat(home()).doesNotContain("class=\"notice");
  }

  @Test
  void callback_alteredState_isRefused() throws Exception {
    URI callback = salesforce.approve(customer.connect("acme"));
    String state = parameter(callback, "state");
    String altered =
        state.substring(0, 20) + (state.charAt(20) == 'A' ? 'B' : 'A') + state.substring(21);

    HttpResponse<String> answer =
        customer.get(
            "/callback?code=%s&state=%s".formatted(parameter(callback, "code"), encode(altered)));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("was changed on its way");
    assertThat(salesforce.requests("/services/oauth2/token")).isEmpty();
  }

  @Test
  void callback_inAnotherBrowser_connectsNoOne() throws Exception {
    URI callback = salesforce.approve(customer.connect("acme"));
    Visitor victim = visitor();
    victim.get("/");

    HttpResponse<String> answer = victim.get(callback);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("It was begun in another browser");
    assertThat(victim.get("/").body()).contains("Status: </span>Not connected<");
    assertThat(visitor().get(callback).body()).contains("It was begun in another browser");
    assertThat(salesforce.requests("/services/oauth2/token")).isEmpty();
  }

  @Test
  void callback_limitOfSignIns_offersTheSameCallbackAgain() throws Exception {
    URI callback = salesforce.approve(customer.connect("acme"));
    salesforce.set(Situation.LOGIN_RATE_EXCEEDED, true);

    HttpResponse<String> answer = customer.get(callback);

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("<a class=\"button primary\" href=\"\">Try again</a>");
    salesforce.set(Situation.LOGIN_RATE_EXCEEDED, false);
    assertThat(customer.get(callback).statusCode()).isEqualTo(303);
    assertThat(home()).contains("Status: </span>Connected<");
  }

  @Test
  void callback_wrongConsumerSecret_sendsTheCustomerToSupport() throws Exception {
    URI callback = salesforce.approve(customer.connect("acme"));
    salesforce.regenerateConsumerSecret();

    customer.get(callback);

    assertThat(home())
        .contains(
            "Write to our support, with the details below.",
            "Our support can fix this.",
            "invalid_client");
  }

  @Test
  void callback_signatureDoesNotFit_isNotConnected() throws Exception {
    URI callback = salesforce.approve(customer.connect("acme"));
    salesforce.nextTokenRequest(Fault.wrongSignature());

    customer.get(callback);

    assertThat(home()).contains("class=\"notice problem\"", "Status: </span>Not connected<");
  }

  @Test
  void call_connected_saysWhatIsLeft() throws Exception {
    connected(customer, "acme");

    HttpResponse<String> answer = customer.submit("/call");

    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(home()).contains("Salesforce answered", "The org has 14,9");
  }

  @Test
  void call_sessionEnded_isRefreshedAndRepeated() throws Exception {
    connected(customer, "acme");
    customer.submit("/fake/end-session");

    customer.submit("/call");

    assertThat(home())
        .contains("Salesforce answered, after a refresh", "Status: </span>Connected<");
    assertThat(salesforce.grants()).extracting(IssuedGrant::refreshes).containsExactly(1);
  }

  @Test
  void call_accessRevoked_asksToConnectAgainToTheSameOrg() throws Exception {
    connected(customer, "acme");
    customer.submit("/fake/revoke");

    customer.submit("/call");

    assertThat(home())
        .contains(
            "Salesforce no longer accepts this connection",
            "Connect Salesforce again.",
            "You can fix this.",
            "Status: </span>Consent needed<",
            ">Connect again</button>");
    URI consent = Visitor.location(customer.submit("/reconnect"));
    customer.get(salesforce.approve(consent));
    assertThat(home()).contains("Status: </span>Connected<");
  }

  @Test
  void call_accessRevokedAfterARefresh_asksToConnectAgain() throws Exception {
    connected(customer, "acme");
    customer.submit("/fake/end-session");
    customer.submit("/call");
    customer.submit("/fake/revoke");

    customer.submit("/call");

    assertThat(home()).contains("Status: </span>Consent needed<");
  }

  @Test
  void callback_sessionLostOnTheWay_revokesTheGrant() throws Exception {
    URI callback = salesforce.approve(customer.connect("acme"));
    customer.cookies().remove("ampersand_session");

    HttpResponse<String> answer = customer.get(callback);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("nothing was connected");
    assertThat(salesforce.grants()).extracting(IssuedGrant::isAlive).containsExactly(false);
    assertThat(home()).contains("Status: </span>Not connected<");
  }

  @Test
  void call_noPermission_namesTheAdmin() throws Exception {
    connected(customer, "acme");
    customer.submit("/fake/disable-api");

    customer.submit("/call");

    assertThat(home())
        .contains(
            "Salesforce refused the call",
            "API_CURRENTLY_DISABLED",
            "Give the user the permission &quot;API Enabled&quot;.",
            "An admin of your Salesforce org can fix this.",
            "Status: </span>Connected<");
    customer.submit("/call");
    assertThat(home()).contains("The org has 14,9");
  }

  @Test
  void call_maintenance_saysTryAgain() throws Exception {
    connected(customer, "acme");
    salesforce.set(Situation.MAINTENANCE, true);

    customer.submit("/call");

    assertThat(home()).contains("class=\"notice problem\"", "No one has to act: it passes.");
  }

  @Test
  void call_notConnected_saysSo() throws Exception {
    customer.submit("/call");

    assertThat(home()).contains("Salesforce is not connected", "Connect it first.");
  }

  @Test
  void disconnect_revokesAndASecondTimeSaysNothing() throws Exception {
    connected(customer, "acme");

    customer.submit("/disconnect");

    assertThat(salesforce.grants()).extracting(IssuedGrant::isAlive).containsExactly(false);
    String page = home();
    assertThat(page)
        .contains("The access is revoked in Salesforce.", "Status: </span>Not connected<")
        .doesNotContain("Acme Corporation");
    customer.submit("/disconnect");
    assertThat(home()).isEqualTo(page);
  }

  @Test
  void disconnect_maintenance_staysConnectedUntilItWorks() throws Exception {
    connected(customer, "acme");
    salesforce.set(Situation.MAINTENANCE, true);

    customer.submit("/disconnect");

    assertThat(home()).contains("class=\"notice problem\"", "Acme Corporation");
    salesforce.set(Situation.MAINTENANCE, false);
    customer.submit("/disconnect");
    assertThat(home()).contains("Status: </span>Not connected<");
    assertThat(salesforce.grants()).extracting(IssuedGrant::isAlive).containsExactly(false);
  }

  @Test
  void customers_eachSeeAndChangeTheirOwnConnectionOnly() throws Exception {
    Visitor other = visitor();
    connected(customer, "acme");
    connected(other, "globex");

    assertThat(home()).contains("Acme Corporation").doesNotContain("Globex");
    assertThat(other.get("/").body()).contains("Globex").doesNotContain("Acme Corporation");
    customer.submit("/fake/end-session");
    customer.submit("/disconnect");

    other.submit("/call");
    assertThat(other.get("/").body())
        .contains("<h2 id=\"notice\">Salesforce answered</h2>", "Status: </span>Connected<");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/connect",
        "/reconnect",
        "/call",
        "/disconnect",
        "/fake/end-session",
        "/fake/revoke"
      })
  void post_withoutTheFormsToken_doesNothing(String path) throws Exception {
    connected(customer, "acme");
    Visitor other = visitor();
    String foreign = other.formToken();
    String page = home();

    for (String token : List.of("", "wrong", foreign)) {
      HttpResponse<String> answer = customer.submitWith(token, path, "host", "acme");

      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.body()).contains("This page is out of date", "nothing was done");
    }
    assertThat(visitor().submitWith(foreign, path).statusCode()).isEqualTo(403);
    assertThat(home()).isEqualTo(page);
    assertThat(salesforce.grants()).extracting(IssuedGrant::isAlive).containsExactly(true);
  }

  private static String parameter(URI uri, String name) {
    for (String pair : uri.getRawQuery().split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
      }
    }
    throw new IllegalArgumentException(name);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
