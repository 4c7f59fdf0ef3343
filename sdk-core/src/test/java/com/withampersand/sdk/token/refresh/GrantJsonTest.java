package com.withampersand.sdk.token.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.Version;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sealed of a grant, now and as SDKs before 0.2 did. */
class GrantJsonTest {
  private static final Refusal REFUSAL =
      new Refusal(
          "invalid_grant",
          "expired access/refresh token",
          Verdict.FINAL,
          Reason.REVOKED_OR_EXPIRED,
          Actor.END_USER,
          "Connect again.");

  private static final String OLD =
      """
      {"version":1,"access_token":"AT","refresh_token":"RT","token_type":"Bearer","scope":"api",
       "obtained_at":"2026-11-24T12:00:00Z","expiry":"unknown",
       "attributes":{"id":"https://login/id"%s},"secret_attributes":{}}
      """;

  private static final String FORMAT_TWO =
      """
      {"grant":2,"version":"0000000000000000001.0000000000000000002.0000000000000000003.0000000000000000004.0000000005","consent":"consent","rotates":true,"state":%s,"tokens":{"version":1,"access_token":"AT","refresh_token":"RT","token_type":"Bearer","scope":"","obtained_at":"2026-11-24T12:00:00Z","expiry":"known","expires_at":"2026-11-24T14:00:00Z","issuer":"https://login.example.com","client_id":"client","consent_id":"consent","grant_type":"authorization_code","attributes":{"id":"https://login/id"},"secret_attributes":{"id_token":"ID"}}}"""
          .strip();

  private static final String FORMAT_TWO_ACTIVE = FORMAT_TWO.formatted("{\"name\":\"ACTIVE\"}");

  private static final String FORMAT_TWO_BLOCKED =
      FORMAT_TWO.formatted(
          """
          {"name":"BLOCKED","refusal":{"error":"invalid_grant","description":"expired access/refresh token","verdict":"FINAL","reason":"REVOKED_OR_EXPIRED","actor":"END_USER","remedy":"Connect again."},"access_refused":true,"since":5,"origin":{"since":4,"tries":1,"unknown":1}}"""
              .strip());

  static Stream<GrantState> states() {
    return Stream.of(
        new GrantState.Active(),
        GrantState.InDoubt.NEW,
        new GrantState.InDoubt(new StoreTime(17), 3, 2),
        new GrantState.NeedsConsent(REFUSAL, true),
        new GrantState.NeedsConsent(
            new Refusal("x", null, Verdict.UNKNOWN, Reason.OTHER, Actor.DEVELOPER, ""), false),
        new GrantState.Blocked(REFUSAL, false, null, null),
        new GrantState.Blocked(
            REFUSAL, true, new StoreTime(5), new GrantState.InDoubt(new StoreTime(4), 1, 1)),
        new GrantState.HandingOver("attempt"),
        new GrantState.HandedOver("connection"),
        new GrantState.Disconnecting(null),
        new GrantState.Disconnecting("connection"));
  }

  private static TokenSet tokens() {
    return TokenSet.builder(Secret.of("AT"), Instant.parse("2026-11-24T12:00:00Z"))
        .refreshToken(Secret.of("RT"))
        .issuer(URI.create("https://login.example.com"))
        .clientId("client")
        .consentId("consent")
        .expiry(Expiry.known(Instant.parse("2026-11-24T14:00:00Z")))
        .attribute("id", "https://login/id")
        .secretAttribute("id_token", Secret.of("ID"))
        .build();
  }

