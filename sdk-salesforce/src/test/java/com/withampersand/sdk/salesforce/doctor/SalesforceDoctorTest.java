package com.withampersand.sdk.salesforce.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.http.HttpTransport.Response;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Finding;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Level;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.ReceivedRequest;
import com.withampersand.sdk.testkit.Situation;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Salesforce and the settings themselves tell. */
class SalesforceDoctorTest {
  private static final String TOKEN = "/services/oauth2/token";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final Map<String, String> environment = new HashMap<>();

  SalesforceDoctorTest() {
    environment.put("SALESFORCE_CLIENT_ID", salesforce.consumerKey());
    environment.put("SALESFORCE_CLIENT_SECRET", salesforce.consumerSecret());
    environment.put("SALESFORCE_LOGIN_HOST", salesforce.uri().toString());
  }

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private SalesforceDoctor.Builder doctor() {
    return SalesforceDoctor.builderFromEnvironment(environment);
  }

  private DoctorReport examine() {
    return doctor().build().examine();
  }

  private static List<String> codes(DoctorReport report) {
    return report.findings().stream().map(Finding::code).toList();
  }

  private static Finding only(DoctorReport report, String code) {
    assertThat(codes(report)).containsExactly(code);
    return report.findings().get(0);
  }

  private SalesforceApp.Builder app() {
    return SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
        .scopes("api", "refresh_token");
  }

  private LoginHost host() {
    return LoginHost.custom(salesforce.uri());
  }

  @Test
  void examine_rightSetUp_findsNothingAndSaysWhatCannotBeSeen() {
    DoctorReport report = SalesforceDoctor.builder(app().build(), host()).build().examine();

    assertThat(report.isHealthy()).as(report.toString()).isTrue();
    assertThat(report.unseen()).hasSize(4).anyMatch(line -> line.contains("Permitted Users"));
  }

  @Test
  void examine_settingsThatAreRight_findsNothing() {
    DoctorReport report = examine();

    assertThat(report.findings()).isEmpty();
    assertThat(report.unseen()).hasSize(4);
  }

