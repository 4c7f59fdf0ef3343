package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.platform.AmpersandClient;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers with a status, {@code Retry-After} and {@code Date}, which the input has. */
final class RetryAfterTarget implements Target {
  /** A year of a date has four digits. */
  private static final Duration LONGEST = Duration.ofDays(10_000 * 366L);

  @Override
  public void run(Input input) {
    Answers answers =
        new Answers(
            input.number(0, 400, 599, 429),
            Map.of(
                "Content-Type", List.of("application/json"),
                "Retry-After", List.of(input.field(1)),
                "Date", List.of(input.field(2))),
            "{\"error\":\"slow_down\"}".getBytes(StandardCharsets.UTF_8));
    AuthorizationCodeFlow flow =
        AuthorizationCodeFlow.builder(new FuzzApp(), FuzzApp.AUTHORIZE, FuzzApp.TOKEN)
            .transport(answers)
            .build();
    Tried.call(
            () -> flow.refresh(TokenAnswerTarget.tokens()),
            OAuthException.class,
            TransportException.class)
        .error()
        .ifPresent(error -> requireAsked(error, input));
    AmpersandClient client =
        AmpersandClient.builder("project", Secret.of("api-key"))
            .transport(answers)
            .maxRetries(0)
            .build();
    Tried.call(() -> client.providerApps().list(), ApiException.class)
        .error()
        .ifPresent(RetryAfterTarget::requireSensible);
  }

  /** A wait is no longer than the header says, and there is none that is not written there. */
  private static void requireAsked(Exception error, Input input) {
    requireSensible(error);
    Duration asked = asked(input.field(1).strip(), input.field(2).strip());
    ((AmpersandException) error)
        .retryAfter()
        .ifPresent(wait -> Require.that(wait.compareTo(asked) <= 0, "no wait beyond " + asked));
  }

  /** Returns what a header asks for: seconds, or a date that counts from another one. */
  private static Duration asked(String value, String date) {
    if (value.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    Duration wait = date(value).map(end -> between(date(date), end)).orElse(Duration.ZERO);
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  private static Duration between(Optional<Instant> sent, Instant end) {
    return sent.map(start -> Duration.between(start, end)).orElse(Duration.ZERO);
  }

  private static Optional<Instant> date(String text) {
    try {
      String date = text.endsWith("UTC") ? text.substring(0, text.length() - 3) + "GMT" : text;
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  static void requireSensible(Exception error) {
    if (error instanceof AmpersandException failure) {
      failure
          .retryAfter()
          .ifPresent(
              wait ->
                  Require.that(
                      !wait.isNegative() && wait.compareTo(LONGEST) < 0,
                      "no wait that is over, or beyond the last date: " + wait));
    }
  }
}