  private static Grant read(String json) {
    return GrantJson.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String written(GrantState state) {
    Grant grant = new Grant(new Version(1, 2, 3, 4, 5), "consent", state, true, tokens());
    return new String(GrantJson.write(grant), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("states")
  void read_whatWasWritten_isTheSame(GrantState state) {
    Grant grant = new Grant(new Version(1, 2, 3, 4, 5), "consent", state, true, tokens());

    assertThat(GrantJson.read(GrantJson.write(grant))).isEqualTo(grant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "%s\n", " %s"})
  void read_grantsAsFormatTwoWroteThem_areTheSame(String around) {
    Version version = new Version(1, 2, 3, 4, 5);
    Grant active = new Grant(version, "consent", new GrantState.Active(), true, tokens());
    GrantState.InDoubt origin = new GrantState.InDoubt(new StoreTime(4), 1, 1);
    GrantState state = new GrantState.Blocked(REFUSAL, true, new StoreTime(5), origin);
    Grant blocked = new Grant(version, "consent", state, true, tokens());

    assertThat(read(around.formatted(FORMAT_TWO_ACTIVE))).isEqualTo(active);
    assertThat(read(around.formatted(FORMAT_TWO_BLOCKED))).isEqualTo(blocked);
  }

  @Test
  void write_tokens_standOnALineOfTheirOwn() {
    assertThat(written(new GrantState.Active()).lines()).hasSize(2);
  }

  @Test
  void read_actorByTheNameOfAnEarlierSnapshot_isNoOne() {
    String json =
        written(new GrantState.NeedsConsent(REFUSAL, true)).replace("\"END_USER\"", "\"NOBODY\"");

    Refusal refusal = ((GrantState.NeedsConsent) read(json).state()).refusal();

    assertThat(refusal.actor()).isEqualTo(Actor.NONE);
  }

  @Test
  void read_textsOfARefusalThatWereChanged_areRedacted() {
    String json =
        written(new GrantState.NeedsConsent(REFUSAL, true))
            .replace("expired access/refresh token", "5Aep861CANARYxvFHRBTTbf\\r\\nforged line")
            .replace("Connect again.", "\\u001b[31m5Aep861CANARYxvFHRBTTbf");

    String message =
        String.valueOf(
            ((GrantState.NeedsConsent) read(json).state()).refusal().toException().getMessage());

    assertThat(message).contains("*** forged line").doesNotContain("CANARY");
    assertThat(message.chars().noneMatch(Character::isISOControl)).isTrue();
  }

  @Test
  void read_countsThatWereChanged_canBeCountedFurther() {
    String json =
        written(new GrantState.InDoubt(new StoreTime(17), 3, 2))
            .replace("\"tries\":3", "\"tries\":2147483647")
            .replace("\"unknown\":2", "\"unknown\":-5");

    GrantState.InDoubt doubt = (GrantState.InDoubt) read(json).state();

    assertThat(doubt).isEqualTo(new GrantState.InDoubt(new StoreTime(17), 1000, 0));
  }

  @Test
  void read_namesOfALaterVersion_areTakenForTheCarefulOnes() {
    String json =
        written(new GrantState.NeedsConsent(REFUSAL, true))
            .replace("\"FINAL\"", "\"LATER_VERDICT\"")
            .replace("\"REVOKED_OR_EXPIRED\"", "\"LATER_REASON\"")
            .replace("\"END_USER\"", "\"LATER_ACTOR\"");

    Refusal refusal = ((GrantState.NeedsConsent) read(json).state()).refusal();

    assertThat(refusal.verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(refusal.reason()).isEqualTo(Reason.OTHER);
    assertThat(refusal.actor()).isEqualTo(Actor.DEVELOPER);
  }

  @Test
  void read_laterFormatOrState_isRefusedWithoutQuotingIt() {
    String json = written(new GrantState.Active());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(json.replace("\"grant\":3", "\"grant\":4")))
        .withMessageContaining("later version")
        .withMessageNotContaining("RT");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(json.replace("\"ACTIVE\"", "\"SLEEPING\"")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{\"grant\":2}",
        "{\"grant\":2,\"version\":\"1.2\"}",
        "x",
        "\n{}",
        "{}\n{}",
        "{\"grant\":3}\n"
      })
  void read_somethingElse_isRefused(String json) {
    assertThatIllegalArgumentException().isThrownBy(() -> read(json));
  }

  @Test
  void read_oldTokens_areActiveAndOfTheOldVersion() {
    Grant grant = read(OLD.formatted(""));

    assertThat(grant.version()).isEqualTo(Version.OLD);
    assertThat(grant.state()).isEqualTo(new GrantState.Active());
    assertThat(grant.tokens().refreshToken()).contains(Secret.of("RT"));
    assertThat(grant.tokens().attributes()).containsOnlyKeys("id");
  }

  @Test
  void read_oldMarkOfAnEnd_isADoubtSinceItMayHaveBeenFalse() {
    Grant grant = read(OLD.formatted(",\"ampersand-sdk:error\":\"invalid_grant\""));

    assertThat(grant.state()).isEqualTo(GrantState.InDoubt.NEW);
    assertThat(grant.tokens().attributes()).containsOnlyKeys("id");
  }

  @Test
  void read_oldMarksOfAHandOver_areKept() {
    Grant begun = read(OLD.formatted(",\"ampersand-sdk:handing_over\":\"true\""));
    Grant done = read(OLD.formatted(",\"ampersand-sdk:connection\":\"connection-1\""));

    assertThat(begun.state()).isEqualTo(new GrantState.HandingOver(""));
    assertThat(done.state()).isEqualTo(new GrantState.HandedOver("connection-1"));
    assertThat(done.tokens().attributes()).containsOnlyKeys("id");
  }
}
