package com.withampersand.sdk.salesforce.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.http.HttpTransport.Response;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Finding;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What Ampersand tells. */
class SalesforceDoctorAmpersandTest {
  private static final String SECRET = "canary-of-no-known-shape";

  private final FakeSalesforce salesforce = FakeSalesforce.builder().consumerSecret(SECRET).start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Level usualLevel = root.getLevel();
  private final SalesforceApp app = app(SalesforceApp.AMPERSAND_CALLBACK);

  @AfterEach
  void stop() {
    root.setLevel(usualLevel);
    root.detachAppender(log);
    ampersand.close();
    salesforce.close();
  }

  private SalesforceApp app(URI callback) {
    return SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
        .scopes("api", "refresh_token")
        .callback(callback)
        .build();
  }

  private AmpersandClient client(String apiKey, HttpTransport transport) {
    return AmpersandClient.builder(ampersand.projectName(), Secret.of(apiKey))
        .baseUrl(ampersand.apiUri())
        .transport(transport)
        .maxRetries(0)
        .build();
  }

  private DoctorReport examine(SalesforceApp declared, AmpersandClient client) {
    return SalesforceDoctor.builder(declared, LoginHost.custom(salesforce.uri()))
        .ampersand(client)
        .build()
        .examine();
  }

  private DoctorReport examine() {
    return examine(app, client(ampersand.apiKey(), HttpTransport.shared()));
  }

  private void register(String... scopes) {
    ampersand.addProviderApp(
        "salesforce", salesforce.consumerKey(), salesforce.consumerSecret(), scopes);
  }

  private static Finding only(DoctorReport report, String code) {
    assertThat(report.findings()).extracting(Finding::code).containsExactly(code);
    return report.findings().get(0);
  }

  @Test
  void examine_registeredAsDeclared_findsNothingAndChangesNothing() {
    register("refresh_token", "api");

    DoctorReport report = examine();

    assertThat(report.findings()).isEmpty();
    assertThat(report.unseen())
        .anyMatch(line -> line.contains("Ampersand has the same Consumer Secret"));
    assertThat(ampersand.requests())
        .hasSize(2)
        .extracting(ReceivedRequest::method)
        .containsOnly("GET");
  }

  @Test
  void examine_registeredNowhere_isFound() {
    assertThat(only(examine(), "provider-app-missing").seen()).contains(ampersand.projectName());
  }

  @Test
  void examine_registeredWithAnotherKey_isFoundByItsId() {
    String id = ampersand.addProviderApp("salesforce", "3MVG9other", "x", "api", "refresh_token");
    ampersand.addProviderApp("hubspot", "other", "x");

    assertThat(only(examine(), "client-id-differs").seen()).contains(id);
  }

  @Test
  void examine_scopesDrifted_tellsBothSides() {
    register("api", "web", "refresh_token");

    assertThat(only(examine(), "provider-app-differs").seen())
        .contains("Declared scopes: api refresh_token", "registered", "web");
  }

  @Test
  void examine_registeredTwice_isFound() {
    register("api", "refresh_token");
    register("api", "refresh_token");

    assertThat(only(examine(), "invalid-client-id").seen()).contains("2 times");
  }

  @Test
  void examine_callbackElsewhere_isFoundWithoutAskingAmpersand() {
    SalesforceApp own = app(URI.create("http://localhost:8080/callback"));

    only(examine(own, client(ampersand.apiKey(), HttpTransport.shared())), "callback-elsewhere");
    assertThat(ampersand.requests()).isEmpty();
  }

  @Test
  void examineOffline_callbackElsewhere_isFound() {
    SalesforceDoctor doctor =
        SalesforceDoctor.builder(
                app(URI.create("http://localhost:8080/callback")),
                LoginHost.custom(salesforce.uri()))
            .ampersand(client(ampersand.apiKey(), HttpTransport.shared()))
            .build();

    assertThat(doctor.examineOffline().findings())
        .extracting(Finding::code)
        .containsExactly("secret-unusual", "callback-elsewhere");
    assertThat(salesforce.requests()).isEmpty();
  }

  @Test
  void examine_callbackOnAmpersandsOwnServer_isRight() {
    register("api", "refresh_token");
    SalesforceApp declared = app(ampersand.callbackUri());

    assertThat(examine(declared, client(ampersand.apiKey(), HttpTransport.shared())).findings())
        .isEmpty();
  }

  @Test
  void examine_pkceRequired_isAWarningWhereAmpersandMakesTheRequest() {
    register("api", "refresh_token");
    salesforce.requirePkce(true);

    assertThat(only(examine(), "pkce-required").level()).isEqualTo(DoctorReport.Level.WARNING);
  }

