package com.withampersand.sdk.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;

/**
 * The hosts that a fake serves by their real names, behind a proxy on a loopback port. The proxy
 * and its certificates exist from their first use.
 */
final class Network implements AutoCloseable {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private final int port;
  private final Shutdown shutdown = new Shutdown();
  private final Map<String, HttpService> hosts = new ConcurrentHashMap<>();
  private Optional<Running> running = Optional.empty();

  /** What exists from the first use on. */
  private record Running(Listener listener, TlsContexts tls, HttpClient client) {}

  /**
   * @param port the port of the proxy; 0 for a free one
   */
  Network(int port) {
    this.port = port;
  }

  void remove(String host) {
    hosts.remove(host);
  }

  /** Stops to serve a host, unless another service has taken it over. */
  void remove(String host, HttpService service) {
    hosts.remove(host, service);
  }

  /** Serves a host from now on, in place of any other service. */
  void replace(String host, HttpService service) {
    hosts.put(host, service);
  }

  /**
   * Serves a host from now on.
   *
   * @throws IllegalArgumentException if it is served already
   */
  void add(String host, HttpService service) {
    if (hosts.putIfAbsent(host.toLowerCase(Locale.ROOT), service) != null) {
      throw new IllegalArgumentException("there is a host " + host + " already");
    }
  }

  Optional<HttpService> find(String host) {
    return Optional.ofNullable(hosts.get(host.toLowerCase(Locale.ROOT)));
  }

  URI proxyUri() {
    return URI.create("http://localhost:" + running().listener().port());
  }

  SSLContext sslContext() {
    return running().tls().client();
  }

  HttpClient client() {
    return running().client();
  }

  ProxySelector proxySelector() {
    return new Selector(running().listener().port());
  }

  /** Returns the certificate of the authority in PEM (RFC 7468). */
  String authority() {
    try {
      byte[] certificate = running().tls().authority().getEncoded();
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate)
          + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private synchronized Running running() {
    if (running.isEmpty()) {
      running = Optional.of(start());
    }
    return running.get();
  }

  private Running start() {
    Listener listener = new Listener(port);
    TlsContexts tls = new TlsContexts();
    listener.start(new ProxyService(this, tls, shutdown));
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .proxy(new Selector(listener.port()))
            .sslContext(tls.client())
            .build();
    return new Running(listener, tls, client);
  }

  /** Leads every request through the proxy but those to this machine. */
  private static final class Selector extends ProxySelector {
    private final List<Proxy> proxy;

    Selector(int port) {
      InetSocketAddress address = InetSocketAddress.createUnresolved("localhost", port);
      this.proxy = List.of(new Proxy(Proxy.Type.HTTP, address));
    }

    @Override
    public List<Proxy> select(URI uri) {
      return uri.getHost() != null && LOOPBACK.contains(uri.getHost())
          ? List.of(Proxy.NO_PROXY)
          : proxy;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
      throw new UncheckedIOException("the proxy of the fake has stopped", failure);
    }
  }

  @Override
  public synchronized void close() {
    shutdown.stop();
    running.ifPresent(parts -> parts.listener().close());
  }
}
