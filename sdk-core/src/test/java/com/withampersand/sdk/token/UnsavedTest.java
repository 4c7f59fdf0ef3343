package com.withampersand.sdk.token;

import static com.withampersand.sdk.token.Customer.ADA;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class UnsavedTest {
  private static final TokenSet FIRST = tokens("first");
  private static final TokenSet SECOND = tokens("second");
  private static final TokenSet THIRD = tokens("third");

  private final Unsaved unsaved = new Unsaved();

  private static TokenSet tokens(String accessToken) {
    return TokenSet.builder(Secret.of(accessToken), Instant.parse("2026-11-24T12:00:00Z")).build();
  }

  @Test
  void remove_newerTokensCameMeanwhile_keepsThose() {
    unsaved.add(ADA, FIRST, SECOND);
    Unsaved.Waiting saved = unsaved.waiting(ADA).orElseThrow();
    unsaved.add(ADA, SECOND, THIRD);

    unsaved.remove(ADA, saved);

    assertThat(unsaved.find(ADA)).contains(THIRD);
  }

  @Test
  void over_anythingThatWasReplaced_isTheNewest() {
    unsaved.add(ADA, FIRST, SECOND);
    unsaved.add(ADA, FIRST, THIRD);

    assertThat(unsaved.over(ADA, FIRST)).isEqualTo(THIRD);
    assertThat(unsaved.over(ADA, SECOND)).isEqualTo(THIRD);
  }

  @Test
  void over_tokensFromElsewhere_isThose() {
    unsaved.add(ADA, FIRST, SECOND);

    assertThat(unsaved.over(ADA, tokens("consented"))).isEqualTo(tokens("consented"));
  }
}
