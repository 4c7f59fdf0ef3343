package com.withampersand.sdk.platform;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.internal.Durations;
import com.withampersand.sdk.internal.Endpoints;
import com.withampersand.sdk.internal.HttpCalls;
import com.withampersand.sdk.internal.Text;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the providers' own APIs through Ampersand, which adds the customer's access token and
 * refreshes it. Your code needs the API key of Ampersand alone.
 *
 * <pre>{@code
 * AmpersandProxy proxy = AmpersandProxy.of(ampersand, client);
 * HttpResponse<String> limits =
 *     proxy
 *         .forIntegration("sync-accounts", "acme")
 *         .send("/services/data/v65.0/limits", request -> request.GET());
 * }</pre>
 *
 * <p>The API key goes to {@code https://proxy.withampersand.com} and to no other host. No redirect
 * is followed.
 *
 * <p>The JDK's client sends a GET again by itself if the connection closes before the answer.
 *
 * <p>Responses of every status are returned, since most are the provider's. A problem document that
 * Ampersand wrote, which has a member {@code subsystem}, is thrown as an {@link ApiException}.
 * Nothing is sent again but what Ampersand's rate limiter turned away, and that only if you ask for
 * it by {@link Builder#throttle(Duration)}.
 *
 * <p>The ID of the project is read once, by the first call. Safe to share between threads. Make
 * one, and keep it.
 */
public final class AmpersandProxy {
  private static final Logger log = LoggerFactory.getLogger(AmpersandProxy.class);

  private static final URI BASE_URL = URI.create("https://proxy.withampersand.com");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int MOST_RETRIES = 10;

  private static final String ACTION = "call through Ampersand's proxy";
  private static final String VERSION = "X-Amp-Proxy-Version";
  private static final String PROJECT = "X-Amp-Project-Id";
  private static final String INSTALLATION = "X-Amp-Installation-Id";
  private static final String INTEGRATION = "X-Amp-Integration-Name";
  private static final String GROUP = "X-Amp-Group-Ref";
  private static final String MODE = "X-Amp-Rate-Limiter-Mode";

  /** What a caller's request cannot set. */
  private static final Set<String> OURS =
      Set.of(
          "host",
          lower(Credential.API_KEY),
          lower(VERSION),
          lower(PROJECT),
          lower(INSTALLATION),
          lower(INTEGRATION),
          lower(GROUP),
          lower(MODE));

  /** A segment of the path that means another path, encoded or not. */
  private static final Pattern DOTS =
      Pattern.compile(
          "(?i)^[^?]*(?:/|%2f|%5c)(?:\\.|%2e){1,2}(?:/|%2f|%5c|%3b|%3f|%23|%[01][0-9a-f]|%20|[?;]|$)");

  private final AmpersandClient ampersand;
  private final HttpClient client;
  private final URI baseUrl;
  private final @Nullable Duration maxWait;
  private final int maxResponseBytes;
  private volatile @Nullable String projectId;

  private AmpersandProxy(Builder builder) {
    this.ampersand = builder.ampersand;
    this.client = builder.client;
    this.baseUrl = builder.baseUrl;
    this.maxWait = builder.maxWait;
    this.maxResponseBytes = builder.maxResponseBytes;
  }

  /**
   * Returns calls in the project of {@code ampersand}, with its API key.
   *
   * @param client sends the requests; give it a connect timeout
   * @throws IllegalArgumentException as {@link #builder(AmpersandClient, HttpClient)} does
   */
  public static AmpersandProxy of(AmpersandClient ampersand, HttpClient client) {
    return builder(ampersand, client).build();
  }

  /**
   * Starts calls in the project of {@code ampersand}, with its API key.
   *
   * @param client sends the requests; give it a connect timeout
   * @throws IllegalArgumentException if {@code ampersand} has a bearer token in place of an API
   *     key; if {@code client} follows redirects, which would carry the API key to another host; or
   *     if it has a cookie handler, which would mix customers, or an authenticator, which would
   *     repeat requests
   */
  public static Builder builder(AmpersandClient ampersand, HttpClient client) {
    return new Builder(ampersand, client);
  }

  /**
   * Returns the calls for one installation.
   *
   * @param id the installation's ID in Ampersand
   * @throws IllegalArgumentException if {@code id} is blank or cannot stand in a header
   */
  public Installation forInstallation(String id) {
    return new Installation(this, Map.of(INSTALLATION, requireHeader(id, "installation ID")));
  }

  /**
   * Returns the calls for the installation that a group has of an integration.
   *
   * @param name the integration's name, as in {@code amp.yaml}
   * @param groupRef the group: your ID of the customer's organization
   * @throws IllegalArgumentException if one of them is blank or cannot stand in a header; then use
   *     {@link #forInstallation(String)}
   */
  public Installation forIntegration(String name, String groupRef) {
    return new Installation(
        this,
        Map.of(
            INTEGRATION,
            requireHeader(name, "integration name"),
            GROUP,
            requireHeader(groupRef, "groupRef")));
  }

  /** HTTP strips spaces around a value, and carries ASCII alone without harm. */
  private static String requireHeader(String value, String name) {
    Names.require(value, name);
    if (!value.equals(value.strip()) || !value.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
      throw new IllegalArgumentException(
          name
              + " must be ASCII without spaces around it, since a header carries it;"
              + " name the installation by its ID");
    }
    return value;
  }

  /**
   * The calls to the provider of one installation. Immutable, and safe to share between threads.
   */
  public static final class Installation {
    private final AmpersandProxy proxy;
    private final Map<String, String> headers;

    private Installation(AmpersandProxy proxy, Map<String, String> headers) {
      this.proxy = proxy;
      this.headers = headers;
    }

    /**
     * Sends a request and returns the response with its whole body as text, which must not be
     * longer than {@link Builder#maxResponseBytes}. Errors are those of {@link #send(String,
     * UnaryOperator, BodyHandler)}.
     *
     * @throws IOException if no complete response arrives, or one that is too long
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public HttpResponse<String> send(String path, UnaryOperator<HttpRequest.Builder> request)
        throws IOException, InterruptedException {
      return proxy.send(this, path, request, ProxiedBody.text(proxy.maxResponseBytes));
    }

    /**
     * Sends a request and reads the response by a handler of yours.
     *
     * <p>The handler gets the last response only. Of a problem document, and of a 429 by which
     * Ampersand throttles, it gets the first 64 KiB. The timeout of the request ends when the
     * handler's body is complete, which for a stream is when the headers have arrived.
     *
     * @param path the path at the provider, from its first slash on, with the query if there is one
     * @param request adds method, headers, body, and a timeout if 30 seconds do not fit; called
     *     again for each further attempt. It cannot set the address and Ampersand's headers
     * @param handler reads the body
     * @return the last response, of whatever status; its {@link HttpResponse#request()} does not
     *     hold the API key
     * @throws ApiException if Ampersand refuses the call by a problem document of its own, or does
     *     not find the project
     * @throws TransportException if the project cannot be read
     * @throws ProtocolException if Ampersand's answer to that is not what its API describes
     * @throws IllegalArgumentException if {@code path} does not begin with one slash, has a segment
     *     {@code .} or {@code ..}, or is not encoded, or if {@code request} sets another address
     * @throws IOException if no complete response arrives, or {@code handler} fails. Whether the
     *     provider carried the request out is then not known
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public <T> HttpResponse<T> send(
        String path, UnaryOperator<HttpRequest.Builder> request, BodyHandler<T> handler)
        throws IOException, InterruptedException {
      Objects.requireNonNull(handler, "handler");
      return proxy.send(this, path, request, ProxiedBody.by(handler, proxy::isJudged));
    }

    /** Returns what names the installation. */
    @Override
    public String toString() {
      return "Installation" + Text.redacted(headers.values().toString(), List.of());
    }
  }

  private <T> HttpResponse<T> send(
      Installation installation,
      String path,
      UnaryOperator<HttpRequest.Builder> request,
      ProxiedBody<T> body)
      throws IOException, InterruptedException {
    URI address = address(path);
    Map<String, String> headers = headers(installation);
    Duration waited = Duration.ZERO;
    for (int retries = 0; ; retries++) {
      Attempt<T> attempt = attempt(request(address, request), headers, body);
      ApiException refusal = refusal(attempt);
      Optional<Duration> wait = waitBefore(retries, waited, attempt, refusal);
      if (wait.isEmpty()) {
        if (refusal != null && isAmpersands(refusal)) {
          throw refusal;
        }
        T read = await(body.body(attempt.response.body()), attempt.request, attempt.key);
        return new ProxiedResponse<>(attempt.response, attempt.request, read);
      }
      log.debug("{}: trying again in {} ms", ACTION, wait.get().toMillis());
      ampersand.calls().pause().pause(wait.get());
      waited = waited.plus(wait.get());
    }
  }

  private URI address(String path) {
    if (!path.startsWith("/") || path.startsWith("//")) {
      throw new IllegalArgumentException(
          "the path must begin with one slash, such as /services/data/v65.0/limits");
    }
    if (DOTS.matcher(path).find() || path.indexOf('#') >= 0) {
      throw new IllegalArgumentException(
          "the path must hold neither a segment of dots, which means another path, nor a fragment");
    }
    try {
      return new URI(baseUrl + path);
    } catch (URISyntaxException e) {
      // Its message quotes the query, which may hold a customer's data.
      throw new IllegalArgumentException(
          "the path holds a character that must be percent-encoded, at index "
              + (e.getIndex() - baseUrl.toString().length()));
    }
  }

  private Map<String, String> headers(Installation installation) {
    Map<String, String> headers = new LinkedHashMap<>(installation.headers);
    headers.put(VERSION, "1");
    headers.put(PROJECT, projectId());
    if (maxWait != null) {
      headers.put(MODE, "throttle");
    }
    return headers;
  }

  /** Two threads may both read it; they read the same. */
  private String projectId() {
    String id = projectId;
    if (id == null) {
      id = ampersand.projects().get().id();
      projectId = id;
    }
    return id;
  }

  private static HttpRequest request(URI address, UnaryOperator<HttpRequest.Builder> request) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(address).timeout(TIMEOUT);
    if ("http".equals(address.getScheme())) {
      builder.version(HttpClient.Version.HTTP_1_1);
    }
    HttpRequest filled =
        Objects.requireNonNull(request.apply(builder), "the request function returned null")
            .build();
    if (!filled.uri().equals(address)) {
      throw new IllegalArgumentException(
          "the request was given another address, to which the API key must not go");
    }
    return HttpRequest.newBuilder(filled, (name, value) -> !OURS.contains(lower(name))).build();
  }

  private static String lower(String header) {
    return header.toLowerCase(Locale.ROOT);
  }

  /**
   * One request and its response.
   *
   * @param request the request as the caller made it
   * @param key the API key that was sent with it
   * @param response the response, with a body that may not be the caller's yet
   */
  private record Attempt<T>(
      HttpRequest request, Secret key, HttpResponse<ProxiedBody.Read<T>> response) {}

  private <T> Attempt<T> attempt(
      HttpRequest request, Map<String, String> headers, ProxiedBody<T> body)
      throws IOException, InterruptedException {
    Map<String, String> all = new LinkedHashMap<>(headers);
    Secret key = ampersand.calls().credential().addTo(all);
    HttpRequest.Builder complete = HttpRequest.newBuilder(request, (name, value) -> true);
    all.forEach(complete::setHeader);
    return new Attempt<>(
        request, key, await(client.sendAsync(complete.build(), body), request, key));
  }

  /** The client's own time limit ends with the headers. */
  private static <R> R await(CompletableFuture<R> answer, HttpRequest request, Secret key)
      throws IOException, InterruptedException {
    Duration limit = request.timeout().orElse(TIMEOUT);
    try {
      return answer.get(NANOSECONDS.convert(limit), NANOSECONDS);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException("no complete response within " + limit);
    } catch (ExecutionException e) {
      IOException failure =
          e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
      throw HttpCalls.safe(failure, List.of(key));
    }
  }

  private boolean isJudged(HttpResponse.ResponseInfo info) {
    return isThrottled(info.statusCode(), info.headers())
        || isProblem(info.statusCode(), info.headers());
  }

  private boolean isThrottled(int status, HttpHeaders headers) {
    return maxWait != null
        && status == 429
        && headers.firstValue("X-Amp-Retryable").filter("true"::equalsIgnoreCase).isPresent();
  }

  private static boolean isProblem(int status, HttpHeaders headers) {
    return status >= 400
        && lower(headers.firstValue("Content-Type").orElse(""))
            .startsWith("application/problem+json");
  }

  /** Returns what a response would be as an exception; null unless it is judged. */
  private <T> @Nullable ApiException refusal(Attempt<T> attempt) {
    ProxiedBody.Read<T> read = attempt.response.body();
    if (read.keptBack() == null || !isJudged(read.info())) {
      return null;
    }
    ApiRequest call = ApiRequest.of(ACTION, likeInTheApi(attempt.request.method()), "");
    return new Refusal(call, baseUrl, read.keptBack(), List.of(attempt.key)).toApiException(now());
  }

  private Instant now() {
    return ampersand.calls().clock().instant();
  }

  /** Returns the method of Ampersand's API that is as safe to repeat (RFC 9110, section 9.2). */
  private static String likeInTheApi(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS" -> "GET";
      case "PUT", "DELETE" -> "PUT";
      default -> "POST";
    };
  }

  /** Returns how long to wait before the next attempt; empty if this was the last. */
  private <T> Optional<Duration> waitBefore(
      int retries, Duration waited, Attempt<T> attempt, @Nullable ApiException refusal) {
    HttpResponse<?> response = attempt.response;
    if (maxWait == null
        || refusal == null
        || !isThrottled(response.statusCode(), response.headers())) {
      return Optional.empty();
    }
    double jitter = ThreadLocalRandom.current().nextDouble();
    return new Retries(MOST_RETRIES, maxWait, maxWait)
        .waitBefore(new Retries.Attempt(true, retries, waited, jitter), refusal, now());
  }

  /** A provider's problem documents do not have this member. */
  private static boolean isAmpersands(ApiException refusal) {
    return refusal.problem().subsystem().isPresent();
  }

  /** Returns project and host. */
  @Override
  public String toString() {
    return "AmpersandProxy[project "
        + ampersand.project()
        + " at "
        + Endpoints.shown(baseUrl)
        + "]";
  }

  /** Builds an {@link AmpersandProxy}. Not safe to share between threads. */
  public static final class Builder {
    private final AmpersandClient ampersand;
    private final HttpClient client;
    private URI baseUrl = BASE_URL;
    private @Nullable Duration maxWait;
    private int maxResponseBytes = 16 << 20;

    private Builder(AmpersandClient ampersand, HttpClient client) {
      this.ampersand = ampersand;
      this.client = client;
      if (!ampersand.calls().credential().isApiKey()) {
        throw new IllegalArgumentException(
            "the proxy takes an API key, and this client has a bearer token;"
                + " build one by AmpersandClient.builder(project, apiKey)");
      }
      if (client.followRedirects() != HttpClient.Redirect.NEVER) {
        throw new IllegalArgumentException(
            "the HTTP client follows redirects, which would carry the API key to another host;"
                + " build it with followRedirects(Redirect.NEVER)");
      }
      if (client.cookieHandler().isPresent() || client.authenticator().isPresent()) {
        throw new IllegalArgumentException(
            "the HTTP client has a cookie handler or an authenticator, and all customers share the"
                + " proxy's host; build one without for this");
      }
    }

    /**
     * Sets an address on this machine, for tests; the default is {@code
     * https://proxy.withampersand.com}.
     *
     * @throws IllegalArgumentException if it is neither of these, or has user info, a query or a
     *     fragment
     */
    public Builder baseUrl(URI baseUrl) {
      URI safe = Endpoints.requireSafe(baseUrl, "base URL of Ampersand's proxy");
      if (safe.getRawQuery() != null || !(Endpoints.isLoopback(safe) || safe.equals(BASE_URL))) {
        throw new IllegalArgumentException(
            "the API key goes to " + BASE_URL + " or, in a test, to an address on this machine");
      }
      this.baseUrl = URI.create(safe.toString().replaceAll("/+$", ""));
      return this;
    }

    /**
     * Asks Ampersand to throttle calls, and waits up to 30 seconds in total for each, as {@link
     * #throttle(Duration)} does.
     */
    public Builder throttle() {
      return throttle(Duration.ofSeconds(30));
    }

    /**
     * Asks Ampersand to throttle calls ({@code X-Amp-Rate-Limiter-Mode: throttle}). The default is
     * not to ask.
     *
     * <p>A call that its rate limiter turns away, with 429 and {@code X-Amp-Retryable: true}, was
     * not carried out, so even a POST is sent again: when {@code X-Amp-Retry-After} says, or with
     * backoff. If that is too late, the 429 is the result of the call.
     *
     * @param maxWait how long one call may wait in total; zero to get each 429
     * @throws IllegalArgumentException if {@code maxWait} is negative
     */
    public Builder throttle(Duration maxWait) {
      this.maxWait = Durations.requireNotNegative(maxWait, "maximum wait");
      return this;
    }

    /**
     * Sets how long a body may be that is read as text; the default is 16 MiB. A {@link
     * BodyHandler} of yours decides for itself.
     *
     * @throws IllegalArgumentException if {@code bytes} is not positive, or 2 GiB or more
     */
    public Builder maxResponseBytes(long bytes) {
      if (bytes <= 0 || bytes >= Integer.MAX_VALUE) {
        throw new IllegalArgumentException("maxResponseBytes must be positive, and below 2 GiB");
      }
      this.maxResponseBytes = (int) bytes;
      return this;
    }

    /** Builds the calls. */
    public AmpersandProxy build() {
      return new AmpersandProxy(this);
    }
  }
}
