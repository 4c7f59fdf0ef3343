package com.withampersand.sdk.token;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps grants in a table of PostgreSQL, MySQL, MariaDB or H2, for any number of processes on any
 * number of hosts.
 *
 * <pre>{@code
 * JdbcTokenStore store = JdbcTokenStore.of(dataSource, TokenCipher.builder("2027", key).build());
 * store.createTableIfMissing();
 * }</pre>
 *
 * <p>The table's definition comes with the SDK as {@code
 * com/withampersand/sdk/token/postgresql.sql}, {@code mysql.sql} and {@code h2.sql}, for those who
 * create tables by other means.
 *
 * <p><b>How {@link #update} is exclusive.</b> It leases the row to itself until an instant of the
 * database's clock, and gives the connection back before {@code change} runs: a provider that takes
 * its time keeps no connection and no transaction. The result is stored and the lease ended by one
 * statement. If the process dies, others take over when the lease has run out. Whoever is that late
 * and comes back after all still gets its result stored, as long as nobody else has changed the
 * grant; if somebody has, theirs stays, and {@code update} fails without being retryable.
 *
 * <p><b>When the database is away</b> for a moment as the result is to be stored, storing it is
 * tried again for as long as the lease lasts. If it fails for good, {@code update} throws and the
 * lease is left to run out, so that until then nobody uses the old tokens at the provider: whoever
 * holds the new ones calls {@link #save}.
 *
 * <p>The data source may be a pool of any size, with or without automatic commit: each statement is
 * a transaction of its own. One that joins a transaction around the call does not do, since others
 * would see the lease too late; nor does one that reads from replicas. A statement may take 10 s,
 * and a database may be silent for 15 s.
 *
 * <p>The parts of a key may have 255 characters each. Safe to share between threads. One for each
 * data source and table in a process is best: its threads wait for each other without asking the
 * database.
 */
public final class JdbcTokenStore implements TokenStore {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcTokenStore.class);

  private final GrantRows rows;
  private final TokenCipher cipher;
  private final GrantLeases leases;
  private final Duration longestWait;
  private final Patience.Time time;
  private final GrantLocks locks = new GrantLocks();

  private JdbcTokenStore(Builder builder) {
    this.rows = new GrantRows(builder.dataSource, builder.table, builder.leaseLength);
    this.cipher = builder.cipher;
    this.leases = new GrantLeases(rows, cipher, builder.leaseLength, builder.time);
    this.longestWait = builder.longestWait();
    this.time = builder.time;
  }

  /**
   * Returns a store over the table {@code ampersand_grant}, with the defaults of {@link Builder}.
   * Connects to nothing yet.
   *
   * @param dataSource where connections come from
   * @param cipher seals the tokens
   */
  public static JdbcTokenStore of(DataSource dataSource, TokenCipher cipher) {
    return builder(dataSource, cipher).build();
  }

  /**
   * Starts a store.
   *
   * @param dataSource where connections come from
   * @param cipher seals the tokens
   */
  public static Builder builder(DataSource dataSource, TokenCipher cipher) {
    return new Builder(dataSource, cipher);
  }

  /**
   * Creates the table, unless there is one of this name. Many processes may do so at once.
   *
   * @throws TokenStoreException if the database fails or does not let this user create tables, or
   *     if it is none of those that this store speaks
   */
  public void createTableIfMissing() {
    try {
      rows.create();
    } catch (SQLException e) {
      if (!isTableThere()) {
        throw SqlErrors.exception("The table of grants could not be created", e);
      }
    }
  }

  /** Somebody else may have created it at the same moment, or this user may only use it. */
  private boolean isTableThere() {
    try {
      rows.keys(null, 1);
      return true;
    } catch (SQLException e) {
      LOG.debug("The table of grants is not there, SQLState {}", e.getSQLState());
      return false;
    }
  }

  @Override
  public Optional<TokenSet> find(ConnectionKey key) {
    return findEnvelope(key).map(envelope -> cipher.open(key, envelope));
  }

  private Optional<String> findEnvelope(ConnectionKey key) {
    Objects.requireNonNull(key, "key");
    return SqlErrors.telling("The grant " + key + " could not be read", () -> rows.find(key));
  }

  @Override
  public List<ConnectionKey> keys(@Nullable ConnectionKey after, int limit) {
    KeyPages.requireLimit(limit);
    return SqlErrors.telling("The grants could not be listed", () -> rows.keys(after, limit));
  }

  /**
   * {@inheritDoc}
   *
   * <p>If the database goes away during the call, the tokens may be stored or not; saving them
   * again does no harm.
   */
  @Override
  public void save(ConnectionKey key, TokenSet tokens) {
    String envelope = cipher.seal(key, Objects.requireNonNull(tokens, "tokens"));
    String failure = "The grant " + key + " could not be saved";
    exclusively(
        key,
        turn -> {
          while (!SqlErrors.telling(failure, () -> rows.save(key, envelope))) {
            turn.awaitFreeOrGone();
          }
          return true;
        });
  }

  /**
   * {@inheritDoc}
   *
   * <p>If the database goes away during the call, the grant may be deleted or not; deleting it
   * again does no harm.
   */
  @Override
  public boolean delete(ConnectionKey key) {
    String failure = "The grant " + key + " could not be deleted";
    return exclusively(
        key,
        turn -> {
          boolean deleted;
          do {
            deleted = SqlErrors.telling(failure, () -> rows.delete(key));
          } while (!deleted && turn.awaitFree());
          return deleted;
        });
  }

  /**
   * {@inheritDoc}
   *
   * <p>If {@code change} has run and its result could not be stored, the exception tells why: it is
   * {@linkplain TokenStoreException#isRetryable() retryable} if the database was away or the thread
   * was interrupted, and not if somebody else has changed the grant after the lease had run out.
   */
  @Override
  public Optional<TokenSet> update(ConnectionKey key, UnaryOperator<TokenSet> change) {
    Objects.requireNonNull(change, "change");
    return exclusively(
        key,
        turn -> {
          Optional<TokenSet> changed;
          do {
            changed = leases.change(key, change);
          } while (changed.isEmpty() && turn.awaitFree());
          return changed;
        });
  }

  /**
   * Seals one page of grants anew, as far as they are not sealed as this store's cipher would do
   * it: after a change of keys, or to encrypt a store that kept plain text. Each is changed as by
   * {@link #update}; others may use the store meanwhile.
   *
   * @param after the key behind which the page begins; null to begin with the first
   * @param limit how many grants to look at, at most
   * @return what became of them, and where to go on
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @throws TokenStoreException if the store fails, or a grant stays locked for too long: do the
   *     same page again later
   */
  public Resealed reseal(@Nullable ConnectionKey after, int limit) {
    return Resealed.page(keys(after, limit), this::resealOne);
  }

  /** What an update stores is sealed anew, whatever it was before. */
  private boolean resealOne(ConnectionKey key) {
    return findEnvelope(key).filter(cipher::isOutdated).isPresent()
        && update(key, UnaryOperator.identity()).isPresent();
  }

  private <T> T exclusively(ConnectionKey key, Work<T> work) {
    Turn turn = new Turn(key);
    return locks.exclusively(key, longestWait, () -> work.run(turn));
  }

  private interface Work<T> {
    T run(Turn turn);
  }

  /** One caller's attempt at a grant, which other processes may have. */
  private final class Turn {
    private final ConnectionKey key;
    private final Patience patience = Patience.starting(time, longestWait);

    Turn(ConnectionKey key) {
      this.key = key;
    }

    /**
     * Waits after somebody else got in the way, until nobody has the grant. Looks at the row
     * without touching it.
     *
     * @return false, and at once, if there is no such grant
     */
    boolean awaitFree() {
      Optional<Boolean> free = look();
      while (free.isPresent()) {
        pause();
        free = look();
        if (free.orElse(false)) {
          return true;
        }
      }
      return false;
    }

    /** Waits as {@link #awaitFree} does, and for a moment where there is no such grant. */
    void awaitFreeOrGone() {
      if (!awaitFree()) {
        pause();
      }
    }

    private Optional<Boolean> look() {
      return SqlErrors.telling("The grant " + key + " could not be read", () -> rows.isFree(key));
    }

    private void pause() {
      try {
        if (!patience.pause()) {
          throw GrantLocks.stayedLocked(key, longestWait);
        }
      } catch (InterruptedException e) {
        throw GrantLocks.interrupted(key, e);
      }
    }
  }

  /** Builds a {@link JdbcTokenStore}. Not safe to share between threads. */
  public static final class Builder {
    private static final Pattern TABLE =
        Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,62}\\.)?[A-Za-z_][A-Za-z0-9_]{0,62}");
    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
    private static final Duration LONGER_THAN_LEASE = Duration.ofMinutes(1);

    private final DataSource dataSource;
    private final TokenCipher cipher;
    private String table = GrantRows.DEFAULT_TABLE;
    private Duration leaseLength = Duration.ofSeconds(90);
    private @Nullable Duration longestWait;
    private Patience.Time time = Patience.Time.REAL;

    private Builder(DataSource dataSource, TokenCipher cipher) {
      this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
      this.cipher = Objects.requireNonNull(cipher, "cipher");
    }

    /**
     * Sets the table; the default is {@code ampersand_grant}.
     *
     * @param table letters, digits and underscores, no digit first, 63 at most; the schema may
     *     stand before it with a dot
     * @throws IllegalArgumentException if it is not so
     */
    public Builder table(String table) {
      if (!TABLE.matcher(table).matches()) {
        throw new IllegalArgumentException(
            "a table's name is made of letters, digits and underscores, with the schema before a"
                + " dot if need be");
      }
      this.table = table;
      return this;
    }

    /**
     * Sets how long an {@link JdbcTokenStore#update} has a grant at most, after which it counts as
     * dead; the default is 90 s.
     *
     * <p>This must be longer than any change can take: longer than the deadline of a refresh call,
     * which is 30 s with the transport that comes with the SDK, with time to spare for storing the
     * result. A lease that is too short lets two refresh the same grant. One that is too long only
     * makes others wait when a process has died.
     *
     * @throws IllegalArgumentException if it is less than a second
     */
    public Builder leaseLength(Duration leaseLength) {
      if (leaseLength.compareTo(SHORTEST_LEASE) < 0) {
        throw new IllegalArgumentException(
            "a lease has to outlast a change: at least " + SHORTEST_LEASE + ", not " + leaseLength);
      }
      this.leaseLength = leaseLength;
      return this;
    }

    /**
     * Sets how long a caller waits for a grant that others have at most; the default is a minute
     * more than the {@linkplain #leaseLength lease}, so that a caller outlasts the death of
     * another.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder longestWait(Duration longestWait) {
      this.longestWait = GrantLocks.requireWait(longestWait);
      return this;
    }

    private Duration longestWait() {
      return longestWait == null ? leaseLength.plus(LONGER_THAN_LEASE) : longestWait;
    }

    /** Sets how time is measured and passed; the default is this machine's own. */
    Builder time(Patience.Time time) {
      this.time = time;
      return this;
    }

    /** Builds the store. Connects to nothing yet. */
    public JdbcTokenStore build() {
      return new JdbcTokenStore(this);
    }
  }
}
