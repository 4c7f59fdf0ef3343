package com.withampersand.sdk.examples;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.AuthorizationResult.Declined;
import com.withampersand.sdk.oauth.AuthorizationResult.Failed;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcReplayGuard;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.ReencryptionReport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What a product with many customers does with the SDK: one app, one flow, one callback, one table,
 * and any number of processes. Its HTTP server is elsewhere.
 *
 * <p>Safe to share between threads.
 */
final class Saas implements AutoCloseable {
  private static final String LIMITS = "/services/data/v65.0/limits";

  private final Supplier<Map<String, String>> settings;
  private final SalesforceOAuthFlow flow;
  private final FreshTokens tokens;
  private final SalesforceHttp salesforce;

  /**
   * Starts a process.
   *
   * @param settings read anew whenever a Consumer Secret or a sealing key is needed, so that these
   *     change while the process runs
   */
  Saas(
      DataSource database,
      HttpClient client,
      Supplier<Map<String, String>> settings,
      Clock clock,
      Duration backoff,
      SalesforceOAuthFlow.Builder flowBuilder) {
    this.settings = settings;
    // region saas
    JdbcReplayGuard guard = JdbcReplayGuard.of(database);
    guard.migrate();
    StateSigner states =
        StateSigner.builder("states-2026-11", secret("stateKey")).replayGuard(guard).build();
    this.flow = flowBuilder.states(states).withPkce().build();

    JdbcTokenStore store = JdbcTokenStore.of(database);
    store.migrate();
    TokenCipher cipher = TokenCipher.builder(this::keyring).clock(clock).build();
    this.tokens = FreshTokens.builder(store, cipher).renewer(flow).backoff(backoff).build();
    this.salesforce = SalesforceHttp.of(tokens, client);
    // endregion
  }

  /** Describes the app: the Consumer Secret may change while the program runs. */
  static SalesforceApp app(Supplier<Map<String, String>> settings) {
    Map<String, String> now = settings.get();
    return SalesforceApp.builder(
            require(now, "consumerKey"), () -> Secret.of(require(settings.get(), "consumerSecret")))
        .alsoSignedWith(
            () -> Optional.ofNullable(settings.get().get("otherConsumerSecret")).map(Secret::of))
        .scopes(require(now, "scopes"))
        .callback(URI.create(require(now, "callback")))
        .build();
  }

  private static String require(Map<String, String> settings, String name) {
    return Objects.requireNonNull(settings.get(name), name);
  }

  private Secret secret(String name) {
    return Secret.of(require(settings.get(), name));
  }

  private Keyring keyring() {
    Map<String, String> now = settings.get();
    String current = require(now, "sealWith");
    Keyring keyring = Keyring.of(current, Secret.of(require(now, "key." + current)));
    String other = now.get("alsoOpen");
    return other == null
        ? keyring
        : keyring.alsoReads(other, Secret.of(require(now, "key." + other)));
  }

  private static ConnectionKey key(String customer) {
    return new ConnectionKey("salesforce", customer, "admin");
  }

  // region routes
  /** Returns where to send the browser of a customer's admin. */
  URI connect(String customer, String host, BrowserBinding browser, @Nullable String org) {
    AuthorizationOptions.Builder options =
        AuthorizationOptions.builder().payload(customer).binding(browser);
    if (org != null) {
      options.expectOrg(org); // consents again: nothing but the org that is connected
    }
    return flow.authorize(host(host), options.build()).url();
  }

  /** Takes the callback of all customers, and returns what to show. */
  String callback(String query, BrowserBinding browser) {
    AuthorizationResult result;
    try {
      result = flow.complete(AuthorizationCallback.fromQuery(query), browser);
    } catch (CallbackException e) {
      return explain(e);
    }
    String customer = result.payload();
    if (result instanceof Connected connected) {
      tokens.save(key(customer), connected.tokens());
      return customer + " is connected.";
    }
    return result instanceof Declined
        ? customer + " declined."
        : customer + " is not connected. " + explain(((Failed) result).error());
  }

  /** Calls the customer's org, and returns what to show. */
  String call(String customer) throws InterruptedException {
    try {
      int status = salesforce.at(key(customer)).send(LIMITS, HttpRequest.Builder::GET).statusCode();
      return "Salesforce answered " + status + ".";
    } catch (AmpersandException e) {
      return explain(e);
    } catch (IOException e) {
      return "Try again later.";
    }
  }

  private static String explain(AmpersandException failure) {
    if (failure instanceof OAuthException refused) {
      return refused.actor() + ": " + refused.remedy();
    }
    if (failure instanceof CallbackException) {
      return "Start again.";
    }
    if (failure instanceof NotConnectedException) {
      return "Connect Salesforce.";
    }
    return failure.isRetryable() ? "Try again later." : "Ask our support.";
  }

  // endregion

  // region hosts
  /** Reads a host: the custom domains are named in the settings, all others are Salesforce's. */
  private LoginHost host(String typed) {
    return typed.equals(settings.get().get("customDomain"))
        ? LoginHost.custom(URI.create(typed))
        : LoginHost.parse(typed);
  }

  // endregion

  /** Returns the state of a customer's grant, and the scopes that it lacks. */
  String status(String customer) {
    GrantStatus status = tokens.status(key(customer));
    Scopes missing = flow.app().scopes().without(status.scopes());
    boolean lacks = status.kind() == GrantStatus.Kind.ACTIVE && !missing.isEmpty();
    return status.kind() + (lacks ? " without " + missing : "");
  }

  // region moved
  /** Tells the SDK that a customer's My Domain has another name now. */
  String moved(String customer, String host) {
    tokens.changeIssuer(key(customer), host(host).uri());
    tokens.refresh(key(customer)); // which tells where the data is now
    return customer + " moved.";
  }

  // endregion

  /** Seals every grant with today's key, and returns how many were left as they are. */
  String reencrypt() {
    int failed = 0;
    ConnectionKey after = null;
    do {
      ReencryptionReport page = tokens.reencryptAll(after, 20);
      failed += page.failed().size();
      after = page.next();
    } while (after != null);
    return failed + " failed.";
  }

  @Override
  public void close() {
    tokens.close();
  }
}
