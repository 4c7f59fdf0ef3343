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
 * Implement it to use an HTTP client of your own, and test it by {@code HttpTransportContract} from
 * the artifact {@code ampersand-sdk-core}, type {@code test-jar}.
 *
 * <p>An implementation
 *
 * <ul>
 *   <li>sends a POST once. It never repeats one: not over another connection, and not after an
 *       answer such as 401, 408 or 503. A refresh that is sent twice can end a grant. The same
 *       holds for a GET that is not {@linkplain Request#isRepeatable() repeatable}. Only what
 *       provably has not left this machine may be sent again;
 *   <li>follows no redirect, and returns answers of every status;
 *   <li>returns a body whole, or throws an {@link IOException} if it breaks off;
 *   <li>gives up with an {@link IOException} when {@link Request#timeout()} has passed, whether it
 *       then connects, sends, waits or reads. A limit for each read is not enough: a server may
 *       send one byte a second;
 *   <li>stops reading soon after a body is longer than {@link Request#maxResponseBytes()}. Then it
 *       throws an {@link IOException}, or returns the longer part that it has read;
 *   <li>stops waiting when its thread is interrupted. It throws an {@link InterruptedException},
 *       with the interrupt status cleared, and closes the connection. It never interrupts the
 *       thread by itself;
 *   <li>throws a {@link java.net.ConnectException}, {@link java.net.UnknownHostException}, {@link
 *       java.net.NoRouteToHostException}, {@link java.net.http.HttpConnectTimeoutException}, {@link
 *       javax.net.ssl.SSLHandshakeException} or {@link javax.net.ssl.SSLPeerUnverifiedException} if
 *       the host could not be reached, and only if no server can have acted on the request. The SDK
 *       takes these as the promise that nothing was sent. It takes every other exception, an
 *       unchecked one too, as an unknown outcome;
 *   <li>logs neither headers nor bodies;
 *   <li>can be called by many threads at once. The SDK has up to 64 requests under way; a
 *       connection pool that allows fewer to one host makes them wait.
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
   * Returns the transport used where none is handed in, shared by the whole process: the JDK's
   * client over HTTP/1.1 with a connect timeout of 10 seconds, made when first needed. It uses no
   * connection that was idle for more than half a minute, since a server or a firewall may have
   * forgotten it.
   */
  static HttpTransport shared() {
    return SharedHttpTransport.Instance.VALUE;
  }

  /**
   * Returns a transport over a client of yours: for a proxy, a trust store or an executor of your
   * own. Set a connect timeout on it. Leave it without an {@linkplain HttpClient#authenticator()
   * authenticator}: with one, the client repeats requests by itself, which this transport refuses,
   * and takes a refusal without a challenge for a broken answer.
   *
   * <p>Your client also decides how long it keeps idle connections: 20 minutes on JDK 17, half a
   * minute from JDK 20 on, unless the system property {@code jdk.httpclient.keepalive.timeout} says
   * otherwise, in seconds. If a server or a firewall forgets a connection earlier and does not say
   * so, a refresh over it waits for its whole timeout, and its outcome is unknown. On JDK 17 set
   * the property to 30.
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
    private final boolean repeatable;

    /**
     * Creates a request, which is repeatable unless it is a POST.
     *
     * @param method the HTTP method, such as {@code POST}
     * @param uri the absolute address, http or https
     * @param headers each header once
     * @param body the body; empty for none
     * @param timeout how long the whole call may take, reading the body included; more than zero
     * @param maxResponseBytes the longest body of any use, in bytes; not negative
     * @throws IllegalArgumentException if HTTP does not allow one of these; the message quotes no
     *     header's value
     */
    public Request(
        String method,
        URI uri,
        Map<String, String> headers,
        byte[] body,
        Duration timeout,
        int maxResponseBytes) {
      this.method = Syntax.method(method);
      this.uri = Syntax.address(uri);
      this.headers = Syntax.headers(headers);
      this.body = body.clone();
      this.timeout = Objects.requireNonNull(timeout, "timeout");
      this.maxResponseBytes = maxResponseBytes;
      this.repeatable = !this.method.equals("POST");
      if (timeout.isNegative() || timeout.isZero() || maxResponseBytes < 0) {
        throw new IllegalArgumentException("a timeout must be positive, a length not negative");
      }
    }

    /** Creates the same request, which is not repeatable. */
    private Request(Request other) {
      this.method = other.method;
      this.uri = other.uri;
      this.headers = other.headers;
      this.body = other.body;
      this.timeout = other.timeout;
      this.maxResponseBytes = other.maxResponseBytes;
      this.repeatable = false;
    }

    /** Returns the same request, which is not repeatable. */
    public Request once() {
      return new Request(this);
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

    /**
     * Tells whether a transport may send it again by itself, as HTTP clients do with a GET whose
     * connection breaks off. No POST is repeatable, and neither is a GET that changes something.
     */
    public boolean isRepeatable() {
      return repeatable;
    }

    /** Returns method, host and path. */
    @Override
    public String toString() {
      String port = uri.getPort() == -1 ? "" : ":" + uri.getPort();
      return method + " " + uri.getHost() + port + uri.getRawPath();
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
      return headers(name).stream().findFirst();
    }

    /** Returns all values of a header whose name matches in any case, in the order they came. */
    public List<String> headers(String name) {
      return List.copyOf(headers.getOrDefault(name, List.of()));
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
