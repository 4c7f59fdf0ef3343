package com.withampersand.sdk.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link TokenStore} does, as tests for JUnit 5.10 or newer. The test of a store
 * implements this, and adds what is the store's own:
 *
 * <pre>{@code
 * class RedisTokenStoreTest implements TokenStoreContract {
 *   @Override
 *   public TokenStore newStore(Duration longestWait) {
 *     return new RedisTokenStore(server.emptyDatabase(), longestWait);
 *   }
 *
 *   @Override
 *   public TokenStore anotherOverTheSame(TokenStore store, Duration longestWait) {
 *     return new RedisTokenStore(server.database(), longestWait);
 *   }
 * }
 * }</pre>
 *
 * <p>It comes in the artifact {@code com.withampersand:ampersand-sdk-core} with {@code
 * <type>test-jar</type>}, of the same version as the SDK. Beside it, the tests need {@code
 * org.junit.jupiter:junit-jupiter} and {@code org.assertj:assertj-core}, all in the scope {@code
 * test}.
 *
 * <p>Each test asks for one store. They wait for nothing but the store; a test of one that is sound
 * ends in time on a slow machine too.
 */
public interface TokenStoreContract {
  /** A grant. */
  ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");

  /** Another grant. */
  ConnectionKey BOB = new ConnectionKey("salesforce", "acme", "bob");

  /** A longest wait that no test uses up. */
  Duration PATIENT = Duration.ofSeconds(30);

  /** A longest wait that a test uses up. */
  Duration HASTY = Duration.ofMillis(20);

  /**
   * Returns an empty store in which a caller waits this long for a locked grant at most. Called
   * once in each test.
   */
  TokenStore newStore(Duration longestWait);

  /**
   * Returns another store over the same grants, as another process would open it. A store whose
   * grants are in the memory of one process returns the same one.
   *
   * @param store the one that {@link #newStore} returned
   * @param longestWait as for {@link #newStore}
   */
  TokenStore anotherOverTheSame(TokenStore store, Duration longestWait);

  private static TokenSet tokens(String accessToken) {
    return TokenSet.builder(Secret.of(accessToken), Instant.parse("2026-11-24T12:00:00Z")).build();
  }

  private static TokenSet fullTokens() {
    return TokenSet.builder(
            Secret.of("00Dxx!AQ.\u00fc"), Instant.parse("2026-11-24T12:00:00.123456Z"))
        .refreshToken(Secret.of("5Aep861"))
        .tokenType("bearer")
        .scopes(Scopes.of("refresh_token", "api"))
        .expiry(Expiry.estimated(Instant.parse("2026-11-24T14:00:00Z")))
        .attribute("instance_url", "https://acme.my.salesforce.com")
        .attribute("note", "\"quoted\"\n\u6771\u4eac \ud83d\ude80")
        .secretAttribute("id_token", Secret.of("eyJhbGciOi"))
        .build();
  }

  @Test
  default void find_nothingSaved_isEmpty() {
    TokenStore store = newStore(PATIENT);

    assertThat(store.find(ADA)).isEmpty();
  }

  @Test
  default void save_newGrant_isFoundWithEverything() {
    TokenStore store = newStore(PATIENT);

    store.save(ADA, fullTokens());

    assertThat(store.find(ADA)).contains(fullTokens());
  }

  @Test
  default void save_presentGrant_takesItsPlace() {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, fullTokens());

    store.save(ADA, tokens("second"));

