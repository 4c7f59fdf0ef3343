package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for the whole catalog, and how it is searched. */
class SalesforceErrorsTest {
  private static final List<Topic> TOPICS = SalesforceErrors.topics();

  private static Stream<Sign> signs() {
    return TOPICS.stream().flatMap(topic -> topic.signs().stream());
  }

  private static String title(String code, String description) {
    return SalesforceErrors.find(code, description).map(Topic::title).orElse("none");
  }

  @Test
  void topics_each_saysWhatHappenedAndWhoDoesWhat() {
    assertThat(TOPICS)
        .hasSizeGreaterThan(40)
        .allSatisfy(
            topic -> {
              assertThat(topic.meaning()).endsWith(".");
              assertThat(topic.remedy()).endsWith(".");
              assertThat(topic.actor()).isNotNull();
              assertThat(topic.causes()).allMatch(cause -> cause.endsWith("."));
            });
  }

  @Test
  void topics_remedies_areOneOrTwoSentences() {
    assertThat(TOPICS)
        .allSatisfy(topic -> assertThat(topic.remedy().split("\\.( |$)")).hasSizeBetween(1, 2));
  }

  /** What a customer's page may show as it is. */
  @Test
  void topics_remediesForTheUser_speakToTheUser() {
    assertThat(TOPICS)
        .filteredOn(topic -> topic.actor() == Actor.END_USER)
        .hasSizeGreaterThan(5)
        .allSatisfy(
            topic ->
                assertThat(topic.remedy())
                    .containsIgnoringCase("connect Salesforce again")
                    .doesNotContainIgnoringCase("token", "consent", "Consumer Key", "the user"));
  }

  @Test
  void topics_thatEndAGrantAtARefresh_areTheFewThatAreKnown() {
    assertThat(TOPICS)
        .filteredOn(Topic::needsReauthorization)
        .filteredOn(
            topic ->
                topic.signs().stream()
                    .flatMap(sign -> sign.places().stream())
                    .anyMatch(place -> place == Place.TOKEN || place == Place.REFRESH))
        .extracting(Topic::title)
        .containsExactly("Refresh token not accepted", "Refresh token past its policy");
  }

  @Test
  void topics_titles_areLinksToo() {
    assertThat(TOPICS).allMatch(topic -> topic.title().matches("[A-Za-z]+( [A-Za-z]+)*"));
    assertThat(TOPICS).extracting(Topic::link).doesNotHaveDuplicates();
  }

  @Test
  void signs_each_leadToTheirOwnTopicAndAreShownSomewhere() {
    assertThat(signs()).doesNotHaveDuplicates().noneMatch(sign -> sign.places().isEmpty());
    assertThat(TOPICS)
        .allSatisfy(
            topic ->
                assertThat(topic.signs())
                    .filteredOn(sign -> !sign.places().equals(List.of(Place.REFRESH)))
                    .allSatisfy(sign -> assertThat(topicOf(sign)).contains(topic)));
  }

  /** One code can mean one thing in a call and another at an OAuth endpoint. */
  private static Optional<Topic> topicOf(Sign sign) {
    return sign.places().equals(List.of(Place.REST))
        ? SalesforceErrors.findOfCall(sign.code(), sign.words())
        : SalesforceErrors.find(sign.code(), sign.words());
  }

  @Test
  void topics_ofInvalidGrant_nameSeveralCausesWhereSeveralFit() {
    assertThat(SalesforceErrors.find("invalid_grant", "").orElseThrow().causes()).hasSize(3);
    assertThat(
            SalesforceErrors.find("invalid_grant", "expired access/refresh token")
                .orElseThrow()
                .causes())
        .hasSize(6)
        .first()
        .asString()
        .contains("revoked");
  }

  @ParameterizedTest
  @CsvSource({
    "access_denied, User declined",
    "access-denied, User declined",
    "ACCESS_DENIED, User declined",
    "oauth_app_blocked, App blocked",
    "Bad_OAuth_Token, Session over",
    "INSUFFICIENT_ACCESS_OR_READONLY, Permission missing",
    "INSUFFICIENT_ACCESS, Permission missing",
    "INSUFFICIENT, none",
    "invalid_grant_of_another_kind, none",
    "'', none"
  })
  void find_codeAlone_isMatchedTolerantly(String code, String title) {
    assertThat(title(code, "")).isEqualTo(title);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "invalid_grant | Expired Access/Refresh Token | Refresh token not accepted",
        "invalid_grant | expired access/refresh token: 5Aep | Refresh token not accepted",
        "invalid_client | client+identifier+invalid | Unknown Consumer Key",
        "invalid_grant | user hasn’t approved this consumer | Consent withdrawn",
        "brand_new | External client app is NOT installed in this org. | External Client App not installed",
        "brand_new | reinactive user | none",
        "invalid_grant | something new | Grant not accepted",
        "brand_new | something new | none"
      })
  void find_description_decidesUnderWhateverCode(String code, String description, String title) {
    assertThat(title(code, description)).isEqualTo(title);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "access_denied",
        "app_blocked",
        "app_not_found",
        "authorization_pending",
        "bad_jti_claim",
        "app_attest_failed",
        "app_attest_failed_retry",
        "ecapp_policy_not_found",
        "exceeded_registration_limit",
        "fail_close_app_blocked",
        "failed_registration",
        "immediate_unsuccessful",
        "installation_error",
        "invalid_app_access",
        "invalid_assertion_type",
        "invalid_basic_auth_header",
        "invalid_dpop_proof",
        "invalid_client",
        "invalid_client_id",
        "invalid_distribution_state",
        "invalid_expid",
        "invalid_grant",
        "invalid_otp",
        "invalid_request",
        "invalid_scope",
        "invalid_session_level",
        "invalid_token",
        "login_error",
        "oauth_flow_disabled",
        "oauth_policy_not_found",
        "otp_error",
        "redirect_uri_missing",
        "redirect_uri_mismatch",
        "registration_error",
        "server_error",
        "service_unavailable",
        "slow_down",
        "system_down",
        "unknown_error",
        "unsupported_expid",
        "unsupported_grant_type",
        "unsupported_response_type",
        "unsupported_token_type",
        "use_dpop_nonce",
        "inactive_user",
        "inactive_org",
        "rate_limit_exceeded",
        "invalid_client_credentials",
        "wrong_version"
      })
  void find_eachCodeThatSalesforceLists_isKnown(String code) {
    assertThat(SalesforceErrors.find(code, "")).isPresent();
  }

  @Test
  void explain_unknownRefusal_staysAsItIs() {
    OAuthException original =
        OAuthException.builder("brand_new_error").description("something").httpStatus(400).build();

    assertThat(SalesforceErrors.explain(original)).isSameAs(original);
  }
}