  @Test
  void examine_rightSetUp_asksThreeTimesAndOpensNoSession() {
    examine();

    assertThat(salesforce.requests())
        .extracting(ReceivedRequest::method, ReceivedRequest::path)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("GET", "/.well-known/openid-configuration"),
            org.assertj.core.groups.Tuple.tuple("GET", "/services/oauth2/authorize"),
            org.assertj.core.groups.Tuple.tuple("POST", TOKEN));
    assertThat(salesforce.requests(TOKEN).get(0).form().keySet())
        .containsExactlyInAnyOrder(
            "grant_type", "code", "client_id", "client_secret", "redirect_uri");
  }

  @Test
  void examine_consentWithoutAPage_isNotFollowed() {
    try (FakeSalesforce automatic = FakeSalesforce.builder().approveAutomatically(true).start()) {
      SalesforceApp app =
          SalesforceApp.builder(automatic.consumerKey(), automatic.consumerSecret())
              .scopes("api refresh_token")
              .callback(URI.create("http://localhost:8080/callback"))
              .build();

      DoctorReport report =
          SalesforceDoctor.builder(app, LoginHost.custom(automatic.uri())).build().examine();

      assertThat(report.findings()).isEmpty();
      assertThat(automatic.requests(TOKEN)).singleElement().matches(sent -> isBogus(sent));
    }
  }

  private static boolean isBogus(ReceivedRequest request) {
    return request.form("code").orElse("").equals("sdk-doctor-has-no-code");
  }

  @Test
  void examine_wrongKey_isFoundAndTheSecretStaysHere() {
    environment.put("SALESFORCE_CLIENT_ID", "3MVG9another");

    Finding finding = only(examine(), "key-unknown");

    assertThat(finding.level()).isEqualTo(Level.ERROR);
    assertThat(finding.actor()).isEqualTo(Actor.DEVELOPER);
    assertThat(finding.seen()).contains(salesforce.uri().toString(), "invalid_client_id");
    assertThat(finding.remedy()).contains("My Domain");
    assertThat(salesforce.requests(TOKEN)).isEmpty();
  }

  @Test
  void examine_wrongSecret_isFound() {
    environment.put("SALESFORCE_CLIENT_SECRET", "0".repeat(64));

    assertThat(only(examine(), "secret-wrong").seen()).contains("invalid_client");
  }

  @Test
  void examine_secretRotatedUnderTheApp_isFound() {
    SalesforceDoctor doctor = SalesforceDoctor.builder(app().build(), host()).build();
    salesforce.regenerateConsumerSecret();

    assertThat(codes(doctor.examine())).containsExactly("secret-wrong");
  }

  @Test
  void examine_callbackNotRegistered_isFoundAndTheSecretIsCheckedAllTheSame() {
    environment.put("SALESFORCE_CALLBACK", "https://app.example.com/callback");

    assertThat(codes(examine())).containsExactly("callback-not-registered");
    assertThat(salesforce.requests(TOKEN)).hasSize(1);

    environment.put("SALESFORCE_CLIENT_SECRET", "0".repeat(64));
    assertThat(codes(examine())).containsExactly("callback-not-registered", "secret-wrong");
  }

  @Test
  void examine_pkceRequired_isFoundUnlessTheProgramUsesIt() {
    salesforce.requirePkce(true);

    assertThat(only(examine(), "pkce-required").remedy()).contains("PKCE", "Untick");
    assertThat(doctor().withPkce().build().examine().findings()).isEmpty();
  }

  @Test
  void examine_noOAuthHost_isFoundAndNothingElseIsSentThere() {
    environment.put("SALESFORCE_LOGIN_HOST", salesforce.uri() + "/nowhere");

    assertThat(only(examine(), "host-not-oauth").seen()).contains("404");
    assertThat(salesforce.requests()).hasSize(1);
  }

  @Test
  void examine_networkDown_saysSoAndInventsNothing() {
    salesforce.close();

    Finding finding = only(examine(), "salesforce-not-checked");

    assertThat(finding.level()).isEqualTo(Level.WARNING);
    assertThat(finding.actor()).isEqualTo(Actor.NONE);
  }

  @Test
  void examine_maintenance_saysSoAndInventsNothing() {
    salesforce.set(Situation.MAINTENANCE, true);

    assertThat(only(examine(), "salesforce-not-checked").seen()).contains("503");
    assertThat(salesforce.requests()).hasSize(1);
  }

  @Test
  void examine_answerLostAtTheEnd_keepsWhatWasFoundBefore() {
    salesforce.requirePkce(true);
    salesforce.nextTokenRequest(Fault.loseAnswer());

    assertThat(codes(examine())).containsExactly("pkce-required", "salesforce-not-checked");
  }

  @ParameterizedTest
  @ValueSource(ints = {-6, 6, 400})
  void examine_clockOff_isFound(int minutes) {
    Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(minutes));

    Finding finding = only(doctor().clock(clock).build().examine(), "clock-skewed");

    assertThat(finding.seen()).contains(minutes < 0 ? "behind" : "ahead of");
  }

  @ParameterizedTest
  @ValueSource(ints = {-4, 4})
  void examine_clockALittleOff_isNoFinding(int minutes) {
    Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(minutes));

    assertThat(doctor().clock(clock).build().examine().findings()).isEmpty();
  }

  @Test
  void examine_swapped_isAGuessAndTheSecretStandsInNoAddress() {
    environment.put("SALESFORCE_CLIENT_ID", salesforce.consumerSecret());
    environment.put("SALESFORCE_CLIENT_SECRET", salesforce.consumerKey());

    DoctorReport report = examine();

    assertThat(only(report, "key-and-secret-swapped").level()).isEqualTo(Level.WARNING);
    assertThat(report.unseen()).anyMatch(line -> line.contains("was not checked"));
    assertThat(salesforce.requests()).isEmpty();
    assertThat(report + report.toJson()).doesNotContain(salesforce.consumerSecret());
  }

  @Test
  void examineOffline_secretOfUnusualShape_isAGuess() {
    environment.put("SALESFORCE_CLIENT_SECRET", "abc");

    assertThat(only(doctor().build().examineOffline(), "secret-unusual").level())
        .isEqualTo(Level.WARNING);
    assertThat(salesforce.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1234567890123456", "1234567890123456789"})
  void examineOffline_secretOfAnOldShape_isNoFinding(String secret) {
    environment.put("SALESFORCE_CLIENT_SECRET", secret);

    assertThat(doctor().build().examineOffline().findings()).isEmpty();
  }

  @Test
  void examine_unusualSecretThatSalesforceTakes_isNoFinding() {
    try (FakeSalesforce other = FakeSalesforce.builder().consumerSecret("unusual").start()) {
      environment.put("SALESFORCE_CLIENT_ID", other.consumerKey());
      environment.put("SALESFORCE_CLIENT_SECRET", "unusual");
      environment.put("SALESFORCE_LOGIN_HOST", other.uri().toString());

      assertThat(examine().findings()).isEmpty();
    }
  }

  @Test
  void examine_full_isTooMuch() {
    environment.put("SALESFORCE_SCOPES", "full refresh_token");

    assertThat(only(examine(), "scope-full").level()).isEqualTo(Level.WARNING);
  }

  @Test
  void examine_externalClientAppWithoutInstallUrl_isFoundOnlyIfItIsOne() {
    assertThat(codes(doctor().externalClientApp().build().examine()))
        .containsExactly("install-url-missing");

    environment.put(
        "SALESFORCE_PACKAGE_INSTALL_URL",
        "https://login.salesforce.com/packaging/installPackage.apexp?p0=04t5g000000abcd");
    assertThat(doctor().externalClientApp().build().examine().findings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "SALESFORCE_CLIENT_ID, 3MVG9 x, invalid-consumer-key, false",
    "SALESFORCE_CLIENT_SECRET, A B, invalid-consumer-secret, false",
    "SALESFORCE_CALLBACK, http://example.com, invalid-callback, false",
    "SALESFORCE_CALLBACK, no address, invalid-callback, false",
    "SALESFORCE_LOGIN_HOST, evil.com, invalid-login-host, false",
    "SALESFORCE_LOGIN_HOST, http://[, invalid-login-host, false",
    "SALESFORCE_SCOPES, api, invalid-scopes, true",
    "SALESFORCE_PACKAGE_INSTALL_URL, https://example.com, invalid-package-install-url, true",
    "SALESFORCE_PACKAGE_INSTALL_URL, no address, invalid-package-install-url, true"
  })
  void examine_settingThatTheAppRefuses_isAFinding(
      String name, String value, String code, boolean asked) {
    environment.put(name, value);

    Finding finding = only(examine(), code);

    assertThat(finding.level()).isEqualTo(Level.ERROR);
    assertThat(salesforce.requests()).hasSize(asked ? 3 : 0);
  }

  @Test
  void examine_supplierThatAnswersABrokenSecret_isAFinding() {
    SalesforceApp app =
        SalesforceApp.builder(salesforce.consumerKey(), () -> Secret.of("A B"))
            .scopes("api refresh_token")
            .build();

    assertThat(codes(SalesforceDoctor.builder(app, host()).build().examine()))
        .containsExactly("invalid-consumer-secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"})
  void fromEnvironment_nothingToCheck_isRefused(String name) {
    environment.put(name, " ");

    assertThatThrownBy(() -> SalesforceDoctor.builderFromEnvironment(environment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"error\":\"rate_limit_exceeded\",\"error_description\":\"login rate exceeded\"}|",
        "{\"error\":\"invalid_grant\",\"error_description\":\"something new\"}|",
        "{\"error\":\"invalid_grant\",\"error_description\":\"ip restricted\"}|salesforce-refused",
        "{\"error\":\"brand_new\"}|",
        "<html>what is this</html>|",
        "{\"error\":\"invalid_client\",\"error_description\":\"app must be installed into org\"}|salesforce-refused",
        "{\"error\":\"system_down\"}|salesforce-not-checked",
      })
  void examine_tokenAnswerThatSaysLittle_givesNoVerdictOnTheSecret(String body, String code) {
    salesforce.nextTokenRequest(Fault.respond(400, "application/json", body));

    DoctorReport report = examine();

    assertThat(codes(report)).isEqualTo(code == null ? List.of() : List.of(code));
    if (!"salesforce-not-checked".equals(code)) {
      assertThat(report.unseen()).anyMatch(line -> line.contains("Consumer Secret is correct"));
    }
  }

  private DoctorReport examineWithPage(int status, Map<String, List<String>> headers, String page) {
    HttpTransport transport =
        request ->
            request.uri().getPath().endsWith("/authorize")
                ? new Response(
                    status, headers, page.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                : HttpTransport.shared().send(request);
    return doctor().transport(transport).build().examine();
  }

  @Test
  void examine_loginPageFullOfWords_isNotReadForErrors() {
    DoctorReport report =
        examineWithPage(
            200,
            Map.of("Content-Type", List.of("text/html")),
            "<p>invalid_client_id redirect_uri_mismatch access_denied</p>");

    assertThat(report.findings()).isEmpty();
    assertThat(report.unseen()).hasSize(4);
  }

  @Test
  void examine_errorInsideAPage_isRead() {
    DoctorReport report =
        examineWithPage(
            200,
            Map.of(),
            "<pre>error=redirect_uri_mismatch&amp;error_description=redirect_uri%20must%20match%20configuration</pre>");

    assertThat(codes(report)).containsExactly("callback-not-registered");
  }

  @Test
  void examine_redirectToTheLogin_passes() {
    assertThat(
            examineWithPage(
                    302, Map.of("location", List.of("https://acme.my.salesforce.com/?ec=302")), "")
                .findings())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"400", "404"})
  void examine_pageThatIsNotKnown_givesNoVerdict(int status) {
    DoctorReport report = examineWithPage(status, Map.of(), "what is this");

    assertThat(report.findings()).isEmpty();
    assertThat(report.unseen()).anyMatch(line -> line.contains("key and callback are correct"));
  }

  @ParameterizedTest
  @CsvSource({"403", "407", "429", "502"})
  void examine_gatewayInBetween_isNoVerdict(int status) {
    assertThat(codes(examineWithPage(status, Map.of(), "<html>no</html>")))
        .containsExactly("salesforce-not-checked");
  }

  private DoctorReport examineAnswered(
      String path, int status, Map<String, List<String>> headers, String body) {
    HttpTransport transport =
        request ->
            request.uri().getPath().endsWith(path)
                ? new Response(
                    status, headers, body.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                : HttpTransport.shared().send(request);
    return doctor().transport(transport).build().examine();
  }

  @ParameterizedTest
  @CsvSource({
    "/.well-known/openid-configuration, 200",
    "/.well-known/openid-configuration, 503",
    "/.well-known/openid-configuration, 404",
    "/authorize, 200",
    "/token, 200"
  })
  void examine_maintenancePage_doesNotBlameTheHost(String path, int status) {
    DoctorReport report =
        examineAnswered(
            path,
            status,
            Map.of("Content-Type", List.of("text/html")),
            "<html><body>We are down for maintenance. Sorry for the inconvenience.</body></html>");

    assertThat(codes(report)).containsExactly("salesforce-not-checked");
    assertThat(only(report, "salesforce-not-checked").actor()).isEqualTo(Actor.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "503, temporarily_unavailable",
    "503, server_error",
    "503, invalid_client_id",
    "429, rate_limit_exceeded",
    "429, invalid_client_id"
  })
  void examine_serverThatAsksToWait_tellsCodeAndRetryAfter(int status, String code) {
    DoctorReport report =
        examineAnswered(
            "/token",
            status,
            Map.of("Retry-After", List.of("120")),
            "{\"error\":\"" + code + "\"}");

    assertThat(only(report, "salesforce-not-checked").seen())
        .contains("HTTP status " + status, code, "Retry-After: 120");
    assertThat(codes(report)).containsExactly("salesforce-not-checked");
  }

  @Test
  void examine_interrupted_throwsAndKeepsTheFlag() {
    Thread.currentThread().interrupt();

    Throwable thrown = catchThrowable(this::examine);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(thrown).isInstanceOf(TransportException.class);
  }
}
