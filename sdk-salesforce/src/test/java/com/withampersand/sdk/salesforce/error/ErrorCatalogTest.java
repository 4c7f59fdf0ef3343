package com.withampersand.sdk.salesforce.error;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for the whole catalog, and how it is searched. */
class ErrorCatalogTest {
  private static final List<ErrorEntry> ENTRIES = List.of(ErrorEntry.values());
  private static final Path IDS =
      Path.of("src/test/resources/com/withampersand/sdk/salesforce/error/entry-ids.txt");

  private static Stream<ErrorPattern> patterns() {
    return ENTRIES.stream().flatMap(entry -> entry.facts().patterns().stream());
  }

  private static String id(String code, String description) {
    return ErrorCatalog.find(code, description).map(ErrorEntry::id).orElse("none");
  }

  /** Ids are in log lines and links: once published, each keeps its constant for good. */
  @Test
  void entries_ids_areUniqueAndThoseThatWerePublished() throws IOException {
    List<String> stored = Files.readAllLines(IDS);

    assertThat(ENTRIES).extracting(ErrorEntry::id).doesNotHaveDuplicates();
    assertThat(ENTRIES)
        .extracting(entry -> entry.name() + " " + entry.id())
        .containsExactlyInAnyOrderElementsOf(stored);
    assertThat(ENTRIES).allMatch(entry -> entry.id().matches("[a-z]+(-[a-z]+)*"));
  }

  @Test
  void entries_each_haveWhatTheirAudiencesRead() {
    assertThat(ENTRIES)
        .hasSizeGreaterThan(65)
        .extracting(ErrorEntry::facts)
        .allSatisfy(
            facts -> {
              assertThat(facts.meaning()).endsWith(".");
              assertThat(facts.remedies()).containsKey(facts.actor());
              assertThat(facts.remedies().values()).allMatch(text -> text.endsWith("."));
              assertThat(facts.causes()).allMatch(cause -> cause.endsWith("."));
            });
  }

  @Test
  void entries_remedies_areOneOrTwoSentences() {
    assertThat(ENTRIES)
        .flatExtracting(entry -> entry.facts().remedies().values())
        .allSatisfy(remedy -> assertThat(remedy.split("\\.( |$)")).hasSizeBetween(1, 2));
  }

  /** What a customer's page may show as it is. */
  @Test
  void entries_textsForTheUser_speakToTheUser() {
    assertThat(ENTRIES)
        .extracting(entry -> entry.facts().remedyFor(Actor.END_USER))
        .allSatisfy(
            text ->
                assertThat(text)
                    .containsPattern(
                        "(?i)connect Salesforce again|Salesforce admin|try again later|contact its support")
                    .doesNotContainIgnoringCase(
                        "consent", "Consumer Key", "the user", "refresh", "code", "endpoint"));
  }

  @Test
  void entries_whoseActorIsTheUser_askToConnectAgain() {
    assertThat(ENTRIES)
        .extracting(ErrorEntry::facts)
        .filteredOn(facts -> facts.actor() == Actor.END_USER)
        .hasSizeGreaterThan(5)
        .allSatisfy(
            facts -> assertThat(facts.remedy()).containsIgnoringCase("connect Salesforce again"));
  }

  @Test
  void entries_thatEndAGrantAtARefresh_areTheFewThatAreKnown() {
    assertThat(ENTRIES)
        .filteredOn(entry -> entry.facts().verdict() == Verdict.FINAL)
        .filteredOn(
            entry ->
                entry.facts().patterns().stream()
                    .flatMap(pattern -> pattern.sources().stream())
                    .anyMatch(
                        source -> source == ErrorSource.TOKEN || source == ErrorSource.REFRESH))
        .containsExactly(ErrorEntry.REFRESH_TOKEN_EXPIRED, ErrorEntry.REFRESH_TOKEN_PAST_POLICY);
  }

