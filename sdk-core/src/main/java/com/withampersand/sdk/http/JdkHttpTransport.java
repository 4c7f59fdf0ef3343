package com.withampersand.sdk.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The default transport. One deadline covers the call to the last byte of the body, which the
 * client's own timeout does not.
 */
final class JdkHttpTransport implements HttpTransport {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

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
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(toJdk(request), info -> new BoundedBody(request.maxResponseBytes()));
    try {
      HttpResponse<byte[]> response =
          answer.get(NANOSECONDS.convert(request.timeout()), NANOSECONDS);
      return new Response(response.statusCode(), response.headers().map(), response.body());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException("no complete answer within " + request.timeout());
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw asIOException(e.getCause());
    }
  }

  private static HttpRequest toJdk(Request request) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(request.uri()).method(request.method(), body(request));
    request.headers().forEach((name, value) -> addHeader(builder, name, value));
    if ("http".equalsIgnoreCase(request.uri().getScheme())) {
      // Without TLS the client would ask each server to upgrade to HTTP/2.
      builder.version(HttpClient.Version.HTTP_1_1);
    }
    return builder.build();
  }

  private static BodyPublisher body(Request request) {
    byte[] body = request.body();
    return body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
  }

  private static void addHeader(HttpRequest.Builder builder, String name, String value) {
    try {
      builder.header(name, value);
    } catch (IllegalArgumentException e) {
      // The client's own message would quote the value.
      throw new IllegalArgumentException(
          "HTTP does not allow the header " + name + ", or a character of its value");
    }
  }

  private static IOException asIOException(@Nullable Throwable cause) {
    return cause instanceof IOException io ? io : new IOException(cause);
  }

  /** Made by the first call that needs it. */
  static final class Shared {
    static final HttpTransport INSTANCE =
        new JdkHttpTransport(HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build());

    private Shared() {}
  }
}
