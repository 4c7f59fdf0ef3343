package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleRows.POLICY;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Version;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By the usual numbers: over 30 s before the end, refreshed early 5 minutes before it. */
class FreshnessTest {
  /** Consents that are refreshed early at five minutes, and at a quarter more. */
  private static final String AT_ONCE = "bxf";

  private static final String A_QUARTER_SOONER = "afy";

  private static Grant grant(Expiry expiry, String consent, int generation) {
    TokenSet tokens =
        TokenSet.builder(Secret.of("token"), Instant.EPOCH)
            .consentId(consent)
            .expiry(expiry)
            .build();
    Version version = new Version(1, generation, 3, 3, 1);
    return new Grant(version, consent, new GrantState.Active(), false, tokens);
  }

  private static Grant lasting(Duration life, String consent, int generation) {
    return grant(Expiry.known(Instant.EPOCH.plus(life)), consent, generation);
  }

  private static Freshness of(Grant grant, Duration age, Duration wall) {
    return Freshness.of(grant, age, Instant.EPOCH.plus(wall), POLICY);
  }

  /** What is left, in milliseconds, of a token that lasts two hours. */
  @ParameterizedTest
  @CsvSource({
    "bxf, 300001, FRESH",
    "bxf, 300000, STALE",
    "bxf, 30001, STALE",
    "bxf, 30000, KNOWN_OVER",
    "bxf, -1, KNOWN_OVER",
    "afy, 375001, FRESH",
    "afy, 375000, STALE"
  })
  void of_isOverAndStaleAMarginBeforeTheEnd(String consent, long left, Freshness freshness) {
    Duration life = Duration.ofHours(2);
    Grant grant = lasting(life, consent, 2);
    Duration age = life.minusMillis(left);

    assertThat(of(grant, age, Duration.ZERO)).isEqualTo(freshness);
    assertThat(of(grant, Duration.ofHours(1), age)).isEqualTo(freshness);
  }

  /** The age, in milliseconds, of a token that lasts ten minutes by the store's clock. */
  @ParameterizedTest
  @CsvSource({
    "1, 300000, 480000, STALE",
    "1, 299999, 480000, FRESH",
    "1, 299999, 570000, KNOWN_OVER",
    "2, 299999, 570000, FRESH",
    "2, 300000, 570000, KNOWN_OVER"
  })
  void of_young_isNotStale_andAfterARefreshThisClockDoesNotCount(
      int generation, long age, long wall, Freshness freshness) {
    Grant grant = lasting(Duration.ofMinutes(10), AT_ONCE, generation);

    assertThat(of(grant, Duration.ofMillis(age), Duration.ofMillis(wall))).isEqualTo(freshness);
  }

  @Test
  void of_shortLife_hasShorterMargins() {
    Grant grant = lasting(Duration.ofSeconds(100), AT_ONCE, 2);

    assertThat(of(grant, Duration.ofSeconds(90), Duration.ZERO)).isEqualTo(Freshness.KNOWN_OVER);
    assertThat(of(grant, Duration.ofSeconds(89), Duration.ZERO)).isEqualTo(Freshness.STALE);
    assertThat(of(grant, Duration.ofSeconds(75), Duration.ZERO)).isEqualTo(Freshness.STALE);
    assertThat(of(grant, Duration.ofSeconds(74), Duration.ZERO)).isEqualTo(Freshness.FRESH);
  }

  @Test
  void of_endIsNotKnown_isOnlyEstimatedOver() {
    Duration over = Duration.ofMinutes(30);
    Expiry estimated = Expiry.estimated(Instant.EPOCH.plus(over));

    assertThat(of(grant(estimated, AT_ONCE, 2), over, Duration.ZERO))
        .isEqualTo(Freshness.ESTIMATED_OVER);
    assertThat(of(grant(Expiry.unknown(), AT_ONCE, 2), over, Duration.ZERO))
        .isEqualTo(Freshness.ESTIMATED_OVER);
    assertThat(of(grant(Expiry.unknown(), AT_ONCE, 2), Duration.ofMinutes(24), Duration.ZERO))
        .isEqualTo(Freshness.FRESH);
  }

  @Test
  void freshFor_endsWhereTheTokenIsStale() {
    Duration life = Duration.ofHours(2);
    Duration age = Duration.ofHours(1);

    assertThat(freshFor(lasting(life, AT_ONCE, 2), age, POLICY)).isEqualTo(Duration.ofMinutes(55));
    assertThat(freshFor(lasting(life, A_QUARTER_SOONER, 2), age, POLICY))
        .isEqualTo(Duration.ofSeconds(53 * 60 + 45));
  }

  @Test
  void freshFor_nothingIsRefreshedEarly_endsWhereTheTokenIsOver() {
    Grant grant = lasting(Duration.ofHours(2), AT_ONCE, 2);
    Policy late = refreshingBefore(Duration.ZERO);

    assertThat(freshFor(grant, Duration.ofHours(1), late))
        .isEqualTo(Duration.ofSeconds(59 * 60 + 30));
  }

  private static Duration freshFor(Grant grant, Duration age, Policy policy) {
    return Freshness.freshFor(grant, age, Instant.EPOCH, policy);
  }

  private static Policy refreshingBefore(Duration early) {
    return new Policy(
        POLICY.holder(),
        POLICY.certainty(),
        POLICY.announce(),
        POLICY.lease(),
        POLICY.timeToStore(),
        POLICY.carefulWait(),
        POLICY.longestCarefulWait(),
        POLICY.longestImport(),
        POLICY.cacheFor(),
        early,
        POLICY.clockSkew(),
        POLICY.youngest(),
        POLICY.sessionLength(),
        POLICY.longestSession(),
        POLICY.backoff(),
        POLICY.idle());
  }
}