  /** Words that do not say why end no grant, but for the one text that always means an end. */
  @Test
  void entries_withoutAReasonOfSalesforces_endNothing() {
    assertThat(ENTRIES)
        .filteredOn(
            entry -> entry.facts().meaning().matches(".*(does not (say (why|which)|document)).*"))
        .hasSizeGreaterThan(8)
        .filteredOn(entry -> entry.facts().verdict() == Verdict.FINAL)
        .containsExactly(ErrorEntry.REFRESH_TOKEN_EXPIRED);
  }

  /** Repeated often enough, words of this verdict end a grant: so these are few. */
  @Test
  void entries_ofTheTokenEndpointThatProveNothing_areTheFewThatAreKnown() {
    assertThat(ENTRIES)
        .filteredOn(entry -> entry.facts().verdict() == Verdict.UNKNOWN)
        .filteredOn(
            entry ->
                entry.facts().patterns().stream()
                    .anyMatch(pattern -> pattern.sources().contains(ErrorSource.TOKEN)))
        .containsExactly(
            ErrorEntry.GRANT_NOT_ACCEPTED, ErrorEntry.USER_NOT_APPROVED, ErrorEntry.OTHER_FLOW);
  }

  @Test
  void patterns_each_leadToTheirOwnEntryAndHaveASource() {
    assertThat(patterns()).doesNotHaveDuplicates().noneMatch(each -> each.sources().isEmpty());
    assertThat(ENTRIES)
        .allSatisfy(
            entry ->
                assertThat(entry.facts().patterns())
                    .filteredOn(pattern -> !pattern.sources().equals(List.of(ErrorSource.REFRESH)))
                    .filteredOn(pattern -> !pattern.sources().equals(List.of(ErrorSource.MINT)))
                    .allSatisfy(pattern -> assertThat(entryOf(pattern)).contains(entry)));
  }

  /** One code can mean one thing in a call and another at an OAuth endpoint. */
  private static Optional<ErrorEntry> entryOf(ErrorPattern pattern) {
    return pattern.sources().equals(List.of(ErrorSource.API))
        ? ErrorCatalog.findOfCall(pattern.code(), pattern.text())
        : ErrorCatalog.find(pattern.code(), pattern.text());
  }

  @Test
  void entries_ofInvalidGrant_nameSeveralCausesWhereSeveralFit() {
    assertThat(ErrorEntry.GRANT_NOT_ACCEPTED.facts().causes()).hasSize(3);
    assertThat(ErrorEntry.REFRESH_TOKEN_EXPIRED.facts().causes())
        .hasSize(6)
        .first()
        .asString()
        .contains("revoked");
  }

  @ParameterizedTest
  @CsvSource({
    "access_denied, user-declined",
    "access-denied, user-declined",
    "ACCESS_DENIED, user-declined",
    "oauth_app_blocked, app-blocked",
    "Bad_OAuth_Token, session-over",
    "INSUFFICIENT_ACCESS_OR_READONLY, permission-missing",
    "INSUFFICIENT_ACCESS, permission-missing",
    "INSUFFICIENT, none",
    "invalid_grant_of_another_kind, none",
    "'', none"
  })
  void find_codeAlone_isMatchedTolerantly(String code, String id) {
    assertThat(id(code, "")).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "invalid_grant | Expired Access/Refresh Token | refresh-token-not-accepted",
        "invalid_grant | expired access/refresh token: 5Aep | refresh-token-not-accepted",
        "invalid_client | client+identifier+invalid | unknown-consumer-key",
        "invalid_grant | user hasn’t approved this consumer | consent-withdrawn",
        "brand_new | External client app is NOT installed in this org. | external-client-app-not-installed",
        "brand_new | reinactive user | none",
        "invalid_grant | something new | grant-not-accepted",
        "brand_new | something new | none"
      })
  void find_description_decidesUnderWhateverCode(String code, String description, String id) {
    assertThat(id(code, description)).isEqualTo(id);
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
    assertThat(ErrorCatalog.find(code, "")).isPresent();
  }

  @Test
  void explain_unknownRefusal_staysAsItIs() {
    OAuthException original =
        OAuthException.builder("brand_new_error").description("something").httpStatus(400).build();

    assertThat(ErrorCatalog.explain(original)).isSameAs(original);
  }
}
