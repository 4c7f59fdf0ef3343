package com.withampersand.sdk.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Sends one HTTP request and returns the answer: the one seam between this SDK and the network.
 * Implement it to use an HTTP client of your own.
 *
 * <p>An implementation
 *
 * <ul>
 *   <li>sends a POST once. It repeats none by itself, since a refresh that is sent twice can end a
 *       grant, unless provably nothing left this machine;
 *   <li>follows no redirect, and returns answers of every status;
 *   <li>gives up when {@link Request#timeout()} has passed, with the body half read or not;
 *   <li>may stop reading once the body is longer than {@link Request#maxResponseBytes()};
 *   <li>throws a {@link java.net.ConnectException}, {@link java.net.UnknownHostException}, {@link
 *       java.net.NoRouteToHostException}, {@link java.net.http.HttpConnectTimeoutException}, {@link
 *       javax.net.ssl.SSLHandshakeException} or {@link javax.net.ssl.SSLPeerUnverifiedException}
 *       only if no server can have acted on the request: the SDK takes these as the promise that it
 *       never left, and every other {@link IOException} as an unknown outcome;
 *   <li>logs neither headers nor bodies;
 *   <li>can be called by many threads at once.
 * </ul>
 */
@FunctionalInterface
public interface HttpTransport {

  /**
   * Sends {@code request} and waits for the whole answer.
   *
   * @throws IOException if no complete answer came back
   * @throws InterruptedException if the calling thread was interrupted while it waited
   */
  Response send(Request request) throws IOException, InterruptedException;

  /**
   * Returns the transport used where none is handed in: over a {@link HttpClient} with a connect
   * timeout of 10 seconds, made when first needed and shared by the whole process.
   */
  static HttpTransport shared() {
    return JdkHttpTransport.Shared.INSTANCE;
  }

  /**
   * Returns a transport over a client of yours: for a proxy, a trust store or an executor of your
   * own. Set a connect timeout on it. Leave it without an {@linkplain HttpClient#authenticator()
   * authenticator}: with one, the client repeats requests by itself, and takes a refusal without a
   * challenge for a broken answer.
   *
   * @throws IllegalArgumentException if {@code client} follows redirects: a redirect would carry
   *     client secrets and tokens to another host
   */
  static HttpTransport over(HttpClient client) {
    return new JdkHttpTransport(client);
  }

  /**
   * A request, complete as it is to be sent. Its headers and body hold secrets, and {@link
   * #toString()} shows neither.
   *
   * <p>Immutable, and safe to share between threads.
   */
  final class Request {
    private final String method;
    private final URI uri;
    private final Map<String, String> headers;
    private final byte[] body;
    private final Duration timeout;
    private final int maxResponseBytes;

    /**
     * Creates a request.
     *
     * @param method the HTTP method, such as {@code POST}
     * @param uri the absolute address
     * @param headers each header once
     * @param body the body; empty for none
     * @param timeout how long the whole call may take, reading the body included
     * @param maxResponseBytes the longest answer of any use, in bytes
     */
    public Request(
        String method,
        URI uri,
        Map<String, String> headers,
        byte[] body,
        Duration timeout,
        int maxResponseBytes) {
      this.method = Objects.requireNonNull(method, "method");
      this.uri = Objects.requireNonNull(uri, "uri");
      this.headers = Map.copyOf(headers);
      this.body = body.clone();
      this.timeout = Objects.requireNonNull(timeout, "timeout");
      this.maxResponseBytes = maxResponseBytes;
    }

    /** Returns the HTTP method. */
    public String method() {
      return method;
    }

    /** Returns the absolute address. */
    public URI uri() {
      return uri;
    }

    /** Returns the headers, each once. */
    public Map<String, String> headers() {
      return headers;
    }

    /** Returns a copy of the body; empty if there is none. */
    public byte[] body() {
      return body.clone();
    }

    /** Returns how long the whole call may take, reading the body included. */
    public Duration timeout() {
      return timeout;
    }

    /** Returns the length in bytes of the longest answer of any use. */
    public int maxResponseBytes() {
      return maxResponseBytes;
    }

    /** Returns method, host and path. */
    @Override
    public String toString() {
      return method + " " + uri.getHost() + uri.getRawPath();
    }
  }

  /**
   * An answer of any status. Its body may hold secrets, and {@link #toString()} does not show it.
   *
   * <p>Immutable, and safe to share between threads.
   */
  final class Response {
    private final int status;
    private final Map<String, List<String>> headers;
    private final byte[] body;

    /**
     * Creates an answer.
     *
     * @param status the HTTP status
     * @param headers the headers, their names in any case
     * @param body the body, decompressed; empty for none
     */
    public Response(int status, Map<String, List<String>> headers, byte[] body) {
      this.status = status;
      this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      this.headers.putAll(headers);
      this.body = body.clone();
    }

    /** Returns the HTTP status. */
    public int status() {
      return status;
    }

    /** Returns the first value of a header whose name matches in any case. */
    public Optional<String> header(String name) {
      return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    /**
     * Returns the media type of the body without its parameters, in lower case; empty if the answer
     * names none.
     */
    public String mediaType() {
      String type = header("Content-Type").orElse("");
      int parameters = type.indexOf(';');
      return (parameters < 0 ? type : type.substring(0, parameters))
          .trim()
          .toLowerCase(Locale.ROOT);
    }

    /** Returns a copy of the body; empty if there is none. */
    public byte[] body() {
      return body.clone();
    }

    /** Returns the body as text in UTF-8. */
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** Returns status, media type and length. */
    @Override
    public String toString() {
      return status + " " + mediaType() + " (" + body.length + " bytes)";
    }
  }
}
