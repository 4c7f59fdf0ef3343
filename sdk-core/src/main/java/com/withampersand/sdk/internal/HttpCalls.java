package com.withampersand.sdk.internal;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.http.HttpTransport.Request;
import com.withampersand.sdk.http.HttpTransport.Response;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests through a transport, logs that they were sent, and turns the network's errors into
 * {@link TransportException}.
 */
public final class HttpCalls {
  /** No answer of an OAuth provider is longer than this many bytes. */
  public static final int MAX_RESPONSE_BYTES = 1 << 20;

  private static final String UNKNOWN = " Whether the request was carried out is not known.";
  private static final String NOT_SENT =
      " Nothing was sent; check the host's name, the network and the proxy.";

  private static final Logger log = LoggerFactory.getLogger(HttpCalls.class);

  private final HttpTransport transport;
  private final Duration timeout;
  private final int maxResponseBytes;

  /** Creates calls that each take {@code timeout} at most, to an OAuth provider. */
  public HttpCalls(HttpTransport transport, Duration timeout) {
    this(transport, timeout, MAX_RESPONSE_BYTES);
  }

  /**
   * Creates calls that each take {@code timeout} at most, and whose answers are of no use if they
   * are longer than {@code maxResponseBytes}.
   */
  public HttpCalls(HttpTransport transport, Duration timeout, int maxResponseBytes) {
    Json.checkJackson();
    this.transport = transport;
    this.timeout = timeout;
    this.maxResponseBytes = maxResponseBytes;
  }

  /** Returns the same calls with another time limit. */
  public HttpCalls withTimeout(Duration timeout) {
    return new HttpCalls(transport, timeout, maxResponseBytes);
  }

  /**
   * Sends one POST.
   *
   * @param action what is being done, as the message of an error names it
   * @param repeatable whether sending the same request twice does no harm
   * @param secrets what the request carries and no error may show
   * @throws TransportException if no complete answer comes back
   */
  public Response post(
      String action,
      boolean repeatable,
      URI uri,
      Map<String, String> headers,
      byte[] body,
      Collection<Secret> secrets) {
    return send(action, repeatable, "POST", uri, headers, body, secrets);
  }

  /**
   * Sends one GET, which does no harm if it is repeated.
   *
   * @param action what is being done, as the message of an error names it
   * @param secrets what the request carries and no error may show
   * @throws TransportException if no complete answer comes back
   */
  public Response get(
      String action, URI uri, Map<String, String> headers, Collection<Secret> secrets) {
    return send(action, true, "GET", uri, headers, new byte[0], secrets);
  }

  /**
   * Sends one request.
   *
   * @param action what is being done, as the message of an error names it
   * @param repeatable whether sending the same request twice does no harm
   * @param body the body; empty for none
   * @param secrets what the request carries and no error may show
   * @throws TransportException if no complete answer comes back, whatever the transport throws
   * @throws IllegalArgumentException if HTTP cannot carry the request; nothing was sent
   */
  public Response send(
      String action,
      boolean repeatable,
      String method,
      URI uri,
      Map<String, String> headers,
      byte[] body,
      Collection<Secret> secrets) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("User-Agent", UserAgent.VALUE);
    Request whole = new Request(method, uri, all, body, timeout, maxResponseBytes);
    Request request = repeatable ? whole : whole.once();
    long start = System.nanoTime();
    try {
      Response response = answer(request);
      if (log.isDebugEnabled()) {
        log.debug(
            "{}: {} answered {} after {} ms",
            action,
            Text.withoutSecrets(request.toString(), secrets),
            response.status(),
            millisSince(start));
      }
      return response;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      String problem = "the waiting thread was interrupted." + UNKNOWN;
      throw failure(action, request, problem, repeatable, true, safeCause(e, secrets));
    } catch (Exception e) {
      if (log.isDebugEnabled()) {
        log.debug(
            "{}: {} failed after {} ms: {}",
            action,
            Text.withoutSecrets(request.toString(), secrets),
            millisSince(start),
            e.getClass().getName());
      }
      if (neverSent(e)) {
        String problem = "the host could not be reached." + NOT_SENT;
        throw failure(action, request, problem, true, false, safeCause(e, secrets));
      }
      IOException cause = withoutSecrets(e, secrets);
      throw failure(action, request, problem(e) + UNKNOWN, repeatable, true, cause);
    }
  }

  private Response answer(Request request) throws IOException, InterruptedException {
    @Nullable Response response = transport.send(request);
    if (response == null) {
      throw new IOException("the HTTP transport returned null");
    }
    return response;
  }

  /** What a transport throws besides an {@link IOException} may come after the request was sent. */
  private static String problem(Exception e) {
    return e instanceof IOException
        ? "no complete answer came back."
        : "the HTTP transport threw an exception that it must not throw.";
  }

  private static TransportException failure(
      String action,
      Request request,
      String problem,
      boolean retryable,
      boolean outcomeUnknown,
      Exception cause) {
    String message =
        "The %s failed: %s [host %s]".formatted(action, problem, Endpoints.shown(request.uri()));
    return new TransportException(message, retryable, outcomeUnknown, cause);
  }

  private static boolean neverSent(Exception e) {
    return e instanceof ConnectException
        || e instanceof UnknownHostException
        || e instanceof NoRouteToHostException
        || e instanceof HttpConnectTimeoutException
        || e instanceof SSLHandshakeException
        || e instanceof SSLPeerUnverifiedException;
  }

  /**
   * The network's error may quote what the server sent, and a server may send back what it
   * received.
   */
  private static IOException withoutSecrets(Exception e, Collection<Secret> secrets) {
    String message = Text.redacted(String.valueOf(e.getMessage()), secrets);
    IOException safe = new IOException(e.getClass().getSimpleName() + ": " + message);
    safe.setStackTrace(e.getStackTrace());
    return safe;
  }

  /**
   * Returns {@code e}, or an exception without its causes and without what it suppressed, if a
   * stack trace of {@code e} would quote a secret.
   */
  public static IOException safe(IOException e, Collection<Secret> secrets) {
    return quotesNone(e, secrets) ? e : withoutSecrets(e, secrets);
  }

  private static Exception safeCause(Exception e, Collection<Secret> secrets) {
    return quotesNone(e, secrets) ? e : withoutSecrets(e, secrets);
  }

  private static boolean quotesNone(Exception e, Collection<Secret> secrets) {
    return Throwables.inTrace(e).stream()
        .flatMap(HttpCalls::texts)
        .allMatch(text -> Text.showsNoSecret(text, secrets));
  }

  /** Returns what an exception says. The name of its class may be as long as a token. */
  private static Stream<String> texts(Throwable e) {
    String name = Pattern.quote(e.getClass().getName());
    return Stream.of(
        String.valueOf(e.getMessage()),
        String.valueOf(e.toString()).replaceFirst("^" + name + "(: )?", ""));
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }
}
