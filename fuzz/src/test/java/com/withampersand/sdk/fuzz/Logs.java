package com.withampersand.sdk.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** What the SDK logs, at every level, kept off the console. */
final class Logs {
  private static final Queue<ILoggingEvent> EVENTS = new ConcurrentLinkedQueue<>();

  static {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.setLevel(Level.TRACE);
    Kept kept = new Kept();
    kept.setContext(root.getLoggerContext());
    kept.start();
    root.addAppender(kept);
  }

  private Logs() {}

  private static final class Kept extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      EVENTS.add(event);
    }
  }

  /** Fails if a line since the last call shows a token, or is more than one line. */
  static void requireClean() {
    requireClean(Canary.TOKENS);
  }

  /** Fails if a line since the last call shows a secret or a token, or is more than one line. */
  static void requireClean(List<String> secrets) {
    for (ILoggingEvent event = EVENTS.poll(); event != null; event = EVENTS.poll()) {
      String line = event.getFormattedMessage();
      Canary.requireAbsent(secrets, line, "a log line");
      Canary.requireAbsent(line, "a log line");
      if (line.chars().anyMatch(Require::endsLine)) {
        throw new AssertionError("a log line has control characters: " + line);
      }
      IThrowableProxy error = event.getThrowableProxy();
      if (error instanceof ThrowableProxy proxy) {
        Canary.requireAbsent(secrets, proxy.getThrowable());
      }
    }
  }
}
