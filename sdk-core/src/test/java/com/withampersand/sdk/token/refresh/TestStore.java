package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.Version;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A store in memory that counts what it is asked, and fails as a test says. */
@SuppressWarnings("DoNotCallSuggester")
final class TestStore implements TokenStore {
  final AtomicInteger reads = new AtomicInteger();
  final AtomicInteger writes = new AtomicInteger();
  final AtomicInteger written = new AtomicInteger();
  final AtomicInteger pages = new AtomicInteger();

  /** How many writes put an older version in the place of a newer one. */
  final AtomicInteger wentBack = new AtomicInteger();

  volatile Step beforeRead = () -> {};
  volatile Step beforeWrite = () -> {};
  volatile Predicate<Row.Change> failsWrite = change -> false;
  volatile Predicate<Row.Change> failsAfterWrite = change -> false;
  volatile Step afterWrite = () -> {};
  volatile boolean takesNothing;
  volatile boolean returnsNothing;
  private final TokenStore store;

  /** Something that happens, or throws. */
  interface Step {
    void run() throws Throwable;
  }

  TestStore(Clock clock) {
    this(new InMemoryTokenStore(clock));
  }

  TestStore(TokenStore store) {
    this.store = store;
  }

  int asked() {
    return reads.get() + writes.get() + pages.get();
  }

  /** Fails everything from now on. */
  void goAway() {
    beforeRead = TestStore::fail;
    beforeWrite = TestStore::fail;
  }

  /** Works from now on. */
  void comeBack() {
    beforeRead = () -> {};
    beforeWrite = () -> {};
    failsWrite = change -> false;
    failsAfterWrite = change -> false;
    afterWrite = () -> {};
  }

  static void fail() {
    throw new TokenStoreException("The store is away.", true, null);
  }

  @Override
  public Row read(ConnectionKey key) {
    reads.incrementAndGet();
    run(beforeRead);
    return returnsNothing ? nothing() : store.read(key);
  }

  @Override
  public boolean write(ConnectionKey key, Row.Revision expected, Row.Change next) {
    writes.incrementAndGet();
    run(beforeWrite);
    if (failsWrite.test(next)) {
      fail();
    }
    Version before = store.read(key).version();
    boolean isWritten = !takesNothing && store.write(key, expected, next);
    if (isWritten) {
      written.incrementAndGet();
      if (before != null && before.isAfter(next.version())) {
        wentBack.incrementAndGet();
      }
    }
    run(afterWrite);
    if (failsAfterWrite.test(next)) {
      throw new TokenStoreException("The answer is lost.", true, true, null);
    }
    return isWritten;
  }

  @Override
  public List<Row> rows(RowFilter filter, @Nullable ConnectionKey after, int limit) {
    pages.incrementAndGet();
    run(beforeRead);
    return returnsNothing ? nothing() : store.rows(filter, after, limit);
  }

  @Override
  public List<Row> due(Row.@Nullable Cursor after, int limit) {
    pages.incrementAndGet();
    run(beforeRead);
    return returnsNothing ? nothing() : store.due(after, limit);
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    @Nullable T nothing = null;
    return nothing;
  }

  private static void run(Step step) {
    try {
      step.run();
    } catch (Throwable t) {
      TestStore.<RuntimeException>sneaky(t);
    }
  }

  /** Throws anything, as stores in other languages may. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <T extends Throwable> void sneaky(Throwable t) throws T {
    throw (T) t;
  }
}
