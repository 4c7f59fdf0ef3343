package com.withampersand.sdk.token.storm;

import com.withampersand.sdk.token.refresh.FreshTokens;
import java.time.Duration;

/** How long things take in a deployment. */
enum Lengths {
  /** As by default. */
  REAL {
    @Override
    FreshTokens.Builder set(FreshTokens.Builder builder) {
      return builder;
    }
  },
  /** So short that a test need not wait long for a lease to lapse or a doubt to be resolved. */
  SHORT {
    @Override
    FreshTokens.Builder set(FreshTokens.Builder builder) {
      return builder
          .certainty(Duration.ofSeconds(2))
          .announce(Duration.ofSeconds(1))
          .lease(Duration.ofSeconds(5))
          .carefulWait(CAREFUL_WAIT)
          .cacheFor(Duration.ofMillis(100));
    }
  },
  /** Shorter than by default, and so that an announced try waits for what others have to store. */
  MEDIUM {
    @Override
    FreshTokens.Builder set(FreshTokens.Builder builder) {
      return builder
          .certainty(Duration.ofSeconds(2))
          .announce(Duration.ofSeconds(6))
          .lease(MEDIUM_LEASE)
          .carefulWait(Duration.ofSeconds(12))
          .cacheFor(Duration.ofMillis(100));
    }
  };

  /** The lease of {@link #MEDIUM}. */
  static final Duration MEDIUM_LEASE = Duration.ofSeconds(11);

  /** The careful wait of {@link #SHORT}. */
  static final Duration CAREFUL_WAIT = Duration.ofSeconds(6);

  abstract FreshTokens.Builder set(FreshTokens.Builder builder);
}
