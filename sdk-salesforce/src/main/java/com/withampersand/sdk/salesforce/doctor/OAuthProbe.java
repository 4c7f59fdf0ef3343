package com.withampersand.sdk.salesforce.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.http.HttpTransport.Request;
import com.withampersand.sdk.http.HttpTransport.Response;
import com.withampersand.sdk.salesforce.error.ErrorEntry;
import com.withampersand.sdk.salesforce.error.SalesforceError;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One request to Salesforce's OAuth endpoints, and what its response says. */
final class OAuthProbe {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int MAX_RESPONSE_BYTES = 1 << 20;

  /** Statuses that gateways send, which say nothing about the app. */
  private static final Set<Integer> SAYS_NOTHING = Set.of(401, 403, 407, 408);

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_SERVER_ERROR = 500;

  /** Seconds, or a date. */
  private static final Pattern RETRY_AFTER = Pattern.compile("[\\w ,:]{1,40}");

  private final Response response;

  private OAuthProbe(Response response) {
    this.response = response;
  }

  /** There is no response that says anything about the app. */
  static final class NoAnswer extends Exception {
    private static final long serialVersionUID = 1;

    NoAnswer(String reason) {
      super(reason);
    }
  }

  static OAuthProbe get(HttpTransport transport, URI uri, Map<String, String> query)
      throws NoAnswer {
    URI address = query.isEmpty() ? uri : URI.create(uri + "?" + form(query));
    return send(transport, "GET", address, Map.of(), "");
  }

  static OAuthProbe post(HttpTransport transport, URI uri, Map<String, String> form)
      throws NoAnswer {
    Map<String, String> headers =
        Map.of("Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json");
    return send(transport, "POST", uri, headers, form(form));
  }

  private static String form(Map<String, String> values) {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }

  /** Of network errors only the type is shown: their messages may quote what was sent. */
  private static OAuthProbe send(
      HttpTransport transport, String method, URI uri, Map<String, String> headers, String body)
      throws NoAnswer {
    Request request =
        new Request(method, uri, headers, body.getBytes(UTF_8), TIMEOUT, MAX_RESPONSE_BYTES);
    try {
      return new OAuthProbe(transport.send(request)).requireMeaning();
    } catch (UnknownHostException e) {
      throw new NoAnswer("its name cannot be resolved.");
    } catch (IOException e) {
      throw new NoAnswer("no complete response arrived (" + e.getClass().getSimpleName() + ").");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransportException(
          "The check of the Salesforce app was interrupted. It changed nothing; run it again.",
          true,
          false,
          e);
    }
  }

  private OAuthProbe requireMeaning() throws NoAnswer {
    Optional<SalesforceError> error = error();
    if (response.status() >= FIRST_SERVER_ERROR
        || error.filter(stated -> stated.entry() == ErrorEntry.UNAVAILABLE).isPresent()) {
      throw new NoAnswer("it is not available now (" + facts(error) + ").");
    }
    if (response.status() == TOO_MANY_REQUESTS) {
      throw new NoAnswer("it, or a proxy before it, got too many requests (" + facts(error) + ").");
    }
    if (SAYS_NOTHING.contains(response.status()) && error.isEmpty()) {
      throw new NoAnswer("it, or a proxy before it, answered " + response.status() + ".");
    }
    return this;
  }

  private String facts(Optional<SalesforceError> error) {
    return "HTTP status "
        + response.status()
        + error.flatMap(SalesforceError::code).map(code -> ", " + code).orElse("")
        + response
            .header("Retry-After")
            .filter(wait -> RETRY_AFTER.matcher(wait).matches())
            .map(wait -> ", Retry-After: " + wait)
            .orElse("");
  }

  int status() {
    return response.status();
  }

  boolean isConfiguration() {
    return response.status() == 200 && DoctorJson.isConfiguration(response.text());
  }

  /** Tells whether a browser would show a page, or be redirected to one. */
  boolean leadsOn() {
    return response.status() >= 200 && response.status() < 400;
  }

  /**
   * Returns the error in the address to which a browser would be redirected, or else in the body.
   * Pages are not searched for words: a sign-in page is full of them.
   */
  Optional<SalesforceError> error() {
    String text = response.header("Location").orElseGet(response::text);
    return SalesforceError.ofResponse(text);
  }

  /** Returns the server's time, if the response has it and does not come from a cache. */
  Optional<Instant> date() {
    return response
        .header("Date")
        .filter(date -> response.header("Age").isEmpty())
        .flatMap(OAuthProbe::instant);
  }

  private static Optional<Instant> instant(String date) {
    try {
      return Optional.of(
          ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      // As if it were absent.
      return Optional.empty();
    }
  }
}
