package com.withampersand.sdk.token.refresh;

import org.jspecify.annotations.Nullable;

/**
 * What became of what a caller wanted.
 *
 * @param connection the recipient's connection, where there is one
 */
record Outcome(Kind kind, @Nullable String connection) {
  /** Kinds of outcome. */
  enum Kind {
    /** It is done. */
    DONE,
    /** The grant was refreshed. */
    REFRESHED,
    /** Nothing was due. */
    NOT_DUE,
    /** No renewer here owns the grant. */
    FOREIGN,
    /** There is no such grant. */
    ABSENT,
    /** A later consent is there. */
    SUPERSEDED
  }

  static Outcome of(Kind kind) {
    return new Outcome(kind, null);
  }
}
