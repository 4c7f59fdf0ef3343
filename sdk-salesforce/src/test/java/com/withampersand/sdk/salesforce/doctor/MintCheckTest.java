package com.withampersand.sdk.salesforce.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.JwtSigner;
import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceClientCredentialsFlow;
import com.withampersand.sdk.salesforce.SalesforceJwtFlow;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Finding;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Level;
import com.withampersand.sdk.testkit.FakeOrg;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Situation;
import java.net.URI;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What Salesforce tells about apps that sign in without a user. */
class MintCheckTest {
  private static final LoginHost ACME = LoginHost.myDomain("acme");
  private static final KeyPair PAIR = newPair();

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeOrg acme = salesforce.addOrg("acme");
  private final HttpTransport transport = HttpTransport.over(salesforce.httpClient());

  MintCheckTest() {
    salesforce.registerCertificate(PAIR.getPublic());
  }

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private static KeyPair newPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private SalesforceJwtFlow.Builder jwt() {
    return jwt(salesforce.consumerKey(), RsaKey.of(PAIR.getPrivate()));
  }

  private SalesforceJwtFlow.Builder jwt(String consumerKey, JwtSigner signer) {
    return SalesforceJwtFlow.builder(consumerKey, signer).transport(transport);
  }

  private DoctorReport check(SalesforceJwtFlow.Builder flow) {
    return SalesforceDoctor.check(flow.build(), ACME, acme.user().username());
  }

  private DoctorReport checkOwnCredentials(String secret) {
    return SalesforceDoctor.check(
        SalesforceClientCredentialsFlow.builder(salesforce.consumerKey(), () -> Secret.of(secret))
            .transport(transport)
            .build(),
        ACME);
  }

  private static Finding only(DoctorReport report, String code) {
    assertThat(report.findings()).extracting(Finding::code).containsExactly(code);
    return report.findings().get(0);
  }

  @Test
  void check_rightSetUp_findsNothingAndSaysThatTheSessionStays() {
    assertThat(check(jwt()).findings()).isEmpty();

    DoctorReport report = checkOwnCredentials(salesforce.consumerSecret());

    assertThat(report.isHealthy()).isTrue();
    assertThat(report.unseen()).anyMatch(line -> line.contains("not revoked"));
    assertThat(acme.requests("/services/oauth2/token")).hasSize(2);
    assertThat(acme.requests("/services/oauth2/revoke")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "USER_NOT_PREAUTHORIZED, user-not-preauthorized",
    "APP_NOT_INSTALLED, external-client-app-not-installed",
    "ADDRESS_BLOCKED, address-or-hour-not-allowed",
  })
  void check_whatAnAdminHasToDo_isTheCatalogsEntry(Situation situation, String code) {
    acme.set(situation, true);

    Finding finding = only(check(jwt()), code);

    assertThat(finding.level()).isEqualTo(Level.ERROR);
    assertThat(finding.actor()).isEqualTo(Actor.PROVIDER_ADMIN);
    assertThat(finding.seen()).contains("https://acme.my.salesforce.com", "invalid_grant");
  }

  @Test
  void check_noRunAsUser_isTheAdminsToSet() {
    acme.set(Situation.NO_RUN_AS_USER, true);

    Finding finding =
        only(checkOwnCredentials(salesforce.consumerSecret()), "client-credentials-not-set-up");

    assertThat(finding.actor()).isEqualTo(Actor.PROVIDER_ADMIN);
    assertThat(finding.remedy()).contains("Run As");
  }

  @Test
  void check_wrongKey_namesTheCertificate() {
    RsaKey other = RsaKey.of(newPair().getPrivate());

    Finding finding = only(check(jwt(salesforce.consumerKey(), other)), "jwt-bearer-not-set-up");

    assertThat(finding.actor()).isEqualTo(Actor.DEVELOPER);
    assertThat(finding.remedy()).contains("certificate");
  }

