package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.http.HttpTransport.Response;
import com.withampersand.sdk.internal.Endpoints;
import com.withampersand.sdk.internal.HttpCalls;
import com.withampersand.sdk.internal.Json;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the calls of the API: adds the credential, repeats what may be repeated, reads answers. */
final class ApiCalls {
  private static final Logger log = LoggerFactory.getLogger(ApiCalls.class);

  /** How the time between two attempts passes. */
  @FunctionalInterface
  interface Pause {
    void pause(Duration duration) throws InterruptedException;
  }

  private final URI baseUrl;
  private final Credential credential;
  private final HttpTransport transport;
  private final Duration callTimeout;
  private final Retries retries;
  private final Clock clock;
  private final Pause pause;
  private final int maxResponseBytes;
  private final @Nullable Deadline deadline;

  ApiCalls(AmpersandClient.Builder builder) {
    Json.checkJackson();
    this.baseUrl = builder.baseUrl;
    this.credential = builder.credential;
    this.maxResponseBytes = AmpersandClient.MAX_RESPONSE_BYTES;
    this.transport = builder.transport;
    this.callTimeout = builder.callTimeout;
    this.retries = new Retries(builder.maxRetries, builder.maxRetryTime);
    this.clock = builder.clock;
    this.pause = builder.pause;
    this.deadline = null;
  }

  private ApiCalls(ApiCalls calls, Deadline deadline) {
    this.baseUrl = calls.baseUrl;
    this.credential = calls.credential;
    this.maxResponseBytes = calls.maxResponseBytes;
    this.transport = calls.transport;
    this.callTimeout = calls.callTimeout;
    this.retries = calls.retries;
    this.clock = calls.clock;
    this.pause = calls.pause;
    this.deadline = deadline;
  }

  /** Returns these calls, all of which together are over at a deadline. */
  ApiCalls until(Deadline deadline) {
    return new ApiCalls(this, deadline);
  }

  URI baseUrl() {
    return baseUrl;
  }

  Clock clock() {
    return clock;
  }

  Credential credential() {
    return credential;
  }

  Pause pause() {
    return pause;
  }

  /** Makes a call whose answer is one JSON object. */
  Members object(ApiRequest request) {
    JsonNode node = json(request);
    if (!node.isObject()) {
      throw unusable(request, "JSON that is no object");
    }
    return new Members(node, request);
  }

  /** Makes a call whose answer is a JSON array of objects. */
  List<Members> list(ApiRequest request) {
    JsonNode node = json(request);
    if (!node.isArray()) {
      throw unusable(request, "JSON that is no array");
    }
    List<Members> items = new ArrayList<>();
    node.forEach(item -> items.add(new Members(item, request)));
    return items;
  }

  private JsonNode json(ApiRequest request) {
    Response response = send(request);
    try {
      return Json.read(response.body());
    } catch (IllegalArgumentException e) {
      throw unusable(request, Refusal.seen(response));
    }
  }

  /** Makes a call whose answer is the address of a web page, to which a browser may be sent. */
  URI address(ApiRequest request) {
    String text = send(request.acceptingText()).text().strip();
    try {
      return Endpoints.requireSafe(new URI(text), "address");
    } catch (URISyntaxException | IllegalArgumentException e) {
      // Said below; these messages may quote the answer.
      throw unusable(request, "something that is not an https URL");
    }
  }

  /** Makes a call whose answer says nothing but that it was carried out. */
  void done(ApiRequest request) {
    Response response = send(request);
    if (response.text().stripLeading().startsWith("<")) {
      throw unusable(request, Refusal.seen(response));
    }
  }

  private ProtocolException unusable(ApiRequest request, String seen) {
    return new ProtocolException(
        "The %s was answered with success, but with %s. Check the base URL; if it is right, report this to Ampersand. [host %s]"
            .formatted(request.action(), seen, Endpoints.shown(baseUrl)),
        !request.isReading());
  }

  private Response send(ApiRequest request) {
    long start = System.nanoTime();
    boolean maybeDone = false;
    for (int repetition = 0; ; repetition++) {
      try {
        return sendOnce(request);
      } catch (AmpersandException failure) {
        if (maybeDone && isGone(request, failure)) {
          return new Response(204, Map.of(), new byte[0]);
        }
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        Optional<Duration> wait = waitBefore(request, repetition, elapsed, failure);
        AmpersandException told = maybeDone ? Refusal.afterUnknownOutcome(failure) : failure;
        if (wait.isEmpty()) {
          throw told;
        }
        pause(request, wait.get(), told);
        maybeDone |= failure.isOutcomeUnknown();
      }
    }
  }

  /** If an attempt before may have deleted it, this is what was wanted. */
  private static boolean isGone(ApiRequest request, AmpersandException failure) {
    return request.isDelete()
        && failure instanceof ApiException refused
        && refused.httpStatus() == 404;
  }

  private Response sendOnce(ApiRequest request) {
    Map<String, String> headers = request.headers();
    if (request.needsCredential()) {
      request.hiding(credential.addTo(headers));
    }
    List<Secret> secrets = request.secrets();
    Response response =
        new HttpCalls(transport, timeout(request), maxResponseBytes)
            .send(
                request.action(),
                request.isIdempotent(),
                request.method(),
                request.uri(baseUrl),
                headers,
                request.bytes(),
                secrets);
    if (response.status() / 100 != 2) {
      throw new Refusal(request, baseUrl, response, secrets).toException(clock.instant());
    }
    if (response.body().length > maxResponseBytes) {
      throw unusable(request, "more than " + maxResponseBytes + " bytes");
    }
    return response;
  }

  private Duration timeout(ApiRequest request) {
    if (deadline == null) {
      return callTimeout;
    }
    Duration timeout = deadline.leftUpTo(callTimeout);
    if (timeout.isZero()) {
      throw new TransportException(
          "The %s was not sent: the time limit for it was over. Allow more time, or try again later. [host %s]"
              .formatted(request.action(), Endpoints.shown(baseUrl)),
          true,
          false,
          null);
    }
    return timeout;
  }

  private Optional<Duration> waitBefore(
      ApiRequest request, int repetition, Duration elapsed, AmpersandException failure) {
    if (request.isOnce()) {
      return Optional.empty();
    }
    double jitter = ThreadLocalRandom.current().nextDouble();
    return retries
        .waitBefore(
            new Retries.Attempt(request.isIdempotent(), repetition, elapsed, jitter),
            failure,
            clock.instant())
        .filter(wait -> deadline == null || deadline.allowsAttemptAfter(wait));
  }

  private void pause(ApiRequest request, Duration wait, AmpersandException failure) {
    log.debug("{}: trying again in {} ms", request.action(), wait.toMillis());
    try {
      pause.pause(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransportException(
          "The %s was given up: the thread was interrupted while it waited to try again. %s"
              .formatted(request.action(), withoutPage(failure)),
          failure.isRetryable(),
          failure.isOutcomeUnknown(),
          failure);
    }
  }

  /** Another message, which ends with a page of its own, quotes this. */
  private static String withoutPage(AmpersandException failure) {
    String message = failure.getMessage();
    String page = " [see " + failure.page() + "]";
    return message.endsWith(page)
        ? message.substring(0, message.length() - page.length())
        : message;
  }
}
