package com.withampersand.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProblemTest {
  @Test
  void of_mapChangedLater_staysAsItWas() {
    Map<String, Object> members = new HashMap<>(Map.of("title", "one"));
    Problem problem = Problem.of(members);

    members.put("title", "two");

    assertThat(problem.title()).contains("one");
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> problem.members().clear());
  }

  @Test
  void equals_sameDocument_isTheSame() {
    Problem one = Problem.of(Map.of("title", "one"));

    assertThat(one)
        .isEqualTo(Problem.of(Map.of("title", "one")))
        .hasSameHashCodeAs(Problem.of(Map.of("title", "one")))
        .isNotEqualTo(Problem.none())
        .hasToString("Problem{title=one}");
  }
}
