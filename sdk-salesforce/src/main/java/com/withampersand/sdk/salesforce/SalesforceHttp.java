package com.withampersand.sdk.salesforce;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.ProviderText;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.error.SalesforceRefusal;
import com.withampersand.sdk.token.RefusalTest;
import com.withampersand.sdk.token.TokenProvider;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the APIs of customers' orgs with fresh tokens, over {@link java.net.http}. Each call goes
 * to the org's own instance and nowhere else. If Salesforce refuses the access token, it is
 * refreshed once and the call is repeated once; any other refusal is returned as it is, and {@link
 * SalesforceRefusal} explains it.
 *
 * <pre>{@code
 * SalesforceHttp salesforce = SalesforceHttp.of(tokens, client);
 * HttpResponse<String> limits =
 *     salesforce.at(customer).send("/services/data/v65.0/limits", request -> request.GET());
 * }</pre>
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class SalesforceHttp {
  private static final Logger log = LoggerFactory.getLogger(SalesforceHttp.class);

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String AUTHORIZATION = "Authorization";
  private static final String BEARER = "Bearer ";
  private static final String USAGE_HEADER = "Sforce-Limit-Info";
  private static final Pattern USAGE =
      Pattern.compile("(?:^|[;,\\s])api-usage=(\\d{1,18})/(\\d{1,18})");

  private final TokenProvider tokens;
  private final HttpClient client;
  private final LoginHost[] named;
  private final LimitedText text;
  private final BiConsumer<? super ConnectionKey, ? super ApiUsage> usageListener;
  private final Executor executor;

  private SalesforceHttp(Builder builder) {
    this.tokens = builder.tokens;
    this.client = builder.client;
    this.named = builder.named;
    this.text = new LimitedText(builder.maxResponseBytes);
    this.usageListener = builder.usageListener;
    this.executor = builder.executor;
  }

  /**
   * How many API calls an org made in the last 24 hours, as Salesforce reports it.
   *
   * @param used the calls so far
   * @param limit the calls that the org is allowed
   * @see <a
   *     href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm">Salesforce:
   *     Limit Info Header</a>
   */
  public record ApiUsage(long used, long limit) {}

  /**
   * Returns calls to the instances of Salesforce itself.
   *
   * @param tokens grants of your own, or connections that Ampersand keeps
   * @param client sends the requests; give it a connect timeout
   * @throws IllegalArgumentException if {@code client} follows redirects
   */
  public static SalesforceHttp of(TokenProvider tokens, HttpClient client) {
    return builder(tokens, client).build();
  }

  /**
   * Starts calls to the instances of Salesforce.
   *
   * @param tokens grants of your own, or connections that Ampersand keeps
   * @param client sends the requests; give it a connect timeout
   * @throws IllegalArgumentException if {@code client} follows redirects, which would carry access
   *     tokens to another host
   */
  public static Builder builder(TokenProvider tokens, HttpClient client) {
    return new Builder(tokens, client);
  }

  /** Returns the calls to the org of one grant. */
  public Org at(ConnectionKey key) {
    return new Org(this, key);
  }

  /**
   * Sends a request to the org of a grant, as {@link Org#send(String, UnaryOperator)} does.
   *
   * @throws AmpersandException as {@link TokenProvider#get} does
   * @throws IOException if no complete response arrives
   * @throws InterruptedException if the thread is interrupted while it waits for the response
   */
  public HttpResponse<String> send(
      ConnectionKey key, String path, UnaryOperator<HttpRequest.Builder> request)
      throws IOException, InterruptedException {
    return at(key).send(path, request);
  }

  /** The calls to the org of one grant. Immutable, and safe to share between threads. */
  public static final class Org {
    private final SalesforceHttp http;
    private final ConnectionKey key;

    private Org(SalesforceHttp http, ConnectionKey key) {
      this.http = http;
      this.key = Objects.requireNonNull(key, "key");
    }

    /**
     * Sends a request and returns the response with its whole body as text, which must not be
     * longer than {@link Builder#maxResponseBytes}.
     *
     * @throws OAuthException if the user has to connect again, or Salesforce refuses for another
     *     reason
     * @throws NotConnectedException if there is no such grant
     * @throws AmpersandException as {@link TokenProvider#get} does
     * @throws IllegalArgumentException as {@link #send(String, UnaryOperator, BodyHandler)} does
     * @throws IllegalStateException if Salesforce has not said where the org is
     * @throws IOException if no complete response arrives, or one that is too long
     * @throws InterruptedException if the thread is interrupted while it waits for the response
     */
    public HttpResponse<String> send(String path, UnaryOperator<HttpRequest.Builder> request)
        throws IOException, InterruptedException {
      return send(path, request, http.text);
    }

    /**
     * Sends a request and reads the response by a handler of yours.
     *
     * <p>The handler gets the last response only: a refusal that a refresh cures is not passed to
     * it. Of a response with a status of 400 or more, it gets the first 64 KiB. The timeout of the
     * request ends when the handler's body is complete, which for a stream is when the headers have
     * arrived.
     *
     * @param path the path, from its first slash on, with the query if there is one
     * @param request adds method, headers, body, and a timeout if 30 seconds do not fit; called
     *     again for the second call, if there is one. It cannot set the address and the {@code
     *     Authorization} header
     * @param handler reads the body
     * @return the last response, of whatever status
     * @throws OAuthException if the user has to connect again, or Salesforce refuses for another
     *     reason
     * @throws NotConnectedException if there is no such grant
     * @throws AmpersandException as {@link TokenProvider#get} does
     * @throws IllegalArgumentException if {@code path} does not begin with one slash or is not
     *     encoded, or {@code request} sets another address
     * @throws IllegalStateException if Salesforce has not said where the org is
     * @throws IOException if no complete response arrives, or {@code handler} fails; its exception
     *     is the cause, or the exception itself where it is an {@code IOException}
     * @throws InterruptedException if the thread is interrupted while it waits for the response
     */
    public <T> HttpResponse<T> send(
        String path, UnaryOperator<HttpRequest.Builder> request, BodyHandler<T> handler)
        throws IOException, InterruptedException {
      requirePath(path);
      JudgedBody<T> judged = new JudgedBody<>(handler);
      try {
        Answer<T> answer =
            http.tokens.call(
                key,
                fresh -> http.sendOnce(key, http.request(fresh, path, request), judged),
                RefusalTest.ofResult(Answer::isFixedByRefresh));
        T body = await(judged.body(answer.read()), answer.sent());
        return new OrgResponse<>(answer.response(), body);
      } catch (Interruption e) {
        throw e.cause;
      }
    }

    /**
     * Sends a request as {@link #send(String, UnaryOperator, BodyHandler)} does, without a thread
     * that waits for the response. What may wait for a refresh runs on the {@linkplain
     * Builder#executor executor}.
     *
     * @return the response; it fails with what {@code send} throws
     * @throws IllegalArgumentException if {@code path} does not begin with one slash or is not
     *     encoded
     */
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
        String path, UnaryOperator<HttpRequest.Builder> request, BodyHandler<T> handler) {
      requirePath(path);
      JudgedBody<T> judged = new JudgedBody<>(handler);
      return CompletableFuture.supplyAsync(() -> http.tokens.getForCall(key), http.executor)
          .thenCompose(
              fresh ->
                  http.sendAsyncOnce(key, http.request(fresh, path, request), judged)
                      .thenCompose(
                          answer ->
                              answer.isFixedByRefresh()
                                  ? again(fresh, path, request, judged)
                                  : CompletableFuture.completedFuture(answer)))
          .thenCompose(
              answer ->
                  bounded(judged.body(answer.read()), answer.sent())
                      .thenApply(body -> new OrgResponse<>(answer.response(), body)));
    }

    private <T> CompletableFuture<Answer<T>> again(
        TokenSet refused,
        String path,
        UnaryOperator<HttpRequest.Builder> request,
        JudgedBody<T> judged) {
      return CompletableFuture.supplyAsync(
              () -> http.tokens.refused(key, refused.accessToken()), http.executor)
          .thenCompose(
              fresh -> http.sendAsyncOnce(key, http.request(fresh, path, request), judged));
    }
  }

  private static void requirePath(String path) {
    if (!path.startsWith("/") || path.startsWith("//")) {
      throw new IllegalArgumentException(
          "the path must begin with one slash, such as /services/data/v65.0/limits");
    }
    try {
      new URI(path);
    } catch (URISyntaxException e) {
      // Its message quotes the query, which may hold a customer's data.
      throw new IllegalArgumentException(
          "the path holds a character that must be percent-encoded, at index " + e.getIndex());
    }
  }

  /**
   * What one request was answered.
   *
   * @param sent the request, with the access token
   * @param response the response, with a body that is not the caller's yet
   */
  private record Answer<T>(HttpRequest sent, HttpResponse<JudgedBody.Read<T>> response) {
    JudgedBody.Read<T> read() {
      return response.body();
    }

    boolean isFixedByRefresh() {
      JudgedBody.Refusal refusal = read().refusal();
      return refusal != null
          && SalesforceRefusal.of(response.statusCode(), response.headers(), refusal.text())
              .isFixedByRefresh();
    }
  }

  private <T> Answer<T> sendOnce(ConnectionKey key, HttpRequest request, JudgedBody<T> judged)
      throws IOException, Interruption {
    try {
      HttpResponse<JudgedBody.Read<T>> response = await(client.sendAsync(request, judged), request);
      tellUsage(key, response);
      return new Answer<>(request, response);
    } catch (InterruptedException e) {
      throw new Interruption(e);
    }
  }

  /** The client's own time limit ends with the headers. */
  private static <R> R await(CompletableFuture<R> answer, HttpRequest sent)
      throws IOException, InterruptedException {
    Duration limit = limit(sent);
    try {
      return answer.get(NANOSECONDS.convert(limit), NANOSECONDS);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw noResponse(limit);
    } catch (ExecutionException e) {
      throw failure(e.getCause(), sent);
    }
  }

  private <T> CompletableFuture<Answer<T>> sendAsyncOnce(
      ConnectionKey key, HttpRequest request, JudgedBody<T> judged) {
    return bounded(client.sendAsync(request, judged), request)
        .thenApply(
            response -> {
              tellUsage(key, response);
              return new Answer<>(request, response);
            });
  }

  /** Does what {@link #await} does, without a thread that waits. */
  private static <R> CompletableFuture<R> bounded(CompletableFuture<R> answer, HttpRequest sent) {
    Duration limit = limit(sent);
    return answer
        .copy()
        .orTimeout(NANOSECONDS.convert(limit), NANOSECONDS)
        .handle(
            (result, error) -> {
              if (error == null) {
                return result;
              }
              answer.cancel(true);
              Throwable cause = error instanceof CompletionException ? error.getCause() : error;
              throw new CompletionException(
                  cause instanceof TimeoutException ? noResponse(limit) : failure(cause, sent));
            });
  }

  private static Duration limit(HttpRequest sent) {
    return sent.timeout().orElse(TIMEOUT);
  }

  private static HttpTimeoutException noResponse(Duration limit) {
    return new HttpTimeoutException("no complete response within " + limit);
  }

  /** A server can send back what it was sent, and the client quotes a broken response. */
  private static IOException failure(@Nullable Throwable cause, HttpRequest sent) {
    IOException failure = cause instanceof IOException io ? io : new IOException(cause);
    String credentials = sent.headers().firstValue(AUTHORIZATION).orElse("");
    return ProviderText.redacted(failure, Secret.of(credentials.substring(BEARER.length())));
  }

  private URI instance(TokenSet fresh) {
    return SalesforceTokens.of(fresh, named)
        .instanceUrl()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Salesforce has not said where the org of this grant is"));
  }

  private HttpRequest request(
      TokenSet fresh, String path, UnaryOperator<HttpRequest.Builder> request) {
    URI address = URI.create(instance(fresh) + path);
    HttpRequest.Builder builder = HttpRequest.newBuilder(address).timeout(TIMEOUT);
    if ("http".equals(address.getScheme())) {
      builder.version(HttpClient.Version.HTTP_1_1);
    }
    HttpRequest.Builder filled =
        Objects.requireNonNull(request.apply(builder), "the request function returned null");
    HttpRequest complete =
        filled.setHeader(AUTHORIZATION, BEARER + fresh.accessToken().reveal()).build();
    if (!complete.uri().equals(address)) {
      throw new IllegalArgumentException(
          "the request was given another address, to which the access token must not go");
    }
    return complete;
  }

  private void tellUsage(ConnectionKey key, HttpResponse<?> response) {
    String header = response.headers().firstValue(USAGE_HEADER).orElse("");
    Matcher usage = USAGE.matcher(header);
    if (!usage.find()) {
      return;
    }
    try {
      usageListener.accept(
          key, new ApiUsage(Long.parseLong(usage.group(1)), Long.parseLong(usage.group(2))));
    } catch (RuntimeException e) {
      log.warn("The listener for API usage failed at {}", key, e);
    }
  }

  private static void onNewThread(Runnable task) {
    Thread thread = new Thread(task, "salesforce-call");
    thread.setDaemon(true);
    thread.start();
  }

  /** Carries an interruption through a call that throws one kind of exception. */
  private static final class Interruption extends IOException {
    private static final long serialVersionUID = 1;
    private final transient InterruptedException cause;

    Interruption(InterruptedException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  /** Builds {@link SalesforceHttp}. Not safe to share between threads. */
  public static final class Builder {
    private final TokenProvider tokens;
    private final HttpClient client;
    private LoginHost[] named = {};
    private long maxResponseBytes = 16L << 20;
    private BiConsumer<? super ConnectionKey, ? super ApiUsage> usageListener = (key, usage) -> {};
    private Executor executor = SalesforceHttp::onNewThread;

    private Builder(TokenProvider tokens, HttpClient client) {
      this.tokens = Objects.requireNonNull(tokens, "tokens");
      this.client = client;
      if (client.followRedirects() != HttpClient.Redirect.NEVER) {
        throw new IllegalArgumentException(
            "the HTTP client follows redirects, which would carry access tokens to another host;"
                + " build it with followRedirects(Redirect.NEVER)");
      }
    }

    /**
     * Names hosts that are not Salesforce's, but to which access tokens may be sent where they are
     * the instance: a server on this machine in a test, or a site of a customer. The default is
     * none.
     */
    public Builder alsoAt(LoginHost... hosts) {
      this.named = hosts.clone();
      return this;
    }

    /**
     * Sets how long a body may be that is read as text; the default is 16 MiB. A {@link
     * BodyHandler} of yours decides for itself.
     *
     * @throws IllegalArgumentException if {@code bytes} is not positive
     */
    public Builder maxResponseBytes(long bytes) {
      if (bytes <= 0) {
        throw new IllegalArgumentException("maxResponseBytes must be positive");
      }
      this.maxResponseBytes = bytes;
      return this;
    }

    /**
     * Sets what is told the org's API usage after each response that reports it; the default is
     * nothing. It is called on the thread that received the response, and must not block; an
     * exception that it throws is logged.
     */
    public Builder onApiUsage(BiConsumer<? super ConnectionKey, ? super ApiUsage> listener) {
      this.usageListener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets where asynchronous calls get their tokens; the default is a new daemon thread for each
     * call. A task may wait there for a refresh, so do not use the executor that {@code
     * FreshTokens} sends its requests on: waiting tasks would keep the requests from running.
     */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /** Builds the calls. */
    public SalesforceHttp build() {
      return new SalesforceHttp(this);
    }
  }
}
