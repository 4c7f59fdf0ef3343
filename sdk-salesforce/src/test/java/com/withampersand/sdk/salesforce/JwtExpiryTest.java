package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtExpiryTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final Expiry ESTIMATED = Expiry.estimated(NOON.plusSeconds(1800));

  private static TokenSet tokens(String accessToken) {
    return TokenSet.builder(Secret.of(accessToken), NOON).expiry(ESTIMATED).build();
  }

  private static String segment(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String jwt(String claims) {
    return segment("{\"alg\":\"RS256\"}") + "." + segment(claims) + ".c2lnbmF0dXJl";
  }

  @ParameterizedTest
  @CsvSource({
    "1795521601, 2026-11-24T12:00:01Z",
    "1795523400, 2026-11-24T12:30:00Z",
    "1795523400.9, 2026-11-24T12:30:00Z",
    "1.7955234e9, 2026-11-24T12:30:00Z",
    "1795608000, 2026-11-25T12:00:00Z"
  })
  void read_expInSeconds_isKnown(String exp, Instant end) {
    TokenSet read = JwtExpiry.read(tokens(jwt("{\"sub\":\"x\",\"exp\":" + exp + "}")));

    assertThat(read.expiry()).isEqualTo(Expiry.known(end));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"soon\"",
        "\"1795523400\"",
        "null",
        "true",
        "{}",
        "[]",
        "0",
        "1",
        "-1",
        "-1795523400",
        "1795521600",
        "1795435200",
        "1795523400000",
        "1827144001",
        "9223372036854775807",
        "9223372036854775808",
        "18446744075505075016",
        "1e400",
        "1e999999999",
        "-1e999999999",
        "NaN"
      })
  void read_hostileExp_changesNothing(String exp) {
    TokenSet tokens = tokens(jwt("{\"exp\":" + exp + "}"));

    assertThat(JwtExpiry.read(tokens)).isEqualTo(tokens);
  }

  @Test
  void read_numberOfAThousandDigits_changesNothing() {
    TokenSet tokens = tokens(jwt("{\"exp\":" + "9".repeat(100_000) + "}"));

    assertThat(JwtExpiry.read(tokens)).isEqualTo(tokens);
  }

  @Test
  void read_claimsNestedDeeply_changeNothing() {
    TokenSet tokens = tokens(jwt("[".repeat(100_000)));

    assertThat(JwtExpiry.read(tokens)).isEqualTo(tokens);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00Dx0000000BV7z!AR8AQP0jITN80ESEsj5EbaZTFG0RNBaT1cyWk7TrqoDjoNIWQ2ME",
        "eyJhbGciOiJub25lIn0",
        "eyJhbGciOiJub25lIn0.eyJleHAiOjE3OTU1MjM0MDB9",
        "eyJhbGciOiJub25lIn0.not base64.x",
        "eyJhbGciOiJub25lIn0..",
        "eyJhbGciOiJub25lIn0.W10.x",
        "x.eyJleHAiOjE3OTU1MjM0MDB9.x",
        "eyJhbGciOiJub25lIn0.eyJleHAiOjE3OTU1MjM0MDB9.x.y.z",
        "...."
      })
  void read_noJwt_changesNothing(String accessToken) {
    TokenSet tokens = tokens(accessToken);

    assertThat(JwtExpiry.read(tokens)).isEqualTo(tokens);
  }

  @Test
  void read_expiryThatTheAnswerNamed_stays() {
    TokenSet tokens =
        tokens(jwt("{\"exp\":1795523400}")).toBuilder()
            .expiry(Expiry.known(NOON.plusSeconds(60)))
            .build();

    assertThat(JwtExpiry.read(tokens).expiry()).isEqualTo(Expiry.known(NOON.plusSeconds(60)));
  }

  @Test
  void read_otherClaims_areNotTaken() {
    TokenSet tokens =
        tokens(jwt("{\"exp\":1795523400,\"scp\":\"full\",\"sub\":\"evil\",\"iss\":\"evil\"}"));

    TokenSet read = JwtExpiry.read(tokens);

    assertThat(read.toBuilder().expiry(ESTIMATED).build()).isEqualTo(tokens);
  }
}
