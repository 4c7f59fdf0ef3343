package com.withampersand.sdk.salesforce;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.RefusalTest;
import com.withampersand.sdk.token.TokenProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Calls the APIs of customers' orgs with fresh tokens, over {@link java.net.http}: each call goes
 * to the org's own instance and nowhere else. A refusal that a fresh token cures is cured by one
 * refresh and one more call; any other is returned as it is, and {@link SalesforceRefusal} explains
 * it.
 *
 * <pre>{@code
 * SalesforceHttp salesforce = SalesforceHttp.of(tokens, client);
 * HttpResponse<String> limits =
 *     salesforce.send(customer, "/services/data/v65.0/limits", request -> request.GET());
 * }</pre>
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class SalesforceHttp {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final TokenProvider tokens;
  private final HttpClient client;
  private final @Nullable LoginHost host;

  private SalesforceHttp(TokenProvider tokens, HttpClient client, @Nullable LoginHost host) {
    this.tokens = Objects.requireNonNull(tokens, "tokens");
    this.client = client;
    this.host = host;
    if (client.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException(
          "the HTTP client follows redirects, which would carry access tokens to another host;"
              + " build it with followRedirects(Redirect.NEVER)");
    }
  }

  /**
   * Returns calls to the instances of Salesforce itself.
   *
   * @param tokens grants of your own, or connections that Ampersand keeps
   * @param client sends them; give it a connect timeout
   * @throws IllegalArgumentException if {@code client} follows redirects
   */
  public static SalesforceHttp of(TokenProvider tokens, HttpClient client) {
    return new SalesforceHttp(tokens, client, null);
  }

  /**
   * Returns calls to the instances of Salesforce, and to a host that is named on purpose, such as a
   * site's.
   *
   * @param tokens grants of your own, or connections that Ampersand keeps
   * @param client sends them; give it a connect timeout
   * @param host the login host, whose own address may be the instance
   * @throws IllegalArgumentException if {@code client} follows redirects
   */
  public static SalesforceHttp of(TokenProvider tokens, HttpClient client, LoginHost host) {
    return new SalesforceHttp(tokens, client, Objects.requireNonNull(host, "host"));
  }

  /**
   * Sends a request to the org of a grant.
   *
   * @param path the path, from its first slash on, with the query if there is one
   * @param request adds method, headers, body, and another timeout than the 30 seconds that are
   *     set; asked again for the second call, if there is one. The address and the {@code
   *     Authorization} header are not its to set
   * @return the last answer, of whatever status, with its whole body in memory
   * @throws OAuthException if the user has to consent again, or Salesforce refuses for another
   *     reason
   * @throws NotConnectedException if there is no such grant
   * @throws IllegalArgumentException if {@code path} begins otherwise, or {@code request} leads to
   *     another address
   * @throws IllegalStateException if Salesforce has not said where the org is
   * @throws AmpersandException as {@link TokenProvider#get} does
   * @throws IOException if no answer arrives
   * @throws InterruptedException if the thread is interrupted while it waits for the answer
   */
  public HttpResponse<String> send(
      ConnectionKey key, String path, UnaryOperator<HttpRequest.Builder> request)
      throws IOException, InterruptedException {
    requirePath(path);
    try {
      return tokens.call(
          key,
          fresh -> sendOnce(fresh, path, request),
          RefusalTest.ofResult(SalesforceHttp::isCurable));
    } catch (Interruption e) {
      throw e.cause;
    }
  }

  private static void requirePath(String path) {
    if (!path.startsWith("/") || path.startsWith("//")) {
      throw new IllegalArgumentException(
          "the path has to begin with one slash, such as /services/data/v65.0/limits");
    }
  }

  private HttpResponse<String> sendOnce(
      TokenSet fresh, String path, UnaryOperator<HttpRequest.Builder> request)
      throws IOException, Interruption {
    HttpRequest complete = complete(fresh, URI.create(instance(fresh) + path), request);
    Duration timeLimit = complete.timeout().orElse(TIMEOUT);
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(complete, BodyHandlers.ofString());
    try {
      // The client's own time limit ends with the headers.
      return answer.get(NANOSECONDS.convert(timeLimit), NANOSECONDS);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw new Interruption(e);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException("no complete answer within " + timeLimit);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }

  private URI instance(TokenSet fresh) {
    SalesforceTokens salesforce =
        host == null ? SalesforceTokens.of(fresh) : SalesforceTokens.of(fresh, host);
    return salesforce
        .instanceUrl()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Salesforce has not said where the org of this grant is"));
  }

  private static HttpRequest complete(
      TokenSet fresh, URI address, UnaryOperator<HttpRequest.Builder> request) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(address).timeout(TIMEOUT);
    if ("http".equals(address.getScheme())) {
      builder.version(HttpClient.Version.HTTP_1_1);
    }
    HttpRequest.Builder filled = request.apply(builder);
    HttpRequest complete =
        filled.setHeader("Authorization", "Bearer " + fresh.accessToken().reveal()).build();
    if (!complete.uri().equals(address)) {
      throw new IllegalArgumentException(
          "the request was led to another address, to which the access token must not go");
    }
    return complete;
  }

  private static boolean isCurable(HttpResponse<String> response) {
    int status = response.statusCode();
    return (status == 401 || status == 403)
        && SalesforceRefusal.of(status, response.body()).canBeCuredByRefresh();
  }

  /** Carries an interruption through a call that throws one kind of exception. */
  private static final class Interruption extends IOException {
    private final transient InterruptedException cause;

    Interruption(InterruptedException cause) {
      super(cause);
      this.cause = cause;
    }
  }
}
