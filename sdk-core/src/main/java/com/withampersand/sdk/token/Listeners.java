package com.withampersand.sdk.token;

import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners, and does not let them do harm.
 *
 * @param listeners told in this order
 */
record Listeners(List<TokenListener> listeners) {
  private static final Logger log = LoggerFactory.getLogger(FreshTokens.class);

  void tell(Consumer<TokenListener> event) {
    for (TokenListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (Throwable e) {
        // Its message may hold a token that the listener was told.
        log.warn(
            "the token listener {} threw {}",
            listener.getClass().getName(),
            e.getClass().getName());
      }
    }
  }
}
