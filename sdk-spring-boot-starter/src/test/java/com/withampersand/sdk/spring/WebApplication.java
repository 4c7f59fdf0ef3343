package com.withampersand.sdk.spring;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.token.TokenProvider;
import com.withampersand.sdk.token.refresh.FreshTokens;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.web.exchanges.InMemoryHttpExchangeRepository;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** An application with the starter on a real server, and a browser. */
final class WebApplication implements AutoCloseable {
  private final HttpClient browser = HttpClient.newHttpClient();
  private final FakeSalesforce salesforce;
  private final ConfigurableApplicationContext context;

  /** Whose connection a browser makes, a parameter says here. */
  @EnableAutoConfiguration
  static class Application implements SalesforceConnect {
    final List<AuthorizationResult> results = new ArrayList<>();
    private volatile @Nullable HttpSession session;

    @Override
    public Optional<ConnectionKey> connection(HttpServletRequest request) {
      session = request.getSession(false);
      return Optional.ofNullable(request.getParameter("customer"))
          .map(customer -> new ConnectionKey("salesforce", customer, "admin"));
    }

    @Override
    public void options(ConnectionKey connection, AuthorizationOptions.Builder options) {
      if (connection.groupRef().equals("unruly")) {
        throw new IllegalArgumentException("row 42 of the table of tenants");
      }
      if (connection.groupRef().equals("greedy")) {
        options.scopes(Scopes.of("cdp_query_api"));
      }
      options.loginHint("admin@" + connection.groupRef().replaceAll("\\W", "-") + ".example");
    }

    /** Keeps each request and its answer, as an application may for the actuator. */
    @Bean
    @ConditionalOnBooleanProperty("test.exchanges")
    InMemoryHttpExchangeRepository exchanges() {
      return new InMemoryHttpExchangeRepository();
    }

    /** A header says here who is signed in. */
    @Bean
    Filter signedIn() {
      return (request, response, chain) ->
          chain.doFilter(new SignedIn((HttpServletRequest) request), response);
    }

    /** Returns the session of the latest browser that asked for a connection. */
    HttpSession session() {
      return Objects.requireNonNull(session, "no session");
    }

    synchronized void clear() {
      results.clear();
    }

    @Override
    public synchronized void completed(ConnectionKey connection, AuthorizationResult result) {
      results.add(result);
    }
  }

  private static final class SignedIn extends HttpServletRequestWrapper {
    SignedIn(HttpServletRequest request) {
      super(request);
    }

    @Override
    public @Nullable String getRemoteUser() {
      return getHeader("X-User");
    }
  }

  private WebApplication(FakeSalesforce salesforce, ConfigurableApplicationContext context) {
    this.salesforce = salesforce;
    this.context = context;
  }

  /** Starts the application on the app of a fake, with grants in memory. */
  static WebApplication start(FakeSalesforce salesforce, String... properties) {
    Stream<String> defaults =
        Stream.of(
            "server.port=0",
            "spring.datasource.generate-unique-name=true",
            "ampersand.tokens.store=memory",
            "ampersand.tokens.key=" + Starter.TOKENS_KEY,
            "ampersand.states.key=" + Starter.STATES_KEY,
            "ampersand.connect.enabled=true",
            "ampersand.salesforce.client-id=" + salesforce.consumerKey(),
            "ampersand.salesforce.client-secret=" + salesforce.consumerSecret(),
            "ampersand.salesforce.callback=http://localhost:8080/callback",
            "ampersand.salesforce.login-host=" + salesforce.uri(),
            "ampersand.salesforce.also-at=" + salesforce.uri());
    String[] arguments =
        Stream.concat(defaults.filter(one -> !isSet(one, properties)), Stream.of(properties))
            .map(property -> "--" + property)
            .toArray(String[]::new);
    return new WebApplication(salesforce, SpringApplication.run(Application.class, arguments));
  }

  private static boolean isSet(String byDefault, String... properties) {
    String name = byDefault.substring(0, byDefault.indexOf('=') + 1);
    return Stream.of(properties).anyMatch(property -> property.startsWith(name));
  }

  /** Forgets what an earlier test left. */
  void reset() {
    bean(FreshTokens.class).forget(Starter.ACME);
    bean(Application.class).clear();
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  ConfigurableApplicationContext context() {
    return context;
  }

  TokenProvider tokens() {
    return bean(TokenProvider.class);
  }

  URI uri(String path) {
    return URI.create(
        "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + path);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return browser.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send(withHeaders(HttpRequest.newBuilder(uri(path)), headers));
  }

  HttpResponse<String> post(String path, String form, String... headers)
      throws IOException, InterruptedException {
    return send(
        withHeaders(HttpRequest.newBuilder(uri(path)), headers)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form)));
  }

  private static HttpRequest.Builder withHeaders(HttpRequest.Builder request, String... headers) {
    return headers.length == 0 ? request : request.headers(headers);
  }

  /** Sends a request that no client would make, and returns the answer as it came. */
  String raw(String... lines) throws IOException {
    try (Socket socket = new Socket("localhost", uri("").getPort())) {
      String request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Sends a customer to Salesforce. */
  HttpResponse<String> begin(String customer) throws IOException, InterruptedException {
    return post("/salesforce/connect", "customer=" + customer);
  }

  /** Consents, and loads the callback in the browser that began. */
  HttpResponse<String> consent(HttpResponse<String> begun)
      throws IOException, InterruptedException {
    return back(salesforce.approve(location(begun)), begun);
  }

  HttpResponse<String> back(URI callback, HttpResponse<String> begun)
      throws IOException, InterruptedException {
    return get(callback.getRawPath() + "?" + callback.getRawQuery(), "Cookie", cookie(begun));
  }

  static URI location(HttpResponse<String> response) {
    return URI.create(response.headers().firstValue("Location").orElseThrow());
  }

  static String cookie(HttpResponse<String> response) {
    return response.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
  }

  @Override
  public void close() {
    context.close();
  }
}
