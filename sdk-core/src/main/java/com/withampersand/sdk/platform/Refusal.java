package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.Problem;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport.Response;
import com.withampersand.sdk.internal.Endpoints;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.internal.Text;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An answer that is no success.
 *
 * @param secrets what the request carried and nothing that comes of this may show
 */
record Refusal(ApiRequest request, URI baseUrl, Response response, List<Secret> secrets) {
  private static final int MOST_SECONDS_DIGITS = 9;

  /** Each text of a problem is searched for secrets, which takes time. */
  private static final int LONGEST_PROBLEM = 1 << 16;

  private static final String AN_ATTEMPT_BEFORE =
      "An attempt before may have been carried out; the last one ended so: ";

  AmpersandException toException(Instant now) {
    int status = response.status();
    if (status / 100 == 3) {
      return new ProtocolException(
          "The %s was answered with a redirect, which is not followed, since it would carry the credential to another host. Check the base URL. [%s]"
              .formatted(request.action(), facts(Problem.none())),
          false);
    }
    return toApiException(now);
  }

  /** Returns the exception for an answer that is no redirect. */
  ApiException toApiException(Instant now) {
    int status = response.status();
    Problem problem = problem();
    Instant retryAfter =
        Stream.of(
                retryAfter("Retry-After", now),
                retryAfter("X-Amp-Retry-After", now),
                problem.retryAfter())
            .flatMap(Optional::stream)
            .max(Instant::compareTo)
            .orElse(null);
    boolean passing = status == 429 || (status >= 500 && request.isIdempotent());
    boolean unknown =
        status >= 500
            && !request.isReading()
            && (request.isIdempotent() || !problem.retryable().orElse(false));
    return new ApiException(
        message(problem),
        status,
        problem,
        retryAfter,
        problem.retryable().orElse(passing),
        unknown);
  }

  /**
   * Returns {@code failure} for a call of which an attempt before may have been carried out,
   * whatever became of the last.
   */
  static AmpersandException afterUnknownOutcome(AmpersandException failure) {
    String message = AN_ATTEMPT_BEFORE + failure.getMessage();
    if (failure instanceof ApiException refused) {
      return new ApiException(
          message,
          refused.httpStatus(),
          refused.problem(),
          refused.retryAt().orElse(null),
          refused.isRetryable(),
          true);
    }
    return failure instanceof TransportException
        ? new TransportException(message, failure.isRetryable(), true, failure.getCause())
        : new ProtocolException(message, true, failure.getCause());
  }

  private Problem problem() {
    if (response.body().length > LONGEST_PROBLEM) {
      return Problem.none();
    }
    try {
      JsonNode node = Json.read(response.body());
      return node.isObject()
          ? Problem.of(Json.plainMembers(node, text -> Text.withoutSecrets(text, secrets)))
          : Problem.none();
    } catch (IllegalArgumentException e) {
      return Problem.none();
    }
  }

  /** Returns what a body looks like, in words that quote none of it. */
  static String seen(Response response) {
    String text = response.text().strip();
    if (text.isEmpty()) {
      return "an empty answer";
    }
    if (text.startsWith("<")) {
      return "a web page";
    }
    return text.startsWith("{") || text.startsWith("[")
        ? "broken or unexpected JSON"
        : "plain text";
  }

  private String message(Problem problem) {
    String what =
        problem
            .detail()
            .or(problem::title)
            .orElseGet(() -> problem.equals(Problem.none()) ? seen(response) : "no reason given");
    String issues =
        problem.issues().stream().map(Problem.Issue::toString).collect(Collectors.joining("; "));
    return "The %s was refused: %s%s. %s [%s]"
        .formatted(
            request.action(),
            withoutFullStop(Text.readable(what)),
            issues.isEmpty() ? "" : " (" + Text.readable(issues) + ")",
            problem.remedy().map(Text::readable).orElseGet(this::remedy),
            facts(problem));
  }

  private static String withoutFullStop(String sentence) {
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }

  private String facts(Problem problem) {
    return "host %s, status %d%s"
        .formatted(
            Endpoints.shown(baseUrl),
            response.status(),
            problem.requestId().map(id -> ", request id " + Text.readable(id)).orElse(""));
  }

  private String remedy() {
    return switch (response.status()) {
      case 400, 422 -> "Correct what the request says.";
      case 401 -> "Check the credential: it may be mistyped, expired or revoked.";
      case 403 -> "The credential is good, but not for this; check its scopes and the project.";
      case 404 -> "Check the project, the id and the base URL.";
      case 429 -> "Call less often, and try again later.";
      default ->
          response.status() >= 500
              ? "Try again later."
              : "Look the status up in Ampersand's documentation.";
    };
  }

  private Optional<Instant> retryAfter(String header, Instant now) {
    return response
        .header(header)
        .map(String::strip)
        .flatMap(
            value ->
                value.matches("\\d{1," + MOST_SECONDS_DIGITS + "}")
                    ? Optional.of(now.plusSeconds(Long.parseLong(value)))
                    : httpDate(value));
  }

  private static Optional<Instant> httpDate(String value) {
    try {
      return Optional.of(
          ZonedDateTime.parse(
                  value.replaceFirst("UTC$", "GMT"), DateTimeFormatter.RFC_1123_DATE_TIME)
              .toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
