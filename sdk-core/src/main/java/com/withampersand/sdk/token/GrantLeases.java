package com.withampersand.sdk.token;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes grants, each under a lease of its row. */
final class GrantLeases {
  private static final Logger LOG = LoggerFactory.getLogger(GrantLeases.class);

  private final GrantRows rows;
  private final TokenCipher cipher;
  private final Duration length;
  private final Patience.Time time;

  GrantLeases(GrantRows rows, TokenCipher cipher, Duration length, Patience.Time time) {
    this.rows = rows;
    this.cipher = cipher;
    this.length = length;
    this.time = time;
  }

  /**
   * Changes a grant that is free.
   *
   * @return what is stored now; empty if somebody else has the grant, or if there is none
   */
  Optional<TokenSet> change(ConnectionKey key, UnaryOperator<TokenSet> change) {
    Patience whileLeased = Patience.starting(time, length);
    return SqlErrors.telling(
            "The grant " + key + " could not be leased, and was not changed", () -> rows.take(key))
        .map(lease -> changed(lease, change, whileLeased));
  }

  private TokenSet changed(Lease lease, UnaryOperator<TokenSet> change, Patience whileLeased) {
    TokenSet after = run(lease, change);
    keep(lease, cipher.seal(lease.key(), after), whileLeased);
    return after;
  }

  private TokenSet run(Lease lease, UnaryOperator<TokenSet> change) {
    try {
      TokenSet after = change.apply(cipher.open(lease.key(), lease.tokens()));
      return Objects.requireNonNull(after, "the change returned no tokens");
    } catch (Throwable t) {
      release(lease, t);
      throw t;
    }
  }

  /** Stores what a change returned. It may be all that is left of the grant, so this insists. */
  private void keep(Lease lease, String envelope, Patience whileLeased) {
    while (!isKept(lease, envelope, whileLeased)) {
      LOG.debug("Storing the grant {} is tried again", lease.key());
    }
  }

  private boolean isKept(Lease lease, String envelope, Patience whileLeased) {
    try {
      if (despiteInterrupt(() -> rows.write(lease, envelope))) {
        return true;
      }
    } catch (SQLException e) {
      requirePause(lease, whileLeased, e);
      return false;
    }
    TokenStoreException fenced = fenced(lease);
    release(lease, fenced);
    throw fenced;
  }

  private static TokenStoreException fenced(Lease lease) {
    return new TokenStoreException(
        "The change of the grant "
            + lease.key()
            + " took longer than its lease, and somebody else has changed or deleted the grant since."
            + " Their change stays; this one was not stored. If this happens more than once, make"
            + " leaseLength longer than the longest change.",
        false,
        null);
  }

  private static void requirePause(Lease lease, Patience whileLeased, SQLException e) {
    LOG.info(
        "The database did not take the changed grant {}, SQLState {}",
        lease.key(),
        e.getSQLState());
    TokenStoreException failure =
        SqlErrors.exception("The changed grant " + lease.key() + " could not be stored", e);
    try {
      if (!failure.isRetryable() || !whileLeased.pause()) {
        throw failure;
      }
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      failure.addSuppressed(interrupt);
      throw failure;
    }
  }

  /** Ends a lease in which nothing was changed. Where that fails, it runs out. */
  private void release(Lease lease, Throwable reason) {
    try {
      despiteInterrupt(
          () -> {
            rows.release(lease.key(), lease.owner());
            return true;
          });
    } catch (SQLException e) {
      reason.addSuppressed(
          SqlErrors.exception("The lease of the grant " + lease.key() + " could not be ended", e));
    }
  }

  /** Pools give an interrupted thread no connection, but this is not the moment to stop. */
  private static <T> T despiteInterrupt(SqlErrors.Work<T> work) throws SQLException {
    boolean interrupted = Thread.interrupted();
    try {
      return work.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
