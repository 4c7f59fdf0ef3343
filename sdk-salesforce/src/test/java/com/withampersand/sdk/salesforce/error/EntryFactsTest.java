package com.withampersand.sdk.salesforce.error;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.salesforce.error.EntryFacts.Stage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryFactsTest {
  @Test
  void build_everything_isTheEntry() {
    EntryFacts facts =
        EntryFacts.token("an-id", "A title")
            .code("a_code")
            .text("a text", "another_code")
            .meaning("It means this.")
            .causes("one", "two")
            .verdict(Verdict.FINAL, Reason.OTHER)
            .actor(Actor.DEVELOPER, "Do this.")
            .alsoFor(Actor.END_USER, "Ask for that.")
            .build();

    assertThat(facts)
        .isEqualTo(
            new EntryFacts(
                Stage.TOKEN,
                "an-id",
                "A title",
                List.of(
                    new ErrorPattern("a_code", "", List.of()),
                    new ErrorPattern("another_code", "a text", List.of())),
                "It means this.",
                List.of("one", "two"),
                Verdict.FINAL,
                Reason.OTHER,
                Actor.DEVELOPER,
                Map.of(Actor.DEVELOPER, "Do this.", Actor.END_USER, "Ask for that.")));
  }

  @Test
  void build_stage_isWhereItHappens() {
    assertThat(EntryFacts.signIn("i", "t").build().stage()).isEqualTo(Stage.SIGN_IN);
    assertThat(EntryFacts.call("i", "t").build().stage()).isEqualTo(Stage.CALL);
  }

  @ParameterizedTest
  @CsvSource({
    "PROVIDER_ADMIN, Ask your Salesforce admin for help: A title.",
    "NONE, Try again later",
    "DEVELOPER, Contact its support"
  })
  void remedyFor_userWithoutATextOfTheirOwn_isGeneral(Actor actor, String remedy) {
    EntryFacts facts = EntryFacts.call("i", "A title").actor(actor, "Do this.").build();

    assertThat(facts.remedyFor(Actor.END_USER)).contains(remedy);
    assertThat(facts.remedyFor(actor)).isEqualTo("Do this.");
  }

  @Test
  void remedyFor_anotherAudience_isWhatTheActorDoes() {
    EntryFacts facts = EntryFacts.call("i", "t").actor(Actor.DEVELOPER, "Do this.").build();

    assertThat(facts.remedyFor(Actor.PROVIDER_ADMIN)).isEqualTo("Do this.");
  }
}
