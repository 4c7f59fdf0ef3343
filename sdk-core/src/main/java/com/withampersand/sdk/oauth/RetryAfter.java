package com.withampersand.sdk.oauth;

import com.withampersand.sdk.http.HttpTransport.Response;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * How long a server asks to be left alone. A date counts from the answer's own {@code Date}, so
 * that no two clocks are compared.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3">RFC 9110, section 10.2.3</a>
 */
final class RetryAfter {
  private RetryAfter() {}

  /** Returns what an answer asks for; empty if that is nothing that can be read. */
  static Optional<Duration> of(Response response) {
    String value = response.header("Retry-After").map(String::strip).orElse("");
    return value.matches("\\d{1,9}")
        ? Optional.of(Duration.ofSeconds(Long.parseLong(value)))
        : date(value).flatMap(end -> sent(response).map(sent -> between(sent, end)));
  }

  private static Optional<ZonedDateTime> sent(Response response) {
    return response.header("Date").flatMap(RetryAfter::date);
  }

  private static Duration between(ZonedDateTime sent, ZonedDateTime end) {
    Duration wait = Duration.between(sent, end);
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  private static Optional<ZonedDateTime> date(String text) {
    try {
      // Some servers name the zone UTC, as RFC 9110 does not.
      String date = text.strip().replaceFirst("UTC$", "GMT");
      return Optional.of(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME));
    } catch (DateTimeException e) {
      // Unreadable is as good as absent.
      return Optional.empty();
    }
  }
}
