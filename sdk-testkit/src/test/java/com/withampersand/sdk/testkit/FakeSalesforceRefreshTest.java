package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.SalesforceClient.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class FakeSalesforceRefreshTest {
  private static final String EXPIRED = "expired access/refresh token";
  private static final String LIMITS = "/services/data/v65.0/limits";

  private final MovableClock clock = new MovableClock();
  private final FakeSalesforce salesforce = FakeSalesforce.builder().clock(clock).start();
  private final SalesforceClient client = new SalesforceClient(salesforce);

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private static void assertRefused(HttpResponse<String> response, String description) {
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(member(response, "error")).contains("invalid_grant");
    assertThat(member(response, "error_description")).contains(description);
  }

  private String refreshed(String refreshToken) throws Exception {
    HttpResponse<String> response = client.refresh(refreshToken);
    assertThat(response.statusCode()).isEqualTo(200);
    return member(response, "refresh_token").orElse(refreshToken);
  }

  private Future<HttpResponse<String>> refreshLater(String refreshToken) {
    return client.refreshLater(refreshToken);
  }

  private int statusOfCall(String accessToken) throws Exception {
    return client.get(LIMITS, accessToken).statusCode();
  }

  // Policies

  @Test
  void refresh_keep_answersWithoutRefreshToken() throws Exception {
    IssuedGrant grant = salesforce.issueGrant();

    HttpResponse<String> response = client.refresh(grant.refreshToken());

    assertThat(member(response, "refresh_token")).isEmpty();
    assertThat(refreshed(grant.refreshToken())).isEqualTo(grant.refreshToken());
    assertThat(grant.presented()).containsExactly(1, 1);
  }

  @Test
  void refresh_rotate_refusesTheOldOneAndKeepsTheGrant() throws Exception {
    salesforce.refreshTokenPolicy(RefreshTokenPolicy.ROTATE);
    IssuedGrant grant = salesforce.issueGrant();
    String first = grant.refreshToken();
    String second = refreshed(first);

    assertRefused(client.refresh(first), EXPIRED);

    assertThat(second).isNotEqualTo(first).isEqualTo(grant.refreshToken());
    assertThat(statusOfCall(grant.accessToken())).isEqualTo(200);
    assertThat(refreshed(second)).isNotEqualTo(second);
    assertThat(grant.presented()).containsExactly(1, 1, 2);
    assertThat(grant.refreshes()).isEqualTo(2);
  }

  @Test
  void refresh_rotateAndRevokeOnReuse_endsRefreshTokenAndAccessTokens() throws Exception {
    salesforce.refreshTokenPolicy(RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE);
    IssuedGrant grant = salesforce.issueGrant();
    String first = grant.refreshToken();
    String firstAccessToken = grant.accessToken();
    String second = refreshed(first);
    assertThat(statusOfCall(firstAccessToken)).isEqualTo(200);

    assertRefused(client.refresh(first), EXPIRED);

    assertThat(grant.isAlive()).isFalse();
    assertThat(statusOfCall(firstAccessToken)).isEqualTo(401);
    assertThat(statusOfCall(grant.accessToken())).isEqualTo(401);
    assertRefused(client.refresh(second), EXPIRED);
  }

  @Test
  void refresh_graceWithSameSuccessor_answersTheSameOnceMore() throws Exception {
    salesforce.refreshTokenPolicy(RefreshTokenPolicy.ROTATE_WITH_GRACE_SAME_SUCCESSOR);
    IssuedGrant grant = salesforce.issueGrant();
    String first = grant.refreshToken();
    String second = refreshed(first);
    String accessToken = grant.accessToken();
    clock.advance(Duration.ofSeconds(119));

    String again = refreshed(first);

    assertThat(again).isEqualTo(second);
    assertThat(grant.accessToken()).isNotEqualTo(accessToken);
    assertThat(refreshed(second)).isNotEqualTo(second);
    assertThat(grant.presented()).containsExactly(1, 1, 2);
  }

  @Test
  void refresh_graceWithNewSuccessor_endsTheFirstSuccessor() throws Exception {
    salesforce.refreshTokenPolicy(RefreshTokenPolicy.ROTATE_WITH_GRACE_NEW_SUCCESSOR);
    IssuedGrant grant = salesforce.issueGrant();
    String first = grant.refreshToken();
    String second = refreshed(first);

    String third = refreshed(first);

    assertThat(third).isNotEqualTo(second);
    String fourth = refreshed(third);
    assertThat(statusOfCall(grant.accessToken())).isEqualTo(200);
    assertRefused(client.refresh(second), EXPIRED);
    assertRefused(client.refresh(fourth), EXPIRED);
    assertThat(grant.presented()).containsExactly(1, 1, 3, 2, 4);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = ".*GRACE.*")
  void refresh_grace_takesAUsedTokenOnceOnly(RefreshTokenPolicy policy) throws Exception {
    salesforce.refreshTokenPolicy(policy);
    IssuedGrant grant = salesforce.issueGrant();
    String first = grant.refreshToken();
    refreshed(first);
    refreshed(first);

    assertRefused(client.refresh(first), EXPIRED);

    assertThat(grant.isAlive()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = ".*GRACE.*")
  void refresh_graceIsOver_endsTheGrant(RefreshTokenPolicy policy) throws Exception {
    salesforce.refreshTokenPolicy(policy);
    IssuedGrant grant = salesforce.issueGrant();
    String first = grant.refreshToken();
    refreshed(first);
    clock.advance(Duration.ofMinutes(2));

    assertRefused(client.refresh(first), EXPIRED);

    assertThat(grant.isAlive()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = ".*GRACE.*")
  void refresh_graceAndTokenBeforeTheLastOne_endsTheGrant(RefreshTokenPolicy policy)
      throws Exception {
    salesforce.refreshTokenPolicy(policy);
    IssuedGrant grant = salesforce.issueGrant();
    String first = grant.refreshToken();
    refreshed(refreshed(first));

    assertRefused(client.refresh(first), EXPIRED);

    assertThat(grant.isAlive()).isFalse();
  }

  @Test
  void builder_policyAndGrace_holdFromTheStart() throws Exception {
    try (FakeSalesforce other =
        FakeSalesforce.builder()
            .clock(clock)
            .refreshTokenPolicy(RefreshTokenPolicy.ROTATE_WITH_GRACE_SAME_SUCCESSOR)
            .reuseGrace(Duration.ofHours(1))
            .start()) {
      SalesforceClient otherClient = new SalesforceClient(other);
      IssuedGrant grant = other.issueGrant();
      String first = grant.refreshToken();
      otherClient.refresh(first);
      clock.advance(Duration.ofMinutes(59));

      HttpResponse<String> again = otherClient.refresh(first);

      assertThat(member(again, "refresh_token")).contains(grant.refreshToken());
      assertThat(grant.refreshTokens()).hasSize(2);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FakeSalesforce.builder().reuseGrace(Duration.ZERO));
  }

  // Overlaps

  @ParameterizedTest
  @CsvSource({
    "OVERLAPPING_REFRESH_REJECTED, token request is already being processed",
    "OVERLAPPING_REFRESH_REJECTED_AS_EXPIRED_CODE, expired authorization code"
  })
  void refresh_overlapRejected_refusesTheSecondAndCarriesTheFirstOut(
      Situation situation, String description) throws Exception {
    salesforce.set(situation, true);
    salesforce.refreshTokenPolicy(RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE);
    IssuedGrant grant = salesforce.issueGrant();
    String first = grant.refreshToken();
    Gate gate = new Gate();
    salesforce.nextTokenRequest(Fault.holdWork(gate));
    Future<HttpResponse<String>> held = refreshLater(first);
    gate.awaitArrived(1);

    assertRefused(client.refresh(first), description);
    assertRefused(client.refresh(first), description);
    gate.release();

    assertThat(member(held.get(), "refresh_token")).contains(grant.refreshToken());
    assertThat(refreshed(grant.refreshToken())).isNotEqualTo(first);
    assertThat(grant.presented()).containsExactly(1, 1, 1, 2);
    assertThat(grant.refreshes()).isEqualTo(2);
  }

  @Test
  void refresh_overlapNotRejected_carriesBothOut() throws Exception {
    IssuedGrant grant = salesforce.issueGrant();
    Gate gate = new Gate();
    salesforce.nextTokenRequest(Fault.holdWork(gate));
    Future<HttpResponse<String>> held = refreshLater(grant.refreshToken());
    gate.awaitArrived(1);

    assertThat(client.refresh(grant.refreshToken()).statusCode()).isEqualTo(200);
    gate.release();

    assertThat(held.get().statusCode()).isEqualTo(200);
    assertThat(grant.refreshes()).isEqualTo(2);
  }

  @Test
  void refresh_overlapRejected_leavesOtherGrantsAlone() throws Exception {
    salesforce.set(Situation.OVERLAPPING_REFRESH_REJECTED, true);
    Gate gate = new Gate();
    salesforce.nextTokenRequest(Fault.holdWork(gate));
    Future<HttpResponse<String>> held = refreshLater(salesforce.issueGrant().refreshToken());
    gate.awaitArrived(1);

    HttpResponse<String> other = client.refresh(salesforce.issueGrant().refreshToken());

    assertThat(other.statusCode()).isEqualTo(200);
    gate.release();
    assertThat(held.get().statusCode()).isEqualTo(200);
  }

  @Test
  void refresh_overlapRejected_heldOnTheWayOrAfterTheWork_isNoOverlap() throws Exception {
    salesforce.set(Situation.OVERLAPPING_REFRESH_REJECTED, true);
    String refreshToken = salesforce.issueGrant().refreshToken();
    Gate gate = new Gate();
    salesforce.nextTokenRequest(Fault.holdRequest(gate));
    Future<HttpResponse<String>> onItsWay = refreshLater(refreshToken);
    gate.awaitArrived(1);
    salesforce.nextTokenRequest(Fault.holdAnswer(gate));
    Future<HttpResponse<String>> done = refreshLater(refreshToken);
    gate.awaitArrived(2);

    assertThat(client.refresh(refreshToken).statusCode()).isEqualTo(200);
    gate.release();

    assertThat(onItsWay.get().statusCode()).isEqualTo(200);
    assertThat(done.get().statusCode()).isEqualTo(200);
  }

  @Test
  void refresh_overlapRejected_refusedClientDoesNotOverlap() throws Exception {
    salesforce.set(Situation.OVERLAPPING_REFRESH_REJECTED, true);
    String refreshToken = salesforce.issueGrant().refreshToken();
    salesforce.nextTokenRequest(Fault.holdWork(new Gate()));

    HttpResponse<String> refused = client.refresh(refreshToken, "client_secret", "wrong");

    assertThat(member(refused, "error")).contains("invalid_client");
    assertThat(client.refresh(refreshToken).statusCode()).isEqualTo(200);
  }

  // Grants

  @Test
  void issueGrant_isAsGoodAsAConsent() throws Exception {
    IssuedGrant grant = salesforce.issueGrant();

    assertThat(grant.refreshToken()).startsWith("5Aep");
    assertThat(grant.accessToken()).startsWith(salesforce.organizationId().substring(0, 15));
    assertThat(statusOfCall(grant.accessToken())).isEqualTo(200);
    assertThat(client.refresh(grant.refreshToken()).statusCode()).isEqualTo(200);
    assertThat(salesforce.requests("/services/oauth2/authorize")).isEmpty();
  }

  @Test
  void issueGrant_appWithoutOfflineScope_hasNoRefreshToken() {
    try (FakeSalesforce without = FakeSalesforce.builder().scopes("api").start()) {
      IssuedGrant grant = without.issueGrant();

      assertThat(grant.refreshTokens()).isEmpty();
      assertThatIllegalStateException().isThrownBy(grant::refreshToken);
    }
  }

  @Test
  void issueGrants_thirtyThousand_areAllDifferentAndGood() throws Exception {
    List<IssuedGrant> grants = salesforce.issueGrants(30_000);

    Set<String> tokens = new HashSet<>();
    grants.forEach(grant -> tokens.addAll(List.of(grant.accessToken(), grant.refreshToken())));
    assertThat(tokens).hasSize(60_000);
    assertThat(salesforce.grants()).hasSize(30_000);
    assertThat(client.refresh(grants.get(0).refreshToken()).statusCode()).isEqualTo(200);
    assertThat(client.refresh(grants.get(29_999).refreshToken()).statusCode()).isEqualTo(200);
  }

  @Test
  void grant_anyTokenOfAConsent_findsIt() throws Exception {
    salesforce.refreshTokenPolicy(RefreshTokenPolicy.ROTATE);
    salesforce.issueGrant();
    HttpResponse<String> tokens = client.connect();
    String old = member(tokens, "refresh_token").orElseThrow();
    HttpResponse<String> refreshed = client.refresh(old);

    IssuedGrant grant = salesforce.grant(old);

    assertThat(grant.refreshTokens())
        .containsExactly(old, member(refreshed, "refresh_token").orElseThrow());
    assertThat(grant.accessToken()).isEqualTo(member(refreshed, "access_token").orElseThrow());
    assertThat(salesforce.grant(member(tokens, "access_token").orElseThrow()).presented())
        .containsExactly(1);
    assertThat(salesforce.grants()).hasSize(2);
    assertThat(salesforce.grants().get(1).refreshTokens()).contains(old);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> salesforce.grant("5Aep-unknown"))
        .withMessageNotContaining("5Aep");
  }

  @Test
  void revoke_oneGrant_leavesTheOthersAlone() throws Exception {
    IssuedGrant grant = salesforce.issueGrant();
    IssuedGrant other = salesforce.issueGrant();

    grant.revoke();

    assertThat(grant.isAlive()).isFalse();
    assertThat(statusOfCall(grant.accessToken())).isEqualTo(401);
    assertRefused(client.refresh(grant.refreshToken()), EXPIRED);
    assertThat(other.isAlive()).isTrue();
    assertThat(statusOfCall(other.accessToken())).isEqualTo(200);
    assertThat(client.refresh(other.refreshToken()).statusCode()).isEqualTo(200);
  }

  @Test
  void expireSessions_oneGrant_keepsItsRefreshTokenAndTheOthers() throws Exception {
    IssuedGrant grant = salesforce.issueGrant();
    IssuedGrant other = salesforce.issueGrant();

    grant.expireSessions();

    assertThat(statusOfCall(grant.accessToken())).isEqualTo(401);
    assertThat(statusOfCall(other.accessToken())).isEqualTo(200);
    assertThat(client.refresh(grant.refreshToken()).statusCode()).isEqualTo(200);
    assertThat(statusOfCall(grant.accessToken())).isEqualTo(200);
  }

  @Test
  void presented_requestsThatFail_countAsWell() throws Exception {
    IssuedGrant grant = salesforce.issueGrant();
    salesforce.nextTokenRequest(Fault.respond(503));

    client.refresh(grant.refreshToken());
    client.refresh(grant.refreshToken(), "client_secret", "wrong");
    client.refresh("5Aep-unknown");

    assertThat(grant.presented()).containsExactly(1, 1);
    assertThat(grant.refreshes()).isZero();
    assertThat(grant).hasToString("grant, presented [1, 1]");
    grant.revoke();
    assertThat(grant).hasToString("grant, presented [1, 1], ended");
  }

  // Orgs

  @Test
  void addOrg_sharesTheAppAndNothingElse() throws Exception {
    FakeSalesforce other = salesforce.addOrg();
    SalesforceClient otherClient = new SalesforceClient(other);

    HttpResponse<String> tokens = otherClient.connect();

    assertThat(other.consumerKey()).isEqualTo(salesforce.consumerKey());
    assertThat(other.consumerSecret()).isEqualTo(salesforce.consumerSecret());
    assertThat(other.uri()).isNotEqualTo(salesforce.uri());
    assertThat(other.organizationId()).isNotEqualTo(salesforce.organizationId());
    assertThat(member(tokens, "instance_url")).contains(other.uri().toString());
    assertThat(member(tokens, "issued_at")).contains(Long.toString(clock.millis()));
    assertThat(salesforce.requests()).isEmpty();
    assertThat(salesforce.grants()).isEmpty();
    assertThat(statusOfCall(member(tokens, "access_token").orElseThrow())).isEqualTo(401);
  }

  @Test
  void addOrg_refreshTokenOfAnotherOrg_isRefusedAndStaysGood() throws Exception {
    salesforce.refreshTokenPolicy(RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE);
    FakeSalesforce other = salesforce.addOrg();
    IssuedGrant grant = salesforce.issueGrant();

    assertRefused(new SalesforceClient(other).refresh(grant.refreshToken()), EXPIRED);

    assertThat(grant.presented()).isEmpty();
    assertThat(client.refresh(grant.refreshToken()).statusCode()).isEqualTo(200);
  }

  @Test
  void addOrg_stagedSecret_isGoodInBoth() throws Exception {
    FakeSalesforce other = salesforce.addOrg();
    String staged = other.stageConsumerSecret();

    HttpResponse<String> refreshed =
        client.refresh(salesforce.issueGrant().refreshToken(), "client_secret", staged);
    salesforce.rotateConsumerSecret();

    assertThat(refreshed.statusCode()).isEqualTo(200);
    assertThat(other.consumerSecret()).isEqualTo(staged);
  }

  @Test
  void addOrg_policy_isTheBuilders() {
    try (FakeSalesforce first =
        FakeSalesforce.builder().refreshTokenPolicy(RefreshTokenPolicy.ROTATE).start()) {
      FakeSalesforce second = first.addOrg();
      IssuedGrant grant = second.issueGrant();

      assertThat(rotates(second, grant)).isTrue();
      second.refreshTokenPolicy(RefreshTokenPolicy.KEEP);
      assertThat(rotates(second, grant)).isFalse();
      assertThat(rotates(first, first.issueGrant())).isTrue();
    }
  }

  private static boolean rotates(FakeSalesforce salesforce, IssuedGrant grant) {
    try {
      HttpResponse<String> response =
          new SalesforceClient(salesforce).refresh(grant.refreshToken());
      assertThat(response.statusCode()).isEqualTo(200);
      return member(response, "refresh_token").isPresent();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void close_stopsTheOrgsThatWereAdded() {
    FakeSalesforce first = FakeSalesforce.start();
    FakeSalesforce second = first.addOrg();
    String refreshToken = second.issueGrant().refreshToken();

    first.close();

    assertThatIOException().isThrownBy(() -> new SalesforceClient(second).refresh(refreshToken));
  }

  @Test
  void start_twiceWithOneKeyAndSecret_isOneAppAtTwoHosts() throws Exception {
    try (FakeSalesforce other =
        FakeSalesforce.builder()
            .consumerKey(salesforce.consumerKey())
            .consumerSecret(salesforce.consumerSecret())
            .start()) {
      String refreshToken = other.issueGrant().refreshToken();

      HttpResponse<String> response =
          new SalesforceClient(other)
              .refresh(
                  refreshToken,
                  "client_id",
                  salesforce.consumerKey(),
                  "client_secret",
                  salesforce.consumerSecret());

      assertThat(response.statusCode()).isEqualTo(200);
      assertRefused(client.refresh(refreshToken), EXPIRED);
    }
  }
}
