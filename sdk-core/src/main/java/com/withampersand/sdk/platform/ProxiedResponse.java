package com.withampersand.sdk.platform;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A response with the body that the caller's handler made.
 *
 * @param request the request as the caller made it, without the key
 */
record ProxiedResponse<T>(HttpResponse<?> response, HttpRequest request, @Nullable T read)
    implements HttpResponse<T> {
  @Override
  public int statusCode() {
    return response.statusCode();
  }

  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    return Optional.empty();
  }

  @Override
  public HttpHeaders headers() {
    return response.headers();
  }

  @Override
  @SuppressWarnings("NullAway") // The JDK's own handlers, such as discarding(), return null.
  public T body() {
    return read;
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return response.sslSession();
  }

  @Override
  public URI uri() {
    return response.uri();
  }

  @Override
  public Version version() {
    return response.version();
  }

  /** Returns method, address and status, without headers and body. */
  @Override
  public String toString() {
    return "("
        + request.method()
        + " "
        + uri().getHost()
        + uri().getRawPath()
        + ") "
        + statusCode();
  }
}
