package com.withampersand.sdk.spring;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.AuthorizationResult.Failed;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * The two routes that connect customers: one sends a browser to Salesforce, the other takes it
 * back. The first is a POST of this application's own pages: a page of another site could otherwise
 * connect a customer to an org of its choice. Safe to share between threads.
 */
final class ConnectRoutes {
  private static final Logger log = LoggerFactory.getLogger(ConnectRoutes.class);

  private final Settings settings;
  private final SalesforceConnect connect;
  private final PendingRequests pending;
  private final FreshTokens tokens;
  private final Observations observations;
  private final ConnectPage page;

  ConnectRoutes(
      Settings settings,
      SalesforceConnect connect,
      PendingRequests pending,
      FreshTokens tokens,
      Observations observations) {
    this.settings = settings;
    this.connect = connect;
    this.pending = pending;
    this.tokens = tokens;
    this.observations = observations;
    this.page = new ConnectPage(settings.properties().connect().landing());
  }

  ServerResponse connect(ServerRequest request) {
    if (!SameOrigin.isSender(request.servletRequest())) {
      return ConnectPage.text(HttpStatus.FORBIDDEN, "This form belongs to another site.");
    }
    Optional<ConnectionKey> connection = connect.connection(request.servletRequest());
    if (connection.isEmpty()) {
      return ConnectPage.text(HttpStatus.FORBIDDEN, "You may not connect Salesforce here.");
    }
    LoginHost host;
    try {
      host = host(request);
    } catch (IllegalArgumentException e) {
      return ConnectPage.text(HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
    return toSalesforce(request, connection.get(), host);
  }

  private LoginHost host(ServerRequest request) {
    return request
        .param("host")
        .filter(host -> !host.isBlank())
        .map(settings::typed)
        .orElseGet(settings::loginHost);
  }

  private ServerResponse toSalesforce(
      ServerRequest request, ConnectionKey connection, LoginHost host) {
    AuthorizationOptions.Builder options = options(connection);
    connect.options(connection, options);
    HttpHeaders headers = new HttpHeaders();
    AuthorizationRequest begun = pending.begin(request.servletRequest(), host, options, headers);
    return ConnectPage.redirect(begun.url(), headers);
  }

  private static AuthorizationOptions.Builder options(ConnectionKey connection) {
    try {
      return AuthorizationOptions.builder().payload(Payload.of(connection));
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "The names of a connection are too long for a state: let SalesforceConnect return identifiers that have fewer than"
              + " 1,000 bytes of UTF-8 together",
          e);
    }
  }

  ServerResponse callback(ServerRequest request) {
    AuthorizationCallback callback;
    try {
      callback = AuthorizationCallback.fromQuery(request.servletRequest().getQueryString());
    } catch (CallbackException e) {
      return ConnectPage.failed(e);
    }
    Attempt attempt =
        observations.observe(
            "ampersand.connect",
            () -> attempt(pending.complete(request.servletRequest(), callback)),
            Attempt::outcome);
    return answer(attempt);
  }

  /**
   * What came of a callback.
   *
   * @param isPending whether tokens wait in memory to be stored
   */
  private record Attempt(AuthorizationResult result, boolean isPending) {
    String outcome() {
      return isPending ? ConnectPage.PENDING : ConnectPage.outcome(result);
    }
  }

  private Attempt attempt(AuthorizationResult result) {
    if (!(result instanceof Connected connected)) {
      return new Attempt(result, false);
    }
    ConnectionKey connection = Payload.read(connected.payload()).orElseThrow();
    try {
      tokens.save(connection, connected.tokens());
      return new Attempt(result, false);
    } catch (AmpersandException e) {
      log.error("New tokens are kept in memory until the store takes them: {}", e.getMessage());
      return new Attempt(result, true);
    }
  }

  private ServerResponse answer(Attempt attempt) {
    AuthorizationResult result = attempt.result();
    if (attempt.isPending()) {
      return page.pending();
    }
    if (result instanceof Failed failed) {
      log.warn("A customer was not connected: {}", failed.error().getMessage());
    }
    Payload.read(result.payload()).ifPresent(key -> connect.completed(key, result));
    return page.of(result);
  }
}
