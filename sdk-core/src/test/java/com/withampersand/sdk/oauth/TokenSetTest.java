package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.withampersand.sdk.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSetTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private static final TokenSet FULL =
      TokenSet.builder(Secret.of("CANARY-ACCESS"), NOW)
          .refreshToken(Secret.of("CANARY-REFRESH"))
          .tokenType("bearer")
          .scopes(Scopes.of("api", "refresh_token"))
          .expiry(Expiry.estimated(NOW.plusSeconds(1800)))
          .issuer(URI.create("https://old.example"))
          .clientId("a-client")
          .consentId("a-consent")
          .grantType("urn:ietf:params:oauth:grant-type:jwt-bearer")
          .subject("ada@old.example")
          .attribute("instance_url", "https://old.example")
          .attribute("id", "https://old.example/id")
          .secretAttribute("id_token", Secret.of("CANARY-ID"))
          .build();

  @Test
  void r09_mergedWith_answerThatLeavesThingsOut_keepsThem() {
    TokenSet merged =
        FULL.mergedWith(TokenSet.builder(Secret.of("new"), NOW.plusSeconds(1)).build());

    assertThat(merged.accessToken()).isEqualTo(Secret.of("new"));
    assertThat(merged.refreshToken()).isEqualTo(FULL.refreshToken());
    assertThat(merged.attributes()).isEqualTo(FULL.attributes());
    assertThat(merged.secretAttributes()).isEqualTo(FULL.secretAttributes());
    assertThat(merged.scopes()).isEqualTo(FULL.scopes());
  }

  @Test
  void mergedWith_accessTokensOwnFacts_areTheAnswers() {
    TokenSet merged =
        FULL.mergedWith(TokenSet.builder(Secret.of("new"), NOW.plusSeconds(1)).build());

    assertThat(merged.expiry()).isEqualTo(Expiry.unknown());
    assertThat(merged.obtainedAt()).isEqualTo(NOW.plusSeconds(1));
  }

  @Test
  void r09_mergedWith_answerThatHoldsThings_takesThem() {
    TokenSet answer =
        TokenSet.builder(Secret.of("new"), NOW)
            .refreshToken(Secret.of("rotated"))
            .scopes(Scopes.of("api"))
            .attribute("instance_url", "https://new.example")
            .secretAttribute("id_token", Secret.of("new-id"))
            .build();

    TokenSet merged = FULL.mergedWith(answer);

    assertThat(merged.refreshToken()).contains(Secret.of("rotated"));
    assertThat(merged.scopes()).isEqualTo(Scopes.of("api"));
    assertThat(merged.attribute("instance_url")).contains("https://new.example");
    assertThat(merged.attribute("id")).contains("https://old.example/id");
    assertThat(merged.secretAttribute("id_token")).contains(Secret.of("new-id"));
  }

  @Test
  void r09_mergedWith_memberThatBecameASecret_isHeldOnce() {
    TokenSet answer =
        TokenSet.builder(Secret.of("new"), NOW).secretAttribute("id", Secret.of("new-id")).build();

    TokenSet merged = FULL.mergedWith(answer);

    assertThat(merged.secretAttribute("id")).contains(Secret.of("new-id"));
    assertThat(merged.attribute("id")).isEmpty();
  }

  @Test
  void r09_mergedWith_memberThatIsNoSecretAnyMore_isHeldOnce() {
    TokenSet answer = TokenSet.builder(Secret.of("new"), NOW).attribute("id_token", "none").build();

    TokenSet merged = FULL.mergedWith(answer);

    assertThat(merged.attribute("id_token")).contains("none");
    assertThat(merged.secretAttribute("id_token")).isEmpty();
  }

  /** A provider that sends another member each time must not fill the store. */
  @Test
  void mergedWith_memberAfterMember_keepsTheFirstThatFit() {
    TokenSet tokens = FULL;
    for (int i = 0; i < 100; i++) {
      tokens =
          tokens.mergedWith(
              TokenSet.builder(Secret.of("new"), NOW)
                  .attribute("plain" + i, "v".repeat(3_000))
                  .secretAttribute("secret" + i, Secret.of("s".repeat(3_000)))
                  .build());
    }

    assertThat(tokens.refreshToken()).isEqualTo(FULL.refreshToken());
    assertThat(tokens.attributes()).containsKeys("id", "plain0").doesNotContainKey("plain99");
    assertThat(tokens.secretAttributes()).containsKeys("id_token", "secret0");
    assertThat(tokens.toJson().reveal()).hasSizeBetween(60_000, 70_000);
  }

  /** The unknown member has just room beside what the answer leaves out. */
  @Test
  void mergedWith_answerFullOfAnUnknownMember_keepsWhatIsKnown() {
    TokenSet answer =
        TokenSet.builder(Secret.of("new"), NOW)
            .attribute("unknown", "v".repeat(65_259))
            .attribute("id", "newer")
            .build();

    TokenSet merged = FULL.mergedWith(answer);

    assertThat(merged.attributes()).containsEntry("id", "newer").doesNotContainKey("unknown");
    assertThat(merged.secretAttributes()).containsKey("id_token");
  }

  @Test
  void mergedWith_knownMemberThatFillsAllRoom_keepsTheOthers() {
    TokenSet answer =
        TokenSet.builder(Secret.of("new"), NOW).attribute("id", "v".repeat(65_470)).build();

    TokenSet merged = FULL.mergedWith(answer);

    assertThat(merged.attributes()).containsKey("instance_url");
    assertThat(merged.secretAttributes()).containsKey("id_token");
  }

  @Test
  void mergedWith_valuesThatGrow_stayWithinTheRoom() {
    TokenSet tokens = FULL;
    for (int i = 0; i < 50; i++) {
      tokens =
          tokens.mergedWith(
              TokenSet.builder(Secret.of("new"), NOW)
                  .attribute("member" + i % 10, "v".repeat(60_000))
                  .build());
    }

    assertThat(tokens.toJson().reveal()).hasSizeLessThan(70_000);
  }

  /** A member of two characters costs a hundred bytes of memory. */
  @Test
  void mergedWith_tinyMembers_keepsAThousand() {
    TokenSet.Builder answer = TokenSet.builder(Secret.of("new"), NOW);
    for (int i = 0; i < 60_000; i++) {
      answer.attribute(Integer.toString(i, 36), "");
    }

    assertThat(FULL.mergedWith(answer.build()).attributes()).hasSizeBetween(900, 1_024);
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 257, 50_001, 1_000_000})
  void toJson_nameOfAnyLength_comesBack(int length) {
    TokenSet tokens =
        TokenSet.builder(Secret.of("a"), NOW)
            .attribute("n".repeat(length), "plain")
            .secretAttribute("s".repeat(length), Secret.of("secret"))
            .build();

    assertThat(TokenSet.fromJson(tokens.toJson())).isEqualTo(tokens);
  }

  @Test
  void toJson_everything_comesBack() {
    assertThat(TokenSet.fromJson(FULL.toJson())).isEqualTo(FULL);
  }

  @Test
  void toJson_leastThereCanBe_comesBack() {
    TokenSet least = TokenSet.builder(Secret.of("a"), NOW).build();

    assertThat(TokenSet.fromJson(least.toJson())).isEqualTo(least);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-24T12:00:00.123456789Z",
        "1970-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999999999Z",
        "1677-09-21T00:12:43Z",
        "1677-09-21T00:12:44Z",
        "2262-04-11T23:47:16Z",
        "2262-04-11T23:47:17Z",
        "+1000000000-12-31T23:59:59.999999999Z"
      })
  void toJson_anyInstant_comesBackToTheNanosecond(String instant) {
    TokenSet set =
        TokenSet.builder(Secret.of("a"), Instant.parse(instant))
            .expiry(Expiry.known(Instant.parse(instant)))
            .build();

    assertThat(TokenSet.fromJson(set.toJson())).isEqualTo(set);
  }

  @Test
  void fromJson_instantsAsTexts_asVersionOneWroteThem_areRead() {
    String json =
        "{\"version\":1,\"access_token\":\"a\",\"obtained_at\":\"2026-11-24T12:00:00.5Z\",\"token_type\":\"Bearer\",\"scope\":\"\","
            + "\"expiry\":\"known\",\"expires_at\":\"2026-11-24T13:00:00Z\"}";

    TokenSet set = TokenSet.fromJson(Secret.of(json));

    assertThat(set.obtainedAt()).isEqualTo("2026-11-24T12:00:00.5Z");
    assertThat(set.expiry().instant()).contains(Instant.parse("2026-11-24T13:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"version\":2,#1.5",
        "\"version\":2,#9223372036854775808",
        "\"version\":2,#true",
        "\"version\":2,#null",
        "\"version\":2,#{}",
        "\"version\":1,#1764160000",
        "#1764160000"
      })
  void fromJson_instantThatIsNone_isRefused(String versionAndInstant) {
    String[] parts = versionAndInstant.split("#", -1);
    String json =
        "{%s\"access_token\":\"a\",\"obtained_at\":%s,\"token_type\":\"B\",\"scope\":\"\",\"expiry\":\"unknown\"}"
            .formatted(parts[0], parts[1]);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenSet.fromJson(Secret.of(json)))
        .withMessageContaining("obtained_at");
  }

  @Test
  void fromJson_membersOfALaterVersion_areIgnored() {
    String json = FULL.toJson().reveal().replaceFirst("\\{", "{\"later\":{\"x\":[1]},");

    assertThat(TokenSet.fromJson(Secret.of(json))).isEqualTo(FULL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CANARY",
        "\"CANARY\"",
        "[\"CANARY\"]",
        "{\"access_token\":\"CANARY\"",
        "{\"access_token\":\"CANARY\"}",
        "{\"access_token\":{\"x\":\"CANARY\"}}",
        "{\"access_token\":\"CANARY\",\"obtained_at\":\"CANARY\",\"token_type\":\"B\",\"scope\":\"\",\"expiry\":\"unknown\"}",
        "{\"access_token\":\"a\",\"obtained_at\":\"2026-11-24T12:00:00Z\",\"token_type\":\"B\",\"scope\":\"\",\"expiry\":\"unknown\",\"issuer\":\"https://x/ CANARY\"}",
        "{} CANARY"
      })
  void fromJson_cutOrAltered_isRefusedWithoutQuotingIt(String json) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenSet.fromJson(Secret.of(json)))
        .satisfies(error -> assertThat(causes(error)).doesNotContain("CANARY"));
  }

  private static String causes(Throwable error) {
    return error + (error.getCause() == null ? "" : " / " + causes(error.getCause()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"CANARY\n", "CANARY\r\nX: 1", "CANARY\u00e9", "\tCANARY", "CANARY\u0000"})
  void build_tokenThatNoHeaderCanCarry_isRefusedWithoutQuotingIt(String token) {
    Secret bad = Secret.of(token);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenSet.builder(bad, Instant.EPOCH).build())
        .satisfies(error -> assertThat(causes(error)).doesNotContain("CANARY"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenSet.builder(Secret.of("a"), Instant.EPOCH).refreshToken(bad).build())
        .satisfies(error -> assertThat(causes(error)).doesNotContain("CANARY"));
  }

  @Test
  void toBuilder_changesNothing() {
    assertThat(FULL.toBuilder().build()).isEqualTo(FULL).hasSameHashCodeAs(FULL);
  }

  @Test
  void build_thenAnotherMember_isNotInTheSetsBuiltBefore() {
    TokenSet.Builder builder = FULL.toBuilder();
    TokenSet before = builder.build();

    TokenSet after =
        builder.attribute("later", "1").secretAttribute("later_token", Secret.of("2")).build();
    TokenSet last = builder.attribute("later", "3").build();

    assertThat(before).isEqualTo(FULL);
    assertThat(after.attribute("later")).contains("1");
    assertThat(after.secretAttribute("later_token")).contains(Secret.of("2"));
    assertThat(last.attribute("later")).contains("3");
    assertThat(FULL.attributes()).doesNotContainKey("later");
  }

  @Test
  void toString_showsFingerprintsAndNames() {
    assertThat(FULL.toString())
        .doesNotContain("CANARY")
        .doesNotContain("old.example")
        .contains(
            FULL.accessToken().fingerprint(), "instance_url", "api refresh_token", "estimated");
  }

  @Test
  void equals_oneMemberDiffers_isNotEqual() {
    List<TokenSet> others =
        List.of(
            FULL.toBuilder().refreshToken(Secret.of("other")).build(),
            FULL.withoutRefreshToken(),
            FULL.toBuilder().tokenType("Bearer").build(),
            FULL.toBuilder().scopes(Scopes.of("api")).build(),
            FULL.toBuilder().expiry(Expiry.unknown()).build(),
            FULL.toBuilder().issuer(URI.create("https://other.example")).build(),
            FULL.toBuilder().clientId("other").build(),
            FULL.toBuilder().consentId("other").build(),
            FULL.toBuilder().grantType("client_credentials").build(),
            FULL.toBuilder().subject("other").build(),
            FULL.toBuilder().attribute("id", "other").build(),
            FULL.toBuilder().secretAttribute("id_token", Secret.of("other")).build());

    assertThat(others).doesNotContain(FULL).doesNotHaveDuplicates();
    assertThat(FULL).isNotEqualTo("a text");
    assertThat(FULL.withoutRefreshToken()).doesNotHaveSameHashCodeAs(FULL);
  }

  @Test
  void withoutAttributes_leavesOutThoseAlone() {
    TokenSet rest = FULL.withoutAttributes(name -> name.startsWith("instance"));

    assertThat(rest.attributes()).containsOnlyKeys("id");
    assertThat(rest.toBuilder().attribute("instance_url", "https://old.example").build())
        .isEqualTo(FULL);
    assertThat(FULL.withoutAttributes(name -> name.equals("none"))).isEqualTo(FULL);
  }

  @Test
  void withoutRefreshToken_leavesTheConsentAsItIs() {
    TokenSet rest = FULL.withoutRefreshToken();

    assertThat(rest.refreshToken()).isEmpty();
    assertThat(rest.toBuilder().refreshToken(Secret.of("CANARY-REFRESH")).build()).isEqualTo(FULL);
  }

  @Test
  void consentId_notGiven_isThatOfItsTokensAndClient() {
    TokenSet tokens = TokenSet.builder(Secret.of("access"), NOW).build();
    TokenSet refreshable = tokens.toBuilder().refreshToken(Secret.of("refresh")).build();

    assertThat(
            List.of(
                tokens.consentId(),
                refreshable.consentId(),
                refreshable.toBuilder().clientId("a").build().consentId(),
                refreshable.toBuilder().clientId("b").build().consentId()))
        .doesNotHaveDuplicates()
        .allMatch(id -> id.length() == 43);
    TokenSet sameGrant =
        TokenSet.builder(Secret.of("later"), NOW).refreshToken(Secret.of("refresh")).build();
    assertThat(sameGrant.consentId()).isEqualTo(refreshable.consentId());
  }

  @Test
  void sinceConsent_isKnownOfAConsentOfThisProcessAlone() {
    TokenSet consented = FULL.toBuilder().consentedNow().build();
    Duration first = consented.sinceConsent();

    assertThat(FULL.sinceConsent()).isZero();
    assertThat(first).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(consented.sinceConsent()).isGreaterThan(first);
  }

  @Test
  void toJson_whatIsNotThere_isNotWritten() {
    assertThat(TokenSet.builder(Secret.of("a"), NOW).build().toJson().reveal())
        .doesNotContain("null")
        .doesNotContain("issuer", "client_id", "consent_id", "subject", "refresh_token");
  }

  @Test
  void toString_withoutARefreshToken_saysSo() {
    assertThat(FULL.withoutRefreshToken().toString()).contains("none");
    assertThat(FULL.toString()).contains(FULL.refreshToken().orElseThrow().fingerprint());
  }

  private static TokenSet withSecrets(int count) {
    TokenSet.Builder tokens =
        TokenSet.builder(Secret.of("CANARY-ACCESS"), NOW)
            .scopes(Scopes.of("api", "CANARY-ACCESS"))
            .attribute("instance_url", "https://old.example")
            .attribute("CANARY-NAME-1", "x");
    for (int i = 1; i <= count; i++) {
      tokens.secretAttribute("secret_" + i, Secret.of("CANARY-NAME-" + i));
    }
    return tokens.build();
  }

  /** Each secret is looked for in each text, so that the server would choose the time. */
  @Test
  void toString_moreSecretsThanAnAnswerHas_showsNoTextToLookForThemIn() {
    assertThat(withSecrets(33).toString())
        .contains("scopes (not shown)", "attributes (not shown)")
        .doesNotContain("CANARY", "api", "instance_url")
        .hasSizeLessThan(300);
  }

  @Test
  void toString_asManySecretsAsAnAnswerMayHave_showsTextsWithoutThem() {
    assertThat(withSecrets(32).toString())
        .contains("api ***", "instance_url, ***")
        .doesNotContain("CANARY");
  }

  @Test
  void toString_manyNames_areCounted() {
    TokenSet.Builder tokens = TokenSet.builder(Secret.of("CANARY-ACCESS"), NOW);
    for (int i = 0; i < 4_000; i++) {
      tokens.attribute("CANARY-ACCESS-" + i, "x");
    }

    assertThat(tokens.build().toString()).doesNotContain("CANARY").hasSizeLessThan(300);
  }
}
