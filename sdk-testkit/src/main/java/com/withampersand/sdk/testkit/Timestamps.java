package com.withampersand.sdk.testkit;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Ampersand's times: RFC 3339 with microseconds. */
final class Timestamps {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final Clock clock;

  Timestamps(Clock clock) {
    this.clock = clock;
  }

  Instant instant() {
    return clock.instant();
  }

  String now() {
    return format(clock.instant());
  }

  static String format(Instant instant) {
    return FORMAT.format(instant);
  }
}
