package com.withampersand.sdk;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Everything that is logged at any level, message, arguments and throwable. */
public final class LogLines {
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final List<Appender<ILoggingEvent>> others = new ArrayList<>();
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();
  private final Level level = root.getLevel();

  public void start() {
    root.iteratorForAppenders().forEachRemaining(others::add);
    others.forEach(root::detachAppender);
    events.start();
    root.addAppender(events);
    root.setLevel(Level.TRACE);
  }

  public void stop() {
    root.setLevel(level);
    root.detachAppender(events);
    others.forEach(root::addAppender);
  }

  public List<String> lines() {
    return events.list.stream().map(LogLines::line).toList();
  }

  private static String line(ILoggingEvent event) {
    return event.getLoggerName()
        + " "
        + event.getFormattedMessage()
        + " "
        + Arrays.toString(event.getArgumentArray())
        + " "
        + event.getMDCPropertyMap()
        + (event.getThrowableProxy() == null
            ? ""
            : ThrowableProxyUtil.asString(event.getThrowableProxy()));
  }
}
