package com.withampersand.sdk.examples.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.oauth.ReplayGuard;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import com.withampersand.sdk.salesforce.error.SalesforceRefusal;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The customers' connections: everything that this example does with the SDK.
 *
 * <p>Safe to share between threads.
 */
final class Connections implements AutoCloseable {
  private static final String DATA = "/services/data/v65.0";
  private static final String ORG_NAME = DATA + "/query?q=SELECT+Name+FROM+Organization";

  /** What most orgs have. Salesforce does not say, so the end of a token is an estimate. */
  private static final Duration SESSION_LENGTH = Duration.ofHours(2);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Salesforce salesforce;
  private final SalesforceOAuthFlow flow;
  private final FreshTokens tokens;
  private final SalesforceHttp http;
  private final Map<String, Profile> profiles = new ConcurrentHashMap<>();

  Connections(Salesforce salesforce) {
    this.salesforce = salesforce;
    LoginHost[] named = salesforce.named().toArray(LoginHost[]::new);
    StateSigner states =
        StateSigner.builder("states", StateSigner.newKey())
            .replayGuard(ReplayGuard.forOneNode())
            .build();
    this.flow =
        SalesforceOAuthFlow.builder(salesforce.app())
            .states(states)
            .withPkce()
            .sessionLength(SESSION_LENGTH)
            .transport(HttpTransport.over(salesforce.client()))
            .alsoAt(named)
            .build();
    this.tokens = FreshTokens.inMemory().renewer(flow).backoff(salesforce.backoff()).build();
    this.http = SalesforceHttp.builder(tokens, salesforce.client()).alsoAt(named).build();
  }

  static ConnectionKey key(String customer) {
    return new ConnectionKey("salesforce", customer, "admin");
  }

  /**
   * Returns where to send the browser.
   *
   * @param typed what the customer typed as the host
   * @throws IllegalArgumentException if that names no org
   */
  URI connect(Session session, String typed) {
    return authorize(session, salesforce.host(typed), null);
  }

  /**
   * Returns where to send the browser to consent again, to the same org; empty if none is known.
   */
  Optional<URI> reconnect(Session session) {
    return profile(session)
        .map(profile -> authorize(session, profile.host(), profile.orgId().orElse(null)));
  }

  private URI authorize(Session session, LoginHost host, @Nullable String org) {
    AuthorizationOptions.Builder options =
        AuthorizationOptions.builder().payload(session.customer()).binding(session.browser());
    if (org != null) {
      options.expectOrg(org);
    }
    return flow.authorize(host, options.build()).url();
  }

  /**
   * Completes the attempt to which a callback belongs. Nothing is stored yet.
   *
   * @throws com.withampersand.sdk.CallbackException if the query is none of a callback
   */
  AuthorizationResult complete(@Nullable String query, BrowserBinding browser) {
    return flow.complete(AuthorizationCallback.fromQuery(query), browser);
  }

  /** Stores the tokens of a consent, and asks Salesforce whose they are. */
  void save(String customer, TokenSet granted) throws InterruptedException {
    tokens.save(key(customer), granted);
    profiles.put(customer, describe(key(customer), granted));
  }

  private Profile describe(ConnectionKey key, TokenSet granted) throws InterruptedException {
    LoginHost host = granted.issuer().map(URI::toString).map(LoginHost::fromStored).orElseThrow();
    SalesforceTokens view = SalesforceTokens.of(granted, host);
    return new Profile(
        host,
        view.instanceUrl().orElse(host.uri()).toString(),
        orgName(key),
        view.organizationId(),
        username(granted),
        view.missing(salesforce.app().scopes()));
  }

  private String username(TokenSet granted) {
    try {
      return flow.userInfo(granted).username().orElse("");
    } catch (AmpersandException e) {
      return ""; // the app's scopes may not allow the question
    }
  }

  private String orgName(ConnectionKey key) throws InterruptedException {
    try {
      HttpResponse<String> response = http.at(key).send(ORG_NAME, HttpRequest.Builder::GET);
      return JSON.readTree(response.body()).at("/records/0/Name").asText("");
    } catch (AmpersandException | IOException e) {
      return ""; // the user may not see the org's record
    }
  }

  /**
   * Revokes a grant that no customer can be given.
   *
   * @throws AmpersandException if Salesforce does not answer
   */
  void drop(TokenSet granted) {
    flow.revoke(granted);
  }

  Optional<Profile> profile(Session session) {
    return Optional.ofNullable(profiles.get(session.customer()));
  }

  GrantStatus status(Session session) {
    return tokens.status(session.key());
  }

  /** Calls the customer's org, and says what came of it. */
  Notice call(Session session) throws InterruptedException {
    Optional<Instant> before = status(session).tokensAt();
    try {
      HttpResponse<String> response =
          http.at(session.key()).send(DATA + "/limits", HttpRequest.Builder::GET);
      return response.statusCode() == 200
          ? answered(response.body(), !before.equals(status(session).tokensAt()))
          : refused(response);
    } catch (AmpersandException e) {
      return Notice.of(e);
    } catch (IOException e) {
      return Notice.problem(
          "There is no answer right now", "Try again in a minute.", Actor.NONE, e.toString());
    }
  }

  private static Notice answered(String body, boolean refreshed) throws JsonProcessingException {
    int left = JSON.readTree(body).at("/DailyApiRequests/Remaining").asInt();
    String text = "The org has %,d API calls left today.".formatted(left);
    return refreshed
        ? Notice.good(
            "Salesforce answered, after a refresh",
            "The session had ended. The SDK refreshed the access token and repeated the call. "
                + text)
        : Notice.good("Salesforce answered", text);
  }

  private static Notice refused(HttpResponse<String> response) {
    int status = response.statusCode();
    return Notice.of(
        status, SalesforceRefusal.of(status, response.headers(), response.body()).error());
  }

  /**
   * Revokes the customer's grant and forgets it.
   *
   * @return whether there was one
   * @throws AmpersandException if Salesforce does not answer; the connection is still there then
   */
  boolean disconnect(Session session) {
    boolean wasThere = tokens.disconnect(session.key());
    profiles.remove(session.customer());
    return wasThere;
  }

  /** Returns the access token with which to find the grant in a fake; it goes on no page. */
  String accessToken(Session session) {
    return tokens.get(session.key()).accessToken().reveal();
  }

  @Override
  public void close() {
    tokens.close();
  }
}