    assertThat(store.find(ADA)).contains(tokens("second"));
  }

  @Test
  default void save_keysThatDifferInOnePart_areDifferentGrants() {
    TokenStore store = newStore(PATIENT);
    List<ConnectionKey> keys =
        List.of(
            ADA,
            new ConnectionKey("hubspot", "acme", "ada"),
            new ConnectionKey("salesforce", "Acme", "ada"),
            new ConnectionKey("salesforce", "acme ", "ada"),
            new ConnectionKey("salesforce", "acme", "bob"),
            new ConnectionKey("salesforce", "acme/ada", "ada"),
            new ConnectionKey("salesforce", "acme", "ada/ada"));

    for (int i = 0; i < keys.size(); i++) {
      store.save(keys.get(i), tokens("token-" + i));
    }

    assertThat(keys)
        .extracting(key -> store.find(key).orElseThrow().accessToken().reveal())
        .containsExactly(
            "token-0", "token-1", "token-2", "token-3", "token-4", "token-5", "token-6");
  }

  @Test
  default void delete_presentGrant_saysTrueAndItIsGone() {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("ada"));
    store.save(BOB, tokens("bob"));

    boolean deleted = store.delete(ADA);

    assertThat(deleted).isTrue();
    assertThat(store.find(ADA)).isEmpty();
    assertThat(store.find(BOB)).contains(tokens("bob"));
  }

  @Test
  default void delete_absentGrant_saysFalse() {
    TokenStore store = newStore(PATIENT);

    assertThat(store.delete(ADA)).isFalse();
  }

  @Test
  default void update_absentGrant_runsNothingAndIsEmpty() {
    TokenStore store = newStore(PATIENT);
    AtomicBoolean ran = new AtomicBoolean();

    Optional<TokenSet> stored =
        store.update(
            ADA,
            tokens -> {
              ran.set(true);
              return tokens;
            });

    assertThat(stored).isEmpty();
    assertThat(ran).isFalse();
    assertThat(store.find(ADA)).isEmpty();
  }

  @Test
  default void update_presentGrant_storesAndReturnsWhatTheChangeMakesOfIt() {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, fullTokens());
    TokenSet renewed = fullTokens().mergedWith(tokens("renewed"));

    Optional<TokenSet> stored =
        store.update(ADA, tokens -> tokens.equals(fullTokens()) ? renewed : tokens("wrong"));

    assertThat(stored).contains(renewed);
    assertThat(store.find(ADA)).contains(renewed);
  }

  @Test
  default void update_changeThrows_rethrowsItAndKeepsTheOldTokens() {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("old"));
    UnsupportedOperationException failure = new UnsupportedOperationException("refused");

    Throwable thrown =
        catchThrowable(
            () ->
                store.update(
                    ADA,
                    tokens -> {
                      throw failure;
                    }));

    assertThat(thrown).isSameAs(failure);
    assertThat(store.find(ADA)).contains(tokens("old"));
  }

  @Test
  default void update_afterAChangeThatThrew_goesThrough() {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("old"));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(
            () ->
                store.update(
                    ADA,
                    tokens -> {
                      throw new UnsupportedOperationException("refused");
                    }));

    Optional<TokenSet> stored = store.update(ADA, tokens -> tokens("new"));

    assertThat(stored).contains(tokens("new"));
  }

  @Test
  @SuppressWarnings("NullAway") // what the compiler of a user without NullAway lets pass
  default void update_changeReturnsNull_isRefusedAndKeepsTheOldTokens() {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("old"));

    assertThatExceptionOfType(NullPointerException.class)
        .isThrownBy(() -> store.update(ADA, tokens -> null));
    assertThat(store.find(ADA)).contains(tokens("old"));
  }

  @Test
  default void find_duringUpdate_returnsTheOldTokensAtOnce() throws Exception {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("old"));

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("new"))) {
      Optional<TokenSet> found = crew.run(() -> store.find(ADA)).get();
      held.letGo();

      assertThat(found).contains(tokens("old"));
      assertThat(store.find(ADA)).contains(tokens("new"));
    }
  }

  @Test
  default void update_sameGrantByManyThreadsOfTwoStores_losesNoChange() throws Exception {
    TokenStore store = newStore(PATIENT);
    TokenStore other = anotherOverTheSame(store, PATIENT);
    store.save(ADA, tokens("ada").toBuilder().attribute("count", "0").build());
    int threads = 8;
    int rounds = 25;

    try (Crew crew = new Crew()) {
      crew.runAll(
          threads,
          i -> {
            for (int round = 0; round < rounds; round++) {
              (i % 2 == 0 ? store : other).update(ADA, TokenStoreContract::counted);
            }
          });
    }

    assertThat(other.find(ADA).orElseThrow().attribute("count"))
        .contains(String.valueOf(threads * rounds));
  }

  @Test
  default void update_byManyThreadsThatFindAnExpiredGrant_isDoneByOneAndSeenByAll()
      throws Exception {
    TokenStore store = newStore(PATIENT);
    TokenStore other = anotherOverTheSame(store, PATIENT);
    store.save(ADA, tokens("expired"));
    AtomicInteger refreshes = new AtomicInteger();
    Queue<TokenSet> got = new ConcurrentLinkedQueue<>();

    try (Crew crew = new Crew()) {
      crew.runAll(
          16,
          i ->
              (i % 2 == 0 ? store : other)
                  .update(
                      ADA,
                      tokens ->
                          tokens.equals(tokens("expired"))
                              ? tokens("fresh-" + refreshes.incrementAndGet())
                              : tokens)
                  .ifPresent(got::add));
    }

    assertThat(refreshes).hasValue(1);
    assertThat(got).hasSize(16).containsOnly(tokens("fresh-1"));
  }

  @Test
  default void save_manyGrantsByManyThreads_keepsEach() throws Exception {
    TokenStore store = newStore(PATIENT);
    TokenStore other = anotherOverTheSame(store, PATIENT);

    try (Crew crew = new Crew()) {
      crew.runAll(
          8,
          i -> {
            for (int n = 0; n < 10; n++) {
              ConnectionKey key = new ConnectionKey("salesforce", "group-" + i, "user-" + n);
              (i % 2 == 0 ? store : other).save(key, tokens("of " + i + " and " + n));
            }
          });
    }

    assertThat(store.keys(null, 100)).hasSize(80);
    assertThat(store.find(new ConnectionKey("salesforce", "group-7", "user-9")))
        .contains(tokens("of 7 and 9"));
  }

  private static TokenSet counted(TokenSet tokens) {
    int count = Integer.parseInt(tokens.attribute("count").orElseThrow());
    return tokens.toBuilder().attribute("count", String.valueOf(count + 1)).build();
  }

  @Test
  default void findAndKeys_whileTheGrantIsWritten_seeItAllTheWhile() throws Exception {
    TokenStore store = newStore(PATIENT);
    TokenStore other = anotherOverTheSame(store, PATIENT);
    store.save(ADA, tokens("token"));

    try (Crew crew = new Crew()) {
      Future<Boolean> writing =
          crew.run(
              () -> {
                for (int i = 0; i < 100; i++) {
                  store.save(ADA, tokens("token-" + i));
                }
                return true;
              });
      while (!writing.isDone()) {
        assertThat(other.find(ADA)).isPresent();
        assertThat(other.keys(null, 1)).containsExactly(ADA);
      }

      assertThat(writing.get()).isTrue();
    }
  }

  @Test
  default void update_ofAnotherGrant_isNotHeldUp() throws Exception {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("ada"));
    store.save(BOB, tokens("bob"));

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("ada 2"))) {
      Optional<TokenSet> stored = crew.run(() -> store.update(BOB, old -> tokens("bob 2"))).get();
      Optional<TokenSet> adaMeanwhile = store.find(ADA);
      held.letGo();

      assertThat(stored).contains(tokens("bob 2"));
      assertThat(adaMeanwhile).contains(tokens("ada"));
    }
  }

  @Test
  default void save_duringUpdate_waitsForIt() throws Exception {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("old"));

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("updated"))) {
      Future<Boolean> saving =
          crew.run(
              () -> {
                store.save(ADA, tokens("saved"));
                return true;
              });
      boolean early = isDoneSoon(saving);
      held.letGo();
      saving.get();

      assertThat(early).isFalse();
      assertThat(store.find(ADA)).contains(tokens("saved"));
    }
  }

  @Test
  default void delete_duringUpdate_waitsForIt() throws Exception {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("old"));

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("updated"))) {
      Future<Boolean> deleting = crew.run(() -> store.delete(ADA));
      boolean early = isDoneSoon(deleting);
      held.letGo();

      assertThat(early).isFalse();
      assertThat(deleting.get()).isTrue();
      assertThat(store.find(ADA)).isEmpty();
    }
  }

  @Test
  default void update_duringUpdate_seesWhatTheFirstOneStored() throws Exception {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("old"));
    AtomicReference<@Nullable TokenSet> seen = new AtomicReference<>();

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("first"))) {
      Future<Optional<TokenSet>> second =
          crew.run(
              () ->
                  store.update(
                      ADA,
                      tokens -> {
                        seen.set(tokens);
                        return tokens("second");
                      }));
      boolean early = isDoneSoon(second);
      held.letGo();

      assertThat(early).isFalse();
      assertThat(second.get()).contains(tokens("second"));
      assertThat(seen).hasValue(tokens("first"));
    }
  }

  @Test
  default void update_besideADelete_runsOnlyWhileTheGrantIsThere() throws Exception {
    TokenStore store = newStore(PATIENT);
    TokenStore other = anotherOverTheSame(store, PATIENT);
    store.save(ADA, tokens("old"));
    AtomicBoolean ran = new AtomicBoolean();

    try (Crew crew = new Crew()) {
      Future<Boolean> deleting;
      Future<Optional<TokenSet>> updating;
      try (HeldGrant held = new HeldGrant(crew, store, tokens("first"))) {
        deleting = crew.run(() -> store.delete(ADA));
        assertThat(isDoneSoon(deleting)).isFalse();
        updating =
            crew.run(
                () ->
                    other.update(
                        ADA,
                        tokens -> {
                          ran.set(true);
                          return tokens("late");
                        }));
        held.letGo();
      }

      assertThat(deleting.get()).isTrue();
      assertThat(updating.get()).isIn(Optional.empty(), Optional.of(tokens("late")));
      assertThat(updating.get().isPresent()).isEqualTo(ran.get());
      assertThat(store.find(ADA)).isEmpty();
    }
  }

  @Test
  default void saveAndDelete_throughAnotherStore_areSeenThroughThisOne() {
    TokenStore store = newStore(PATIENT);
    TokenStore other = anotherOverTheSame(store, PATIENT);

    other.save(ADA, fullTokens());
    Optional<TokenSet> saved = store.find(ADA);
    List<ConnectionKey> keys = store.keys(null, 10);
    boolean deleted = other.delete(ADA);

    assertThat(saved).contains(fullTokens());
    assertThat(keys).containsExactly(ADA);
    assertThat(deleted).isTrue();
    assertThat(store.find(ADA)).isEmpty();
    assertThat(store.keys(null, 10)).isEmpty();
  }

  @Test
  default void update_throughAnotherStoreDuringUpdate_waitsForIt() throws Exception {
    TokenStore store = newStore(PATIENT);
    TokenStore other = anotherOverTheSame(store, PATIENT);
    store.save(ADA, tokens("old"));
    AtomicReference<@Nullable TokenSet> seen = new AtomicReference<>();

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("first"))) {
      Optional<TokenSet> meanwhile = other.find(ADA);
      Future<Optional<TokenSet>> second =
          crew.run(
              () ->
                  other.update(
                      ADA,
                      tokens -> {
                        seen.set(tokens);
                        return tokens("second");
                      }));
      boolean early = isDoneSoon(second);
      held.letGo();

      assertThat(meanwhile).contains(tokens("old"));
      assertThat(early).isFalse();
      assertThat(second.get()).contains(tokens("second"));
      assertThat(seen).hasValue(tokens("first"));
      assertThat(store.find(ADA)).contains(tokens("second"));
    }
  }

  @Test
  default void anything_throughAnotherStoreWhileLockedForTooLong_failsAndChangesNothing()
      throws Exception {
    TokenStore store = newStore(HASTY);
    TokenStore other = anotherOverTheSame(store, HASTY);
    store.save(ADA, tokens("old"));

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("updated"))) {
      assertThatExceptionOfType(TokenStoreException.class)
          .isThrownBy(() -> other.update(ADA, old -> tokens("second")));
      assertThatExceptionOfType(TokenStoreException.class)
          .isThrownBy(() -> other.save(ADA, tokens("saved")));
      assertThatExceptionOfType(TokenStoreException.class).isThrownBy(() -> other.delete(ADA));
      held.letGo();

      assertThat(other.find(ADA)).contains(tokens("updated"));
    }
  }

  @Test
  default void update_throughAnotherStoreAfterAChangeThatThrew_goesThrough() {
    TokenStore store = newStore(PATIENT);
    TokenStore other = anotherOverTheSame(store, PATIENT);
    store.save(ADA, tokens("old"));
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(
            () ->
                store.update(
                    ADA,
                    tokens -> {
                      throw new AssertionError("an error is no exception");
                    }));

    assertThat(other.update(ADA, tokens -> tokens("new"))).contains(tokens("new"));
  }

  @Test
  default void update_withinAChangeOfAnotherGrant_goesThrough() {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("ada"));
    store.save(BOB, tokens("bob"));

    store.update(
        ADA,
        tokens -> {
          store.update(BOB, inner -> tokens("bob 2"));
          return tokens("ada 2");
        });

    assertThat(store.find(ADA)).contains(tokens("ada 2"));
    assertThat(store.find(BOB)).contains(tokens("bob 2"));
  }

  /** New tokens may exist nowhere else: whoever stops the thread must not make them be lost. */
  @Test
  default void update_interruptedWithinTheChange_storesTheResultAndKeepsTheFlag() throws Exception {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("old"));

    boolean flag;
    try (Crew crew = new Crew()) {
      flag =
          crew.run(
                  () -> {
                    store.update(
                        ADA,
                        tokens -> {
                          Thread.currentThread().interrupt();
                          return tokens("new");
                        });
                    return Thread.interrupted();
                  })
              .get();
    }

    assertThat(flag).isTrue();
    assertThat(store.find(ADA)).contains(tokens("new"));
    assertThat(store.update(ADA, tokens -> tokens("newer"))).contains(tokens("newer"));
  }

  @Test
  @SuppressWarnings("NullAway") // what the compiler of a user without NullAway lets pass
  default void anything_givenNull_isRefusedAndChangesNothing() {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("old"));

    assertThatNullPointerException().isThrownBy(() -> store.find(null));
    assertThatNullPointerException().isThrownBy(() -> store.save(null, tokens("new")));
    assertThatNullPointerException().isThrownBy(() -> store.save(ADA, null));
    assertThatNullPointerException().isThrownBy(() -> store.delete(null));
    assertThatNullPointerException().isThrownBy(() -> store.update(null, tokens -> tokens));
    assertThatNullPointerException().isThrownBy(() -> store.update(ADA, null));
    assertThat(store.find(ADA)).contains(tokens("old"));
  }

  /**
   * Tells whether work that has to wait does not. Where it does wait, this is false however slow
   * the machine is.
   */
  private static boolean isDoneSoon(Future<?> work) throws Exception {
    try {
      work.get(100, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  @Test
  default void update_withinAChangeOfTheSameGrant_isRefusedAndNothingIsChanged() {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("old"));

    assertThatThrownBy(
            () ->
                store.update(
                    ADA, tokens -> store.update(ADA, inner -> tokens("inner")).orElseThrow()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ada");
    assertThat(store.find(ADA)).contains(tokens("old"));
  }

  @Test
  default void saveAndDelete_withinAChangeOfTheSameGrant_areRefused() {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("old"));
    List<@Nullable Throwable> thrown = new ArrayList<>();

    store.update(
        ADA,
        tokens -> {
          thrown.add(catchThrowable(() -> store.save(ADA, tokens("inner"))));
          thrown.add(catchThrowable(() -> store.delete(ADA)));
          return tokens("new");
        });

    assertThat(thrown).hasSize(2).hasOnlyElementsOfType(IllegalStateException.class);
    assertThat(store.find(ADA)).contains(tokens("new"));
  }

  @Test
  default void update_interruptedWhileItWaits_failsWithTheFlagSetAndChangesNothing()
      throws Exception {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("old"));
    AtomicBoolean flag = new AtomicBoolean();
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("first"))) {
      Thread waiting =
          new Thread(
              () -> {
                thrown.set(catchThrowable(() -> store.update(ADA, old -> tokens("second"))));
                flag.set(Thread.currentThread().isInterrupted());
              });
      waiting.start();
      waiting.interrupt();
      waiting.join();
      held.letGo();
    }

    assertThat(thrown.get()).isInstanceOf(TokenStoreException.class).hasMessageContaining("ada");
    assertThat(flag).isTrue();
    assertThat(store.find(ADA)).contains(tokens("first"));
  }

  @Test
  default void update_grantLockedForTooLong_failsAndMayBeTriedAgain() throws Exception {
    TokenStore store = newStore(HASTY);
    store.save(ADA, tokens("old"));

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("first"))) {
      Throwable thrown = catchThrowable(() -> store.update(ADA, old -> tokens("second")));
      held.letGo();
      Optional<TokenSet> again = store.update(ADA, old -> tokens("third"));

      assertThat(thrown)
          .asInstanceOf(InstanceOfAssertFactories.type(TokenStoreException.class))
          .returns(true, TokenStoreException::isRetryable);
      assertThat(again).contains(tokens("third"));
    }
  }

  @Test
  default void saveAndDelete_grantLockedForTooLong_failAndChangeNothing() throws Exception {
    TokenStore store = newStore(HASTY);
    store.save(ADA, tokens("old"));

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("updated"))) {
      assertThatExceptionOfType(TokenStoreException.class)
          .isThrownBy(() -> store.save(ADA, tokens("saved")));
      assertThatExceptionOfType(TokenStoreException.class).isThrownBy(() -> store.delete(ADA));
      held.letGo();

      assertThat(store.find(ADA)).contains(tokens("updated"));
    }
  }

  @Test
  default void keys_nothingSaved_isEmpty() {
    TokenStore store = newStore(PATIENT);

    assertThat(store.keys(null, 10)).isEmpty();
    assertThat(store.keys(ADA, 10)).isEmpty();
  }

  @Test
  default void keys_fewerThanThePageHolds_areAllThere() {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("ada"));
    store.save(ADA, tokens("ada again"));
    store.save(BOB, tokens("bob"));

    assertThat(store.keys(null, 10)).containsExactlyInAnyOrder(ADA, BOB);
    assertThat(store.keys(null, Integer.MAX_VALUE)).containsExactlyInAnyOrder(ADA, BOB);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 19, 20, 21})
  default void keys_walkedByPages_areEachSeenOnceInFullPagesAndOneOrder(int limit) {
    TokenStore store = newStore(PATIENT);
    List<ConnectionKey> saved = saveTwenty(store);

    List<List<ConnectionKey>> pages = pages(store, limit);

    List<ConnectionKey> walked = pages.stream().flatMap(List::stream).toList();
    assertThat(walked)
        .containsExactlyInAnyOrderElementsOf(saved)
        .containsExactlyElementsOf(store.keys(null, 100));
    assertThat(pages.subList(0, pages.size() - 1)).allMatch(page -> page.size() == limit);
  }

  @Test
  default void keys_afterAKeyThatIsGone_goOnBehindIt() {
    TokenStore store = newStore(PATIENT);
    saveTwenty(store);
    List<ConnectionKey> all = store.keys(null, 100);

    store.delete(all.get(4));
    store.delete(all.get(5));

    assertThat(store.keys(all.get(4), 3)).containsExactlyElementsOf(all.subList(6, 9));
  }

  @Test
  default void keys_othersSavedAndDeletedDuringAWalk_areEachSeenOnceIfTheyStayed() {
    TokenStore store = newStore(PATIENT);
    List<ConnectionKey> saved = saveTwenty(store);
    List<ConnectionKey> walked = new ArrayList<>();

    List<ConnectionKey> page = store.keys(null, 3);
    for (int i = 0; !page.isEmpty() && i < 100; i++) {
      walked.addAll(page);
      store.save(new ConnectionKey("salesforce", "late-" + i, "ada"), tokens("late"));
      store.save(page.get(0), tokens("changed"));
      store.delete(page.get(page.size() - 1));
      page = store.keys(page.get(page.size() - 1), 3);
    }

    assertThat(walked).doesNotHaveDuplicates().containsAll(saved);
  }

  @Test
  default void keys_duringUpdate_areListedAtOnce() throws Exception {
    TokenStore store = newStore(PATIENT);
    store.save(ADA, tokens("old"));

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("new"))) {
      List<ConnectionKey> keys = crew.run(() -> store.keys(null, 10)).get();
      held.letGo();

      assertThat(keys).containsExactly(ADA);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  default void keys_limitBelowOne_isRefused(int limit) {
    TokenStore store = newStore(PATIENT);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.keys(null, limit))
        .withMessageContaining(String.valueOf(limit));
  }

  private static List<ConnectionKey> saveTwenty(TokenStore store) {
    List<ConnectionKey> keys =
        IntStream.range(0, 20)
            .mapToObj(
                i -> new ConnectionKey(i % 3 == 0 ? "hubspot" : "salesforce", "g" + i % 4, "c" + i))
            .toList();
    keys.forEach(key -> store.save(key, tokens("token")));
    return keys;
  }

  private static List<List<ConnectionKey>> pages(TokenStore store, int limit) {
    List<List<ConnectionKey>> pages = new ArrayList<>();
    List<ConnectionKey> page = store.keys(null, limit);
    while (!page.isEmpty() && pages.size() < 100) {
      pages.add(page);
      page = store.keys(page.get(page.size() - 1), limit);
    }
    return pages;
  }

  /** Threads that end with the test, whatever becomes of it. */
  final class Crew implements AutoCloseable {
    private static final long LONGEST = 60;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    <T> Future<T> run(Callable<T> task) {
      return threads.submit(task);
    }

    /** Returns when this many threads, which begin together, have done a task with their number. */
    void runAll(int count, IntConsumer task) throws Exception {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        workers.add(
            run(
                () -> {
                  start.await();
                  task.accept(number);
                  return true;
                }));
      }
      start.countDown();
      for (Future<?> worker : workers) {
        worker.get();
      }
    }

    @Override
    public void close() {
      threads.shutdownNow();
      assertThat(haveEnded()).isTrue();
    }

    private boolean haveEnded() {
      try {
        return threads.awaitTermination(LONGEST, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  /** A thread of the crew that holds Ada's grant within a change until it is told to let go. */
  final class HeldGrant implements AutoCloseable {
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final Future<Optional<TokenSet>> update;

    HeldGrant(Crew crew, TokenStore store, TokenSet result) throws InterruptedException {
      CountDownLatch holds = new CountDownLatch(1);
      update =
          crew.run(
              () ->
                  store.update(
                      ADA,
                      tokens -> {
                        holds.countDown();
                        awaitLatch(letGo);
                        return result;
                      }));
      assertThat(holds.await(Crew.LONGEST, TimeUnit.SECONDS)).isTrue();
    }

    private static void awaitLatch(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException("the test was stopped", e);
      }
    }

    /** Returns when the result of the change is stored. */
    void letGo() throws ExecutionException, InterruptedException {
      letGo.countDown();
      update.get();
    }

    @Override
    public void close() {
      letGo.countDown();
    }
  }
}