  @Test
  void check_wrongConsumerKeyOrSecret_haveTheCodesOfTheOtherChecks() {
    only(check(jwt("3MVG9another", RsaKey.of(PAIR.getPrivate()))), "key-unknown");

    String secret = "CANARY" + "0".repeat(58);
    DoctorReport report = checkOwnCredentials(secret);

    assertThat(only(report, "secret-wrong").actor()).isEqualTo(Actor.DEVELOPER);
    assertThat(report.toString() + report.toJson()).doesNotContain(secret);
  }

  @Test
  void check_wrongAudience_tellsWhichWasSent() {
    DoctorReport report = check(jwt().audience(URI.create("https://test.salesforce.com")));

    assertThat(only(report, "jwt-audience").why()).contains("https://test.salesforce.com");
  }

  @ParameterizedTest
  @CsvSource({"-PT2M, jwt-expired", "PT2M, jwt-bearer-not-set-up"})
  void check_skewedClock_isNamed(Duration off, String code) {
    DoctorReport report = check(jwt().clock(Clock.offset(Clock.systemUTC(), off)));

    Finding finding = only(report, code);
    assertThat(finding.actor()).isEqualTo(Actor.DEVELOPER);
    assertThat(finding.remedy()).contains("clock");
  }

  @ParameterizedTest
  @EnumSource(names = {"MAINTENANCE", "LOGIN_RATE_EXCEEDED"})
  void check_serverThatAsksToWait_saysSoAndInventsNothing(Situation situation) {
    salesforce.set(situation, true);

    assertNotChecked(check(jwt()));
    assertNotChecked(checkOwnCredentials(salesforce.consumerSecret()));
  }

  @Test
  void check_networkDown_saysSoAndInventsNothing() {
    salesforce.close();

    assertNotChecked(check(jwt()));
  }

  private static void assertNotChecked(DoctorReport report) {
    Finding finding = only(report, "salesforce-not-checked");
    assertThat(finding.level()).isEqualTo(Level.WARNING);
    assertThat(finding.actor()).isEqualTo(Actor.NONE);
  }

  @ParameterizedTest
  @CsvSource({"200, text/html, <html>Sign in</html>", "403, text/html, <html>no</html>"})
  void check_pageInPlaceOfAnAnswer_isNoVerdict(int status, String type, String page) {
    acme.nextTokenRequest(Fault.respond(status, type, page));

    Finding finding = only(check(jwt()), "salesforce-not-checked");

    assertThat(finding.level()).isEqualTo(Level.WARNING);
    assertThat(finding.actor()).isEqualTo(Actor.DEVELOPER);
  }

  @Test
  void check_refusalInUnknownWords_tellsThemAndNoMore() {
    acme.nextTokenRequest(
        Fault.respond(
            400, "application/json", "{\"error\":\"new_code\",\"error_description\":\"x\"}"));

    Finding finding = check(jwt()).findings().get(0);

    assertThat(finding.seen()).contains("new_code (x)");
    assertThat(finding.actor()).isEqualTo(Actor.DEVELOPER);
  }

  @Test
  void check_signerThatFails_isReported() {
    DoctorReport report =
        check(
            jwt(
                salesforce.consumerKey(),
                input -> {
                  throw new IllegalStateException("CANARY");
                }));

    assertThat(only(report, "salesforce-not-checked").seen()).contains("could not be signed");
    assertThat(report.toString()).doesNotContain("CANARY");
  }

  @Test
  void check_whatTheFlowCannotSend_isThrown() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SalesforceDoctor.check(jwt().build(), ACME, " "));
    assertThatExceptionOfType(ForeignGrantException.class)
        .isThrownBy(
            () ->
                SalesforceDoctor.check(
                    jwt().build(), LoginHost.custom(URI.create("https://evil.example")), "u"));
  }

  @Test
  void check_interrupted_throwsAndKeepsTheFlag() {
    Thread.currentThread().interrupt();

    Throwable thrown = catchThrowable(() -> check(jwt()));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(thrown).isInstanceOf(TransportException.class);
  }
}