  @Test
  void examine_apiKeyRefused_saysSoAndInventsNothing() {
    assertThat(
            only(examine(app, client("wrong", HttpTransport.shared())), "ampersand-not-checked")
                .seen())
        .contains("401");
  }

  @Test
  void examine_ampersandDown_saysSoAndInventsNothing() {
    AmpersandClient client = client(ampersand.apiKey(), HttpTransport.shared());
    ampersand.close();

    only(examine(app, client), "ampersand-not-checked");
  }

  @Test
  void examine_appThatCannotBeRegistered_asksSalesforceAlone() {
    DoctorReport report =
        SalesforceDoctor.builderFromEnvironment(
                Map.of(
                    "SALESFORCE_CLIENT_ID", salesforce.consumerKey(),
                    "SALESFORCE_CLIENT_SECRET", salesforce.consumerSecret(),
                    "SALESFORCE_LOGIN_HOST", salesforce.uri().toString(),
                    "SALESFORCE_SCOPES", "api"))
            .ampersand(client(ampersand.apiKey(), HttpTransport.shared()))
            .build()
            .examine();

    only(report, "invalid-scopes");
    assertThat(report.unseen()).anyMatch(line -> line.contains("cannot be registered"));
    assertThat(ampersand.requests()).isEmpty();
  }

  /** Beside the fake's one project, another one whose provider apps are answered like this. */
  private HttpTransport withOtherProject(int status, String providerApps) {
    String projects =
        "[{\"id\":\"%s\",\"name\":\"%s\"},{\"id\":\"p2\",\"name\":\"acme-production\"}]"
            .formatted(ampersand.projectId(), ampersand.projectName());
    return request ->
        switch (request.uri().getPath()) {
          case "/v1/projects" -> json(200, projects);
          case "/v1/projects/p2/provider-apps" -> json(status, providerApps);
          default -> HttpTransport.shared().send(request);
        };
  }

  private static Response json(int status, String body) {
    return new Response(
        status, Map.of("Content-Type", List.of("application/json")), body.getBytes(UTF_8));
  }

  private DoctorReport examineBesideOther(int status, String providerApps) {
    register("api", "refresh_token");
    return examine(app, client(ampersand.apiKey(), withOtherProject(status, providerApps)));
  }

  @Test
  void examine_sameClientInAnotherProject_isFound() {
    String row =
        "[{\"id\":\"x\",\"provider\":\"salesforce\",\"clientId\":\"%s\"}]"
            .formatted(salesforce.consumerKey());

    assertThat(only(examineBesideOther(200, row), "client-in-other-project").seen())
        .contains("acme-production");
  }

  @Test
  void examine_otherClientInAnotherProject_isNoFinding() {
    String row = "[{\"id\":\"x\",\"provider\":\"salesforce\",\"clientId\":\"other\"}]";

    assertThat(examineBesideOther(200, row).findings()).isEmpty();
  }

  @Test
  void examine_otherProjectNotShown_isNotSeen() {
    DoctorReport report = examineBesideOther(403, "{}");

    assertThat(report.findings()).isEmpty();
    assertThat(report.unseen()).anyMatch(line -> line.contains("acme-production"));
  }

  @Test
  void examine_projectsNotShown_isNotSeen() {
    register("api", "refresh_token");
    HttpTransport transport =
        request ->
            request.uri().getPath().equals("/v1/projects")
                ? json(403, "{}")
                : HttpTransport.shared().send(request);

    DoctorReport report = examine(app, client(ampersand.apiKey(), transport));

    assertThat(report.findings()).isEmpty();
    assertThat(report.unseen()).anyMatch(line -> line.contains("other projects"));
  }

  @Test
  void r04_everyAnswerEchoesTheSecret_nothingReportedOrLoggedHoldsIt() {
    log.start();
    root.setLevel(Level.TRACE);
    root.addAppender(log);
    StringBuilder said = new StringBuilder();

    for (String error : List.of("invalid_client", "invalid_grant", "unknown", SECRET)) {
      String echo = "the client_secret=" + SECRET + " is " + SECRET;
      salesforce.nextTokenRequest(
          Fault.respond(
              400,
              "application/json",
              "{\"error\":\"" + error + "\",\"error_description\":\"" + echo + "\"}"));
      DoctorReport report = examine();
      said.append(report).append(report.toJson());
    }
    log.list.forEach(event -> said.append(event.getFormattedMessage()));

    assertThat(salesforce.requests("/services/oauth2/token")).hasSize(4);
    assertThat(log.list).isNotEmpty();
    assertThat(said.toString())
        .contains("invalid_client")
        .doesNotContain(SECRET, ampersand.apiKey());
  }
}
