package com.withampersand.sdk.spring;

import com.withampersand.sdk.oauth.TokenRenewer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Watches work, for whatever library. No name of a user or a connection gets there. */
interface Observations {
  /** Watches nothing. */
  Observations NONE =
      new Observations() {
        @Override
        public <T> T observe(
            String name, Supplier<T> work, Function<? super T, String> outcomeOfResult) {
          return work.get();
        }
      };

  /**
   * Does work, and tells how long it took and how it ended.
   *
   * @param outcomeOfResult names how work ended that did not throw: one of a few words
   */
  <T> T observe(String name, Supplier<T> work, Function<? super T, String> outcomeOfResult);

  /** Returns a renewer whose requests are watched. */
  default TokenRenewer renewer(TokenRenewer renewer) {
    return this == NONE ? renewer : new ObservedRenewer(renewer, this);
  }
}
