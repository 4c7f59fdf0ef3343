package com.withampersand.sdk.token.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitersTest {
  private static final Waiter GET = Waiter.of(1, Why.GET);
  private static final Waiter DISCONNECT = Waiter.of(2, Why.DISCONNECT);
  private static final Waiter LATER = Waiter.of(3, Why.DISCONNECT);

  private final List<Action> actions = new ArrayList<>();
  private final Waiters waiters = new Waiters(List.of(GET, DISCONNECT, LATER), actions);

  @Test
  void first_isTheOneWhoWaitsForTheLongest() {
    assertThat(waiters.first(Why.DISCONNECT)).isEqualTo(DISCONNECT);
    assertThat(waiters.first(Why.FORGET)).isNull();
  }

  @Test
  void failAll_answersThoseWhoWantThisAndNoOthers() {
    Failure failure = Failure.of(Failure.Kind.NOT_CONNECTED);
    waiters.want(Why.DISCONNECT);

    waiters.failAll(Why.DISCONNECT, failure);

    assertThat(waiters.all()).containsExactly(GET);
    assertThat(actions).containsExactly(new Action.Fail(2, failure), new Action.Fail(3, failure));
  }

  @Test
  void replace_keepsThePlace() {
    waiters.replace(DISCONNECT, Waiter.of(2, Why.FORGET));
    assertThat(waiters.all()).containsExactly(GET, Waiter.of(2, Why.FORGET), LATER);
  }
}
