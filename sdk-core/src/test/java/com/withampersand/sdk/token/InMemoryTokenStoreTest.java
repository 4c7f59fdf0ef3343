package com.withampersand.sdk.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.contract.TokenStoreContract;
import com.withampersand.sdk.token.Row.Change;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Revision;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InMemoryTokenStoreTest implements TokenStoreContract {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  @Override
  public TokenStore newStore() {
    return new InMemoryTokenStore();
  }

  @Override
  public TokenStore another(TokenStore store) {
    return store;
  }

  private static Change change(Duration lookIn) {
    return new Change(
        Revision.random(),
        Version.ofConsent(1),
        null,
        "ACTIVE",
        null,
        new LeaseChange.Keep(),
        0,
        lookIn,
        Set.of(),
        Duration.ZERO,
        "sealed");
  }

  private static Change change() {
    return change(Duration.ofDays(30));
  }

  @Test
  void read_clockOfTheCaller_isTheStoresTime() {
    TokenStore store = new InMemoryTokenStore(Clock.fixed(NOON, ZoneOffset.UTC));

    store.write(ADA, Revision.ABSENT, change(Duration.ofSeconds(90)));

    StoreTime noon = new StoreTime(NOON.toEpochMilli());
    assertThat(store.read(ADA).readAt()).isEqualTo(noon);
    assertThat(store.read(ADA).tokensAt()).isEqualTo(noon);
    assertThat(store.read(ADA).lookAt()).isEqualTo(new StoreTime(noon.millis() + 90_000));
  }

  @Test
  void write_lengthsOfManyCenturies_endAtTheLastInstant() {
    TokenStore store = new InMemoryTokenStore(Clock.fixed(NOON, ZoneOffset.UTC));

    store.write(ADA, Revision.ABSENT, change(Duration.ofSeconds(Long.MAX_VALUE)));

    assertThat(store.read(ADA).lookAt()).isEqualTo(new StoreTime(Long.MAX_VALUE));
  }

  /** A clock that lets something happen whenever it is looked at, once. */
  private static final class Meanwhile extends Clock {
    private Runnable next = () -> {};

    void happens(Runnable next) {
      this.next = next;
    }

    @Override
    public Instant instant() {
      Runnable now = next;
      next = () -> {};
      now.run();
      return NOON;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void write_rowWrittenMeanwhile_saysFalseAndLeavesIt() {
    Meanwhile clock = new Meanwhile();
    TokenStore store = new InMemoryTokenStore(clock);
    Change first = change();
    Change second = change();
    store.write(ADA, Revision.ABSENT, first);

    clock.happens(() -> store.write(ADA, first.revision(), second));
    boolean written = store.write(ADA, first.revision(), change());

    assertThat(written).isFalse();
    assertThat(store.read(ADA).revision()).isEqualTo(second.revision());
  }

  @Test
  void write_rowInsertedMeanwhile_saysFalseAndLeavesIt() {
    Meanwhile clock = new Meanwhile();
    TokenStore store = new InMemoryTokenStore(clock);
    Change first = change();

    clock.happens(() -> store.write(ADA, Revision.ABSENT, first));
    boolean written = store.write(ADA, Revision.ABSENT, change());

    assertThat(written).isFalse();
    assertThat(store.read(ADA).revision()).isEqualTo(first.revision());
  }

  @Test
  void write_rowRemovedMeanwhile_saysFalseAndInsertsNothing() {
    Meanwhile clock = new Meanwhile();
    TokenStore store = new InMemoryTokenStore(clock);
    Change first = change();
    store.write(ADA, Revision.ABSENT, first);

    clock.happens(() -> store.write(ADA, first.revision(), Change.remove()));
    boolean written = store.write(ADA, first.revision(), change());

    assertThat(written).isFalse();
    assertThat(store.read(ADA).isAbsent()).isTrue();
  }

  @Test
  void write_removalOfARowWrittenMeanwhile_saysFalseAndLeavesIt() {
    Meanwhile clock = new Meanwhile();
    TokenStore store = new InMemoryTokenStore(clock);
    Change first = change();
    Change second = change();
    store.write(ADA, Revision.ABSENT, first);

    clock.happens(() -> store.write(ADA, first.revision(), second));
    boolean written = store.write(ADA, first.revision(), Change.remove());

    assertThat(written).isFalse();
    assertThat(store.read(ADA).revision()).isEqualTo(second.revision());
  }
}
