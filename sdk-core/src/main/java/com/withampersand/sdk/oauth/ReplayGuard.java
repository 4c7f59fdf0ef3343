package com.withampersand.sdk.oauth;

import java.time.Clock;
import java.time.Instant;

/**
 * Remembers which signed states were used, so that a callback that is replayed is refused. A state
 * is accepted once by all flows that share a guard, so share one between all nodes that may get the
 * callback: {@link com.withampersand.sdk.token.jdbc.JdbcReplayGuard}, or your own over whatever
 * your nodes share. {@link #forOneNode()} is for a back end that runs as a single process.
 *
 * <p>Implementations are called by many threads.
 */
public interface ReplayGuard {
  /**
   * Marks a state as used, and tells whether it was unused, in one step.
   *
   * <p>A guard that cannot tell must throw: the callback then fails, and the user starts again.
   *
   * @param nonce the random part of the state: 43 letters, digits, hyphens and underscores
   * @param expiresAt when the mark may be forgotten
   * @return whether this is the first use
   */
  boolean markUsed(String nonce, Instant expiresAt);

  /**
   * Removes the mark of a state whose code provably was not used, so that the same callback may be
   * tried again. Unknown marks are ignored.
   */
  void markUnused(String nonce);

  /**
   * Returns a guard that remembers in memory, and so protects one process only: behind a load
   * balancer a replay is accepted once by each node. It keeps at most a million marks, each for an
   * hour beyond the expiry of its state, and refuses further callbacks beyond that.
   */
  static ReplayGuard forOneNode() {
    return new InMemoryReplayGuard(Clock.systemUTC());
  }
}
