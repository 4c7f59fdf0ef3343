package com.withampersand.sdk.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A process of {@link Saas} behind an HTTP server. It ends when its input does. */
final class SaasNode {
  /** Short: this test ends sessions as fast as they begin. */
  private static final Duration BACKOFF = Duration.ofMillis(1);

  private SaasNode() {}

  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0]);
    Supplier<Map<String, String>> settings = () -> read(file);
    HttpClient client = client(settings.get());
    HikariConfig database = new HikariConfig();
    database.setJdbcUrl(settings.get().get("database"));
    database.setMaximumPoolSize(6);
    Clock clock = new MovableClock(() -> Duration.parse(settings.get().get("clockAhead")));
    SalesforceOAuthFlow.Builder flow =
        SalesforceOAuthFlow.builder(Saas.app(settings))
            .alsoAt(LoginHost.custom(URI.create(settings.get().get("customDomain"))))
            .transport(HttpTransport.over(client));
    try (HikariDataSource pool = new HikariDataSource(database);
        Saas saas = new Saas(pool, client, settings, clock, BACKOFF, flow)) {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(Executors.newFixedThreadPool(6));
      server.createContext("/", exchange -> serve(saas, exchange));
      server.start();
      System.out.println(server.getAddress().getPort());
      while (System.in.read() != -1) {
        // Nothing is said.
      }
    }
    System.exit(0);
  }

  /** A clock that a test moves while the process runs. */
  private static final class MovableClock extends Clock {
    private final Supplier<Duration> ahead;

    MovableClock(Supplier<Duration> ahead) {
      this.ahead = ahead;
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead.get());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  static Map<String, String> read(Path file) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(Files.readString(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> settings = new HashMap<>();
    properties.stringPropertyNames().forEach(n -> settings.put(n, properties.getProperty(n)));
    return settings;
  }

  static HttpClient client(Map<String, String> settings) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (var pem = Files.newInputStream(Path.of(String.valueOf(settings.get("trusted"))))) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    URI proxy = URI.create(String.valueOf(settings.get("proxy")));
    return HttpClient.newBuilder()
        .sslContext(tls)
        .proxy(ProxySelector.of(new InetSocketAddress(proxy.getHost(), proxy.getPort())))
        .connectTimeout(Duration.ofSeconds(10))
        .build();
  }

  private static void serve(Saas saas, HttpExchange exchange) throws IOException {
    String text;
    int status = 200;
    try {
      text = answer(saas, exchange);
      status = exchange.getResponseHeaders().containsKey("Location") ? 303 : 200;
    } catch (Exception e) {
      text = e.toString();
      status = 500;
    }
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length + 1L);
      exchange.getResponseBody().write(body);
      exchange.getResponseBody().write('\n');
    }
  }

  private static String answer(Saas saas, HttpExchange exchange) throws Exception {
    String query = String.valueOf(exchange.getRequestURI().getRawQuery());
    Map<String, String> parameters = decode(query);
    String customer = parameters.getOrDefault("customer", "");
    String host = parameters.getOrDefault("host", "");
    return switch (exchange.getRequestURI().getPath()) {
      case "/connect" -> {
        BrowserBinding browser = BrowserBinding.random();
        URI url = saas.connect(customer, host, browser, parameters.get("org"));
        exchange.getResponseHeaders().add("Location", url.toString());
        exchange.getResponseHeaders().add("Set-Cookie", "b=" + browser.cookieValue());
        yield "";
      }
      case "/callback" -> saas.callback(query, BrowserBinding.fromCookie(cookie(exchange)));
      case "/call" -> saas.call(customer);
      case "/status" -> saas.status(customer);
      case "/moved" -> saas.moved(customer, host);
      case "/reencrypt" -> saas.reencrypt();
      default -> throw new IllegalArgumentException("no such page");
    };
  }

  private static @Nullable String cookie(HttpExchange exchange) {
    String header = exchange.getRequestHeaders().getFirst("Cookie");
    return header == null ? null : header.replaceFirst("^b=", "");
  }

  private static Map<String, String> decode(String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : query.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      parameters.put(
          parts[0], parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return parameters;
  }
}
