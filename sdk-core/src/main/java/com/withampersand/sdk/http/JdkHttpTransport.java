package com.withampersand.sdk.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Sends by a client of the JDK, on the thread of the caller.
 *
 * <p>The client's own timeout ends at the headers, so the {@linkplain BoundedBody body} gets what
 * is left of it. Not covered is the time in which the system looks up the host's name. A repeatable
 * GET that the client repeats, because a kept-alive connection was closed under it, gets the time
 * anew for its headers, and an answer that comes after the time is refused.
 */
final class JdkHttpTransport implements HttpTransport {
  private static final Duration LONGEST_TIMEOUT = Duration.ofDays(365);

  private final HttpClient client;

  JdkHttpTransport(HttpClient client) {
    if (client.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException(
          "the HTTP client follows redirects, which would carry client secrets and tokens to another host;"
              + " build it with followRedirects(Redirect.NEVER)");
    }
    this.client = client;
  }

  @Override
  public Response send(Request request) throws IOException, InterruptedException {
    Duration timeout = timeout(request);
    OneTimeBody body = OneTimeBody.of(request);
    HttpRequest toSend = toJdk(request, body, timeout);
    long start = System.nanoTime();
    try {
      HttpResponse<byte[]> answer =
          client.send(
              toSend,
              info ->
                  new BoundedBody(
                      request.maxResponseBytes(), timeout.minusNanos(System.nanoTime() - start)));
      return new Response(answer.statusCode(), answer.headers().map(), answer.body());
    } catch (IOException | RuntimeException e) {
      throw toThrow(e, request, body);
    }
  }

  /** The client cannot count centuries. */
  private static Duration timeout(Request request) {
    Duration timeout = request.timeout();
    return timeout.compareTo(LONGEST_TIMEOUT) < 0 ? timeout : LONGEST_TIMEOUT;
  }

  private static HttpRequest toJdk(Request request, OneTimeBody body, Duration timeout) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(request.uri()).method(request.method(), body).timeout(timeout);
    request.headers().forEach(builder::header);
    if ("http".equalsIgnoreCase(request.uri().getScheme())) {
      // Without TLS the client would ask each server to upgrade to HTTP/2.
      builder.version(HttpClient.Version.HTTP_1_1);
    }
    return builder.build();
  }

  /**
   * The client's exception alone does not tell whether a request left: one that broke off in the
   * TLS handshake is a plain IOException, and one that was sent can end in a ConnectException, by a
   * second connection. The body tells.
   */
  private static IOException toThrow(Exception e, Request request, OneTimeBody body) {
    if (body.neverSent()) {
      return neverSent(e, request);
    }
    if (e instanceof HttpConnectTimeoutException timeout && !body.maybeSent()) {
      return timeout;
    }
    if (e instanceof HttpTimeoutException) {
      return new HttpTimeoutException("no complete answer within " + request.timeout());
    }
    boolean falsePromise = e instanceof ConnectException && body.maybeSent();
    return e instanceof IOException known && !falsePromise ? known : new IOException(e);
  }

  private static IOException neverSent(Exception e, Request request) {
    if (isCausedBy(UnresolvedAddressException.class, e)) {
      return withCause(new UnknownHostException(request.uri().getHost()), e);
    }
    if (e instanceof ConnectException
        || e instanceof HttpConnectTimeoutException
        || e instanceof SSLHandshakeException) {
      return (IOException) e;
    }
    return e instanceof HttpTimeoutException
        ? withCause(new HttpConnectTimeoutException("no connection in " + request.timeout()), e)
        : withCause(new ConnectException(e.getMessage()), e);
  }

  private static boolean isCausedBy(Class<? extends Throwable> type, Throwable e) {
    @Nullable Throwable cause = e;
    while (cause != null && !type.isInstance(cause)) {
      cause = cause.getCause();
    }
    return cause != null;
  }

  private static IOException withCause(IOException e, Throwable cause) {
    e.initCause(cause);
    return e;
  }
}
