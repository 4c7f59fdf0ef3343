package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.SalesforceClient.member;
import static com.withampersand.sdk.testkit.SalesforceClient.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RealNamesTest {
  private static final URI LOGIN = URI.create("https://login.salesforce.com");
  private static final URI TEST = URI.create("https://test.salesforce.com");
  private static final String LIMITS = "/services/data/v65.0/limits";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeOrg acme = salesforce.addOrg("acme");
  private final FakeOrg beta = salesforce.addOrg("beta");

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private SalesforceClient at(URI host) {
    return new SalesforceClient(salesforce, host, salesforce.httpClient());
  }

  private HttpResponse<String> get(String uri) throws Exception {
    return salesforce
        .httpClient()
        .send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString());
  }

  private static String code(URI callback) {
    return query(callback).getOrDefault("code", "");
  }

  @Test
  void myDomain_consentExchangeRefreshAndCall_allAtRealNames() throws Exception {
    SalesforceClient client = at(URI.create("https://acme.my.salesforce.com"));

    HttpResponse<String> tokens = client.exchange(client.code());
    HttpResponse<String> refreshed = client.refresh(member(tokens, "refresh_token").orElseThrow());
    HttpResponse<String> called =
        client.get(LIMITS, member(refreshed, "access_token").orElseThrow());

    assertThat(acme.myDomain()).hasToString("https://acme.my.salesforce.com");
    assertThat(member(tokens, "instance_url")).contains("https://acme.my.salesforce.com");
    assertThat(member(tokens, "id"))
        .contains("https://login.salesforce.com/id/" + acme.id() + "/" + acme.user().id());
    assertThat(called.statusCode()).isEqualTo(200);
    assertThat(acme.requests())
        .extracting(ReceivedRequest::host)
        .containsOnly(acme.myDomain().getHost());
  }

  @Test
  void login_servesAllProductionOrgs() throws Exception {
    FakeUser ada = beta.addUser("ada@beta.example");

    HttpResponse<String> first =
        at(LOGIN).exchange(code(acme.approve(at(LOGIN).authorizationUrl())));
    HttpResponse<String> second =
        at(LOGIN).exchange(code(ada.approve(at(LOGIN).authorizationUrl())));
    HttpResponse<String> refreshed =
        at(LOGIN).refresh(member(second, "refresh_token").orElseThrow());
    HttpResponse<String> identity = get(member(first, "id").orElseThrow());

    assertThat(member(first, "instance_url")).contains("https://acme.my.salesforce.com");
    assertThat(member(second, "instance_url")).contains("https://beta.my.salesforce.com");
    assertThat(refreshed.statusCode()).isEqualTo(200);
    assertThat(ada.grants()).hasSize(1);
    assertThat(identity.body()).isEqualTo("Missing_OAuth_Token");
    assertThat(acme.requests("/services/oauth2/token")).hasSize(1);
  }

  @Test
  void login_loginHint_namesTheOrg() throws Exception {
    URI url = at(LOGIN).authorizationUrl("login_hint", beta.user().username());

    at(LOGIN).exchange(code(salesforce.approve(url)));

    assertThat(beta.grants()).hasSize(1);
  }

  @Test
  void login_revokeIntrospectAndUserinfo_areTheOrgs() throws Exception {
    IssuedGrant grant = beta.issueGrant();
    SalesforceClient client = at(LOGIN);

    int userinfo = client.get("/services/oauth2/userinfo", grant.accessToken()).statusCode();
    int revoked =
        client.post("/services/oauth2/revoke", Map.of("token", grant.refreshToken())).statusCode();

    assertThat(userinfo).isEqualTo(200);
    assertThat(revoked).isEqualTo(200);
    assertThat(grant.isAlive()).isFalse();
  }

  @Test
  void login_apiCall_isRefused() throws Exception {
    assertThat(at(LOGIN).get(LIMITS, acme.issueGrant().accessToken()).statusCode()).isEqualTo(401);
  }

  @Test
  void sandbox_isServedByTestAndNotByLogin() throws Exception {
    FakeOrg dev = salesforce.addOrg("acme--dev");
    String refreshToken = dev.issueGrant().refreshToken();

    HttpResponse<String> refreshed = at(TEST).refresh(refreshToken);

    assertThat(dev.isSandbox()).isTrue();
    assertThat(dev.myDomain()).hasToString("https://acme--dev.sandbox.my.salesforce.com");
    assertThat(member(refreshed, "instance_url"))
        .contains("https://acme--dev.sandbox.my.salesforce.com");
    assertThat(member(refreshed, "id").orElseThrow()).startsWith("https://test.salesforce.com/id/");
    assertThat(at(LOGIN).refresh(refreshToken).statusCode()).isEqualTo(400);
    assertThat(at(dev.myDomain()).refresh(refreshToken).statusCode()).isEqualTo(200);
  }

  @Test
  void test_productionGrant_isRefusedAndStaysGood() throws Exception {
    IssuedGrant grant = acme.issueGrant();

    HttpResponse<String> refused = at(TEST).refresh(grant.refreshToken());

    assertThat(member(refused, "error_description")).contains("expired access/refresh token");
    assertThat(grant.presented()).isEmpty();
    assertThat(at(LOGIN).refresh(grant.refreshToken()).statusCode()).isEqualTo(200);
  }

  @Test
  void myDomain_grantOfAnotherOrg_isRefused() throws Exception {
    IssuedGrant grant = acme.issueGrant();

    assertThat(at(beta.myDomain()).refresh(grant.refreshToken()).statusCode()).isEqualTo(400);
    assertThat(at(beta.myDomain()).get(LIMITS, grant.accessToken()).statusCode()).isEqualTo(401);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> acme.approve(at(beta.myDomain()).authorizationUrl()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> acme.approve(at(TEST).authorizationUrl()));
  }

  @Test
  void addHost_customDomain_servesTheOrg() throws Exception {
    URI custom = acme.addHost("CRM.acme.example");

    HttpResponse<String> tokens = at(custom).exchange(at(custom).code());

    assertThat(custom).hasToString("https://crm.acme.example");
    assertThat(member(tokens, "instance_url")).contains("https://acme.my.salesforce.com");
    assertThat(acme.grants()).hasSize(1);
    assertThatIllegalArgumentException().isThrownBy(() -> beta.addHost("crm.acme.example"));
  }

  @Test
  void moveInstance_newTokensNameTheNewHost() throws Exception {
    IssuedGrant grant = acme.issueGrant();

    acme.moveInstance();
    HttpResponse<String> refreshed = at(LOGIN).refresh(grant.refreshToken());

    assertThat(acme.instanceUri()).hasToString("https://acme-moved.my.salesforce.com");
    assertThat(member(refreshed, "instance_url")).contains(acme.instanceUri().toString());
    assertThat(at(acme.instanceUri()).get(LIMITS, grant.accessToken()).statusCode()).isEqualTo(200);
    assertThat(at(acme.myDomain()).get(LIMITS, grant.accessToken()).statusCode()).isEqualTo(401);
  }

  @Test
  void fifty_customersAtTheirOwnHosts_inParallel() {
    List<FakeOrg> orgs =
        IntStream.range(0, 50).mapToObj(i -> salesforce.addOrg("customer-" + i)).toList();

    List<Integer> statuses =
        orgs.parallelStream()
            .map(org -> statusOf(org.myDomain(), org.issueGrant().refreshToken()))
            .toList();

    assertThat(statuses).hasSize(50).containsOnly(200);
    assertThat(orgs)
        .allSatisfy(org -> assertThat(org.requests("/services/oauth2/token")).hasSize(1));
  }

  private int statusOf(URI host, String refreshToken) {
    try {
      return at(host).refresh(refreshToken).statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void fault_lostAnswerAndHeldRequest_workBehindTheProxy() throws Exception {
    IssuedGrant grant = acme.issueGrant();
    acme.nextTokenRequest(Fault.loseAnswer());
    acme.nextTokenRequest(Fault.truncateAnswer());

    assertThatIOException().isThrownBy(() -> at(LOGIN).refresh(grant.refreshToken()));
    assertThatIOException().isThrownBy(() -> at(LOGIN).refresh(grant.refreshToken()));

    assertThat(grant.refreshes()).isEqualTo(2);
    assertThat(at(LOGIN).refresh(grant.refreshToken()).statusCode()).isEqualTo(200);
  }

  @Test
  void fault_heldRequest_endsAsTheFakeIsClosed() throws Exception {
    acme.nextTokenRequest(Fault.ignoreRequest());
    var held = at(LOGIN).refreshLater(acme.issueGrant().refreshToken());
    acme.awaitRequests("/services/oauth2/token", 1);

    salesforce.close();

    assertThat(held.handle((response, failure) -> failure != null).get()).isTrue();
  }

  // The proxy

  @Test
  void proxy_otherHosts_areRefusedAndNotDialed() throws Exception {
    assertThatIOException().isThrownBy(() -> get("https://gamma.my.salesforce.com/"));
    assertThatIOException().isThrownBy(() -> get("https://acme.my.salesforce.com:8443/"));
    assertThat(get("http://acme.my.salesforce.com/services/data").statusCode()).isEqualTo(502);
    assertThat(connect("www.example.com:443")).startsWith("HTTP/1.1 502");
    assertThat(connect("localhost:" + salesforce.uri().getPort())).startsWith("HTTP/1.1 502");
    assertThat(salesforce.requests()).isEmpty();
  }

  private String connect(String target) throws Exception {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), salesforce.proxyUri().getPort())) {
      String request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void httpClient_hostsOfThisMachine_areCalledDirectly() throws Exception {
    assertThat(get(acme.uri() + "/services/data").statusCode()).isEqualTo(200);
  }

  @Test
  void client_ofTheUsers_needsSelectorAndContext() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(acme.myDomain().resolve("/services/data")).build();
    HttpClient.Builder client = HttpClient.newBuilder().proxy(salesforce.proxySelector());

    assertThatExceptionOfType(SSLException.class)
        .isThrownBy(() -> client.build().send(request, BodyHandlers.ofString()));
    assertThat(
            client
                .sslContext(salesforce.sslContext())
                .build()
                .send(request, BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void client_ofAnotherFake_doesNotTrustThisOne() {
    try (FakeSalesforce other = FakeSalesforce.start()) {
      HttpClient client =
          HttpClient.newBuilder()
              .proxy(salesforce.proxySelector())
              .sslContext(other.sslContext())
              .build();

      assertThatExceptionOfType(SSLException.class)
          .isThrownBy(
              () ->
                  client.send(
                      HttpRequest.newBuilder(acme.myDomain()).build(), BodyHandlers.ofString()));
    }
  }

  @Test
  void certificateAuthority_isACaForAWhile() throws Exception {
    X509Certificate authority =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(
                        salesforce.certificateAuthority().getBytes(StandardCharsets.US_ASCII)));

    authority.verify(authority.getPublicKey());
    assertThat(authority.getBasicConstraints()).isPositive();
    assertThat(authority.getKeyUsage()[5]).isTrue();
    assertThat(Duration.between(Instant.now(), authority.getNotAfter().toInstant()))
        .isLessThanOrEqualTo(Duration.ofDays(365));
  }

  @Test
  void certificates_forHosts_nameThemAlone() throws Exception {
    Certificates certificates = new Certificates();

    X509Certificate host = certificates.forHost("acme.my.salesforce.com");

    host.verify(certificates.authority().getPublicKey());
    assertThat(host.getSubjectAlternativeNames())
        .containsExactly(List.of(2, "acme.my.salesforce.com"));
    assertThat(host.getBasicConstraints()).isEqualTo(-1);
    assertThat(host.getSerialNumber()).isPositive();
  }
}
