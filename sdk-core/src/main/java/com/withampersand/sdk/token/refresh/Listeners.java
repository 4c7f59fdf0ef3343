package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.TokenListener;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners and the log. */
final class Listeners {
  private static final Logger log = LoggerFactory.getLogger(FreshTokens.class);

  private final List<TokenListener> listeners;

  Listeners(List<TokenListener> listeners) {
    this.listeners = listeners;
  }

  boolean isEmpty() {
    return listeners.isEmpty();
  }

  /** Logs a notice. Whatever the log or a cause's text throws, the event goes on. */
  void log(ConnectionKey key, Notice notice) {
    try {
      write(key, notice);
    } catch (Throwable t) {
      UserCode.rethrowFatal(t);
    }
  }

  private static void write(ConnectionKey key, Notice notice) {
    if (notice instanceof Notice.ConsentNeeded told) {
      log.info(
          "The grant of {} ended ({}): its user has to connect again",
          key,
          told.refusal().reason());
    } else if (notice instanceof Notice.Blocked told) {
      log.info(
          "The provider refuses the grant of {} ({}); {} has to act",
          key,
          told.refusal().reason(),
          told.refusal().actor());
    } else if (notice instanceof Notice.InDoubt) {
      log.info("A refresh of {} had no usable answer; the next try follows when it is safe", key);
    } else if (notice instanceof Notice.Recovered) {
      log.info("The grant of {} works again", key);
    } else if (notice instanceof Notice.PendingWrite told) {
      log.warn(
          "New tokens of {} are not stored yet; they are kept in memory and tried again: {}",
          key,
          told.cause() == null ? "the row cannot be read" : told.cause().toString());
    } else if (notice instanceof Notice.PendingWriteDone) {
      log.info("What waited to be stored of {} is stored", key);
    } else if (notice instanceof Notice.Superseded) {
      log.info("A later consent of {} is stored; the earlier one was dropped", key);
    } else if (notice instanceof Notice.Warned told) {
      log.warn("{}: {}", key, told.warning());
    }
  }

  void tell(ConnectionKey key, Notice notice) {
    for (TokenListener listener : listeners) {
      try {
        tell(listener, key, notice);
      } catch (Throwable t) {
        log.warn("A listener failed at {} of {}", notice.getClass().getSimpleName(), key, t);
        UserCode.rethrowFatal(t);
      }
    }
  }

  private static void tell(TokenListener listener, ConnectionKey key, Notice notice) {
    if (notice instanceof Notice.Refreshed told) {
      listener.refreshed(key, told.tokens(), told.took());
    } else if (notice instanceof Notice.RefreshFailed told) {
      listener.refreshFailed(key, exception(key, told.failure()), told.took());
    } else if (notice instanceof Notice.ConsentNeeded told) {
      listener.consentNeeded(key, told.refusal().toException());
    } else if (notice instanceof Notice.Blocked told) {
      listener.blocked(key, told.refusal().toException());
    } else if (notice instanceof Notice.InDoubt) {
      listener.inDoubt(key);
    } else if (notice instanceof Notice.Recovered) {
      listener.recovered(key);
    } else if (notice instanceof Notice.PendingWrite told) {
      listener.pendingWrite(
          key, exception(key, Failure.later(Failure.Kind.STORE, told.cause(), null)));
    } else if (notice instanceof Notice.PendingWriteDone) {
      listener.pendingWriteDone(key);
    } else if (notice instanceof Notice.Superseded told) {
      listener.superseded(key, told.tokens());
    } else if (notice instanceof Notice.Warned told) {
      listener.warned(key, told.warning());
    }
  }

  private static AmpersandException exception(ConnectionKey key, Failure failure) {
    RuntimeException exception = Failures.exception(key, failure);
    return exception instanceof AmpersandException e
        ? e
        : new TokenStoreException(String.valueOf(exception.getMessage()), true, exception);
  }
}
