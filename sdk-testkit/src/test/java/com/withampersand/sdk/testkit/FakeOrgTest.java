package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.SalesforceClient.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeOrgTest {
  private static final String LIMITS = "/services/data/v65.0/limits";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeOrg acme = salesforce.addOrg("acme");
  private final FakeOrg beta = salesforce.addOrg("beta");
  private final SalesforceClient acmeClient = new SalesforceClient(salesforce, acme.uri());
  private final SalesforceClient betaClient = new SalesforceClient(salesforce, beta.uri());

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private static void assertRefused(HttpResponse<String> response, String description) {
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(member(response, "error")).contains("invalid_grant");
    assertThat(member(response, "error_description")).contains(description);
  }

  private int statusOfCall(IssuedGrant grant) throws Exception {
    return acmeClient.get(LIMITS, grant.accessToken()).statusCode();
  }

  // Orgs

  @Test
  void addOrg_consentAndExchange_areTheOrgs() throws Exception {
    HttpResponse<String> tokens = acmeClient.exchange(acmeClient.code());

    IssuedGrant grant = salesforce.grant(member(tokens, "access_token").orElseThrow());
    assertThat(grant.user()).isSameAs(acme.user());
    assertThat(member(tokens, "instance_url")).contains(acme.uri().toString());
    assertThat(member(tokens, "id"))
        .contains(acme.uri() + "/id/" + acme.id() + "/" + acme.user().id());
    assertThat(statusOfCall(grant)).isEqualTo(200);
    assertThat(acme.grants()).hasSize(1);
    assertThat(beta.grants()).isEmpty();
    assertThat(salesforce.grants()).hasSize(1);
  }

  @Test
  void tokenEndpoint_grantOfAnotherOrg_isRefusedAndStaysGood() throws Exception {
    salesforce.refreshTokenPolicy(RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE);
    IssuedGrant grant = acme.issueGrant();

    assertRefused(betaClient.refresh(grant.refreshToken()), "expired access/refresh token");
    assertRefused(betaClient.exchange(acmeClient.code()), "invalid authorization code");
    assertThat(betaClient.get(LIMITS, grant.accessToken()).statusCode()).isEqualTo(401);

    assertThat(grant.presented()).isEmpty();
    assertThat(acmeClient.refresh(grant.refreshToken()).statusCode()).isEqualTo(200);
  }

  @Test
  void stagedSecret_isGoodInAllOrgs() throws Exception {
    String staged = salesforce.stageConsumerSecret();

    HttpResponse<String> first =
        acmeClient.refresh(acme.issueGrant().refreshToken(), "client_secret", staged);
    HttpResponse<String> second =
        betaClient.refresh(beta.issueGrant().refreshToken(), "client_secret", staged);

    assertThat(List.of(first.statusCode(), second.statusCode())).containsOnly(200);
  }

  @Test
  void revokeAll_ofOneOrg_leavesTheOthers() throws Exception {
    IssuedGrant ended = acme.issueGrant();
    IssuedGrant other = beta.issueGrant();

    acme.revokeAll();

    assertThat(ended.isAlive()).isFalse();
    assertThat(betaClient.refresh(other.refreshToken()).statusCode()).isEqualTo(200);
    salesforce.revokeAll();
    assertThat(other.isAlive()).isFalse();
  }

  @Test
  void situation_ofOneOrg_holdsThereAlone() throws Exception {
    acme.set(Situation.MAINTENANCE, true);

    assertThat(acmeClient.get("/services/data", "").statusCode()).isEqualTo(503);
    assertThat(betaClient.get("/services/data", "").statusCode()).isEqualTo(200);
  }

  @Test
  void situation_ofSalesforce_holdsInEveryOrgAndInLaterOnes() throws Exception {
    salesforce.set(Situation.MAINTENANCE, true);
    FakeOrg later = salesforce.addOrg("later");

    assertThat(acmeClient.get("/services/data", "").statusCode()).isEqualTo(503);
    assertThat(new SalesforceClient(salesforce, later.uri()).get("/services/data", "").statusCode())
        .isEqualTo(503);
  }

  @Test
  void fault_ofOneOrg_waitsForItsRequest() throws Exception {
    acme.nextTokenRequest(Fault.respond(503));

    assertThat(betaClient.refresh(beta.issueGrant().refreshToken()).statusCode()).isEqualTo(200);
    assertThat(acmeClient.refresh(acme.issueGrant().refreshToken()).statusCode()).isEqualTo(503);
  }

  @Test
  void fault_ofSalesforce_meetsTheNextRequestOfAnyOrg() throws Exception {
    salesforce.nextTokenRequest(Fault.respond(503));
    acme.nextTokenRequest(Fault.none().header("X-A", "b"));

    HttpResponse<String> both = acmeClient.refresh(acme.issueGrant().refreshToken());

    assertThat(both.statusCode()).isEqualTo(503);
    assertThat(both.headers().firstValue("X-A")).contains("b");
    assertThat(betaClient.refresh(beta.issueGrant().refreshToken()).statusCode()).isEqualTo(200);
  }

  @Test
  void requests_areTheOrgsAndSalesforces() throws Exception {
    acmeClient.get("/services/data", "");
    betaClient.get("/services/data", "");

    assertThat(acme.requests()).hasSize(1);
    assertThat(salesforce.requests("/services/data")).hasSize(2);
    salesforce.clearRequests();
    assertThat(acme.requests()).isEmpty();
    assertThat(salesforce.requests()).isEmpty();
  }

  @Test
  void addOrg_nameTwiceOrNoName_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> salesforce.addOrg("acme"));
    assertThatIllegalArgumentException().isThrownBy(() -> salesforce.addOrg("Acme Inc."));
    assertThat(salesforce.orgs()).containsExactly(salesforce.org(), acme, beta);
    assertThat(salesforce.org("beta")).isSameAs(beta);
    assertThatIllegalArgumentException().isThrownBy(() -> salesforce.org("gamma"));
  }

  @Test
  void addOrg_fifty_eachHasItsOwn() throws Exception {
    List<FakeOrg> orgs =
        IntStream.range(0, 50).mapToObj(i -> salesforce.addOrg("customer-" + i)).toList();

    for (FakeOrg org : orgs) {
      SalesforceClient client = new SalesforceClient(salesforce, org.uri());
      assertThat(client.exchange(client.code()).statusCode()).isEqualTo(200);
    }

    assertThat(orgs).allSatisfy(org -> assertThat(org.grants()).hasSize(1));
    assertThat(orgs).extracting(FakeOrg::id).doesNotHaveDuplicates();
  }

  @Test
  void moveInstance_ofOneOrg_endsItsSessions() throws Exception {
    IssuedGrant grant = acme.issueGrant();

    acme.moveInstance();

    assertThat(statusOfCall(grant)).isEqualTo(401);
    HttpResponse<String> refreshed = acmeClient.refresh(grant.refreshToken());
    assertThat(member(refreshed, "instance_url"))
        .contains("http://127.0.0.1:" + acme.uri().getPort());
    assertThat(statusOfCall(grant)).isEqualTo(401);
  }

  @Test
  void close_stopsTheOrgs() {
    String refreshToken = acme.issueGrant().refreshToken();

    salesforce.close();

    assertThatIOException().isThrownBy(() -> acmeClient.refresh(refreshToken));
  }

  // Users

  @Test
  void addUser_consentsForItself() throws Exception {
    FakeUser ada = acme.addUser("ada@acme.example");

    URI callback = ada.approve(acmeClient.authorizationUrl());
    acmeClient.exchange(SalesforceClient.query(callback).getOrDefault("code", ""));

    assertThat(ada.grants()).hasSize(1);
    assertThat(acme.user().grants()).isEmpty();
    String userinfo =
        acmeClient.get("/services/oauth2/userinfo", ada.grants().get(0).accessToken()).body();
    assertThat(userinfo).contains(ada.id(), "ada@acme.example", acme.id());
  }

  @Test
  void approve_loginHint_namesTheUser() throws Exception {
    FakeUser ada = acme.addUser("ada@acme.example");

    URI callback =
        salesforce.approve(acmeClient.authorizationUrl("login_hint", "ada@acme.example"));
    acmeClient.exchange(SalesforceClient.query(callback).getOrDefault("code", ""));

    assertThat(ada.grants()).hasSize(1);
  }

  @Test
  void approve_atAnotherOrg_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> acme.user().approve(betaClient.authorizationUrl()));
  }

  @Test
  void identity_ofAnotherUser_isNotShown() throws Exception {
    FakeUser ada = acme.addUser("ada@acme.example");
    String token = acme.issueGrant().accessToken();

    assertThat(acmeClient.get("/id/" + acme.id() + "/" + ada.id(), token).statusCode())
        .isEqualTo(404);
    assertThat(acmeClient.get("/id/" + acme.id() + "/" + acme.user().id(), token).statusCode())
        .isEqualTo(200);
  }

  @Test
  void revoke_ofOneGrantAndOneUser_leaveTheOthers() {
    FakeUser ada = acme.addUser("ada@acme.example");
    List<IssuedGrant> adas = ada.issueGrants(3);
    IssuedGrant other = acme.issueGrant();

    adas.get(0).revoke();
    List<Boolean> one = adas.stream().map(IssuedGrant::isAlive).toList();
    ada.revokeAll();

    assertThat(one).containsExactly(false, true, true);
    assertThat(adas).noneMatch(IssuedGrant::isAlive);
    assertThat(other.isAlive()).isTrue();
  }

  @Test
  void setActive_false_endsTheUsersGrantsAndConsents() throws Exception {
    FakeUser ada = acme.addUser("ada@acme.example");
    IssuedGrant grant = ada.issueGrant();
    String code =
        SalesforceClient.query(ada.approve(acmeClient.authorizationUrl())).getOrDefault("code", "");

    ada.setActive(false);

    assertRefused(acmeClient.refresh(grant.refreshToken()), "inactive user");
    assertRefused(acmeClient.exchange(code), "inactive user");
    assertThat(SalesforceClient.query(ada.approve(acmeClient.authorizationUrl())))
        .containsEntry("error", "inactive_user");
    assertThat(acmeClient.exchange(acmeClient.code()).statusCode()).isEqualTo(200);
    ada.setActive(true);
    assertThat(grant.isAlive()).isFalse();
  }

  @Test
  void fiveApprovals_areCountedForEachUser() {
    salesforce.set(Situation.FIVE_APPROVALS, true);
    FakeUser ada = acme.addUser("ada@acme.example");
    IssuedGrant first = ada.issueGrant();
    acme.issueGrants(5);
    boolean before = first.isAlive();

    ada.issueGrants(5);

    assertThat(before).isTrue();
    assertThat(first.isAlive()).isFalse();
    assertThat(acme.user().grants()).allMatch(IssuedGrant::isAlive);
  }

  @Test
  void addUser_nameTwice_isRefused() {
    acme.addUser("ada@acme.example");

    assertThatIllegalArgumentException().isThrownBy(() -> acme.addUser("ada@acme.example"));
    assertThat(acme.users()).extracting(FakeUser::username).contains("ada@acme.example");
    assertThat(Map.of(acme.toString(), acme.user().toString()))
        .isEqualTo(Map.of("https://acme.my.salesforce.com", "user@acme.example"));
  }
}
