package com.withampersand.sdk.testkit;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A Salesforce on a loopback port: it knows one app, one organisation and one user, asks for
 * consent on a page that works in a browser, hands out codes and tokens with Salesforce's manners,
 * and remembers what became of them.
 *
 * <p>{@code try (FakeSalesforce salesforce = FakeSalesforce.start())} is all it takes. It shares no
 * code with the SDK, so that a mistake cannot cancel itself out.
 *
 * <p>Safe to share between threads. The change that one token request makes is seen whole or not at
 * all.
 */
public final class FakeSalesforce implements AutoCloseable {
  private final FakeApp app;
  private final Org org;
  private final Instance instance;
  private final Situations situations = new Situations();
  private final Grants grants;
  private final FakeServer server;
  private final Browser browser;

  private FakeSalesforce(Builder builder) {
    this.app = new FakeApp(builder);
    this.server = new FakeServer(builder.clock);
    this.org = Org.random(server.uri());
    this.instance = new Instance(server.uri());
    this.browser = new Browser(server.uri());
    AccessTokens accessTokens = new AccessTokens(app, org, situations);
    this.grants = new Grants(builder.clock, builder.sessionTimeout, situations, accessTokens);
    server.serve(
        new Routes(
            situations,
            new AuthorizeEndpoint(app, org, grants, situations),
            new TokenEndpoint(app, org, instance, grants, situations, builder.clock),
            new Resources(app, org, instance, grants)));
  }

  /** Starts a Salesforce with every default. */
  public static FakeSalesforce start() {
    return builder().start();
  }

  /** Starts to describe a Salesforce. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns its address, such as {@code http://localhost:41234}, without a slash at its end: login
   * host and, until {@link #moveInstance()}, instance in one.
   */
  public URI uri() {
    return server.uri();
  }

  /** Returns the app's Consumer Key. */
  public String consumerKey() {
    return app.key();
  }

  /** Returns the app's Consumer Secret as it is now. */
  public String consumerSecret() {
    return app.secret();
  }

  /** Returns the 18 characters that name the organisation. */
  public String organizationId() {
    return org.id();
  }

  /** Returns the 18 characters that name the user. */
  public String userId() {
    return org.userId();
  }

  /** Returns the name by which the user logs in. */
  public String username() {
    return org.username();
  }

  /**
   * Does what a user does who consents: loads the page, presses <i>Allow</i>, and returns the
   * callback to which the browser is sent, without going there.
   *
   * @throws IllegalStateException if Salesforce shows an error in place of a redirect; the message
   *     tells it
   * @throws IllegalArgumentException if the URL is another host's
   */
  public URI approve(URI authorizationUrl) {
    return browser.decide(authorizationUrl, "allow");
  }

  /**
   * Does what a user does who declines, as {@link #approve(URI)} does for one who consents.
   *
   * @throws IllegalStateException if Salesforce shows an error in place of a redirect; the message
   *     tells it
   * @throws IllegalArgumentException if the URL is another host's
   */
  public URI deny(URI authorizationUrl) {
    return browser.decide(authorizationUrl, "deny");
  }

  /** Ends all sessions: access tokens are refused from now on, refresh tokens stay good. */
  public void expireSessions() {
    grants.expireSessions();
  }

  /**
   * Ends all grants, as an administrator can: no access token and no refresh token is good any
   * more.
   */
  public void revokeAll() {
    grants.revokeAll();
  }

  /** Sets whether a situation holds from now on; none does at first. */
  public void set(Situation situation, boolean on) {
    situations.set(situation, on);
    if (on && (situation == Situation.USER_INACTIVE || situation == Situation.APP_BLOCKED)) {
      grants.revokeAll();
    }
  }

  /**
   * Ends the next authorization, after the login, on Salesforce's own error page: the callback is
   * not called, and the reason stands in the page's address alone. Several calls take effect in
   * turn.
   *
   * @param error the code, such as {@code invalid_scope}
   * @param description the words beside it; empty for none
   */
  public void failNextAuthorization(String error, String description) {
    situations.addErrorPage(new OAuthError(error, description));
  }

  /**
   * Moves the organisation's data to another host, and returns it: later token answers name it as
   * their {@code instance_url}. Sessions end; the old host answers calls with 401. Users log in,
   * and tokens are traded, where they were.
   */
  public URI moveInstance() {
    grants.expireSessions();
    return instance.move();
  }

  /**
   * Adds a second Consumer Secret, and returns it: until {@link #rotateConsumerSecret()} both are
   * good, {@link #consumerSecret()} is the first, and the first signs. Which of the two Salesforce
   * signs with is not documented.
   */
  public String stageConsumerSecret() {
    return app.stageSecret();
  }

  /**
   * Lets the Consumer Secret that was staged take over from the first.
   *
   * @throws IllegalStateException if none was staged
   */
  public void rotateConsumerSecret() {
    app.rotateSecret();
  }

  /** Replaces the Consumer Secret at once, and returns the new one. */
  public String regenerateConsumerSecret() {
    return app.regenerateSecret();
  }

  /**
   * Sets whether refresh tokens rotate from now on: each refresh then ends the old one, and
   * presenting an old one ends the grant.
   */
  public void rotateRefreshTokens(boolean rotate) {
    grants.rotate(rotate);
  }

  /**
   * Registers one more callback, from now on beside those that the builder was told or fell back
   * to; it is compared character for character.
   */
  public void registerCallback(URI callback) {
    app.registerCallback(callback.toString());
  }

  /** Sets whether authorization without PKCE is refused from now on. */
  public void requirePkce(boolean require) {
    app.requirePkce(require);
  }

  /** Processes the next token request, and cuts the connection in place of an answer. */
  public void loseNextTokenAnswer() {
    server.loseNextTokenAnswer();
  }

  /**
   * Answers the next token request with exactly this, without looking at it. Several calls are
   * answered in turn.
   *
   * @param status the HTTP status
   * @param contentType the {@code Content-Type}; empty for none
   * @param body the body
   */
  public void failNextTokenRequest(int status, String contentType, String body) {
    server.failNextTokenRequest(new Answer(status, contentType, body));
  }

  /**
   * Returns the requests that arrived, in the order of their arrival, those of {@link
   * #approve(URI)} among them.
   */
  public List<ReceivedRequest> requests() {
    return server.requests();
  }

  /** Returns the requests that arrived at one path, in the order of their arrival. */
  public List<ReceivedRequest> requests(String path) {
    return server.requests().stream().filter(request -> request.path().equals(path)).toList();
  }

  /** Forgets the requests that arrived so far. */
  public void clearRequests() {
    server.clearRequests();
  }

  /** Stops it. */
  @Override
  public void close() {
    server.close();
  }

  /** Describes a {@link FakeSalesforce}. Not safe to share between threads. */
  public static final class Builder {
    String key = "3MVG9" + Randoms.alphanumeric(80);
    String secret = Randoms.upperHex(64);
    Set<String> callbacks = new LinkedHashSet<>();
    List<String> scopes = List.of("api", "id", "openid", "refresh_token", "web");
    boolean requirePkce;
    boolean approveAutomatically;
    private boolean rotateRefreshTokens;
    private Duration sessionTimeout = Duration.ofHours(2);
    private Clock clock = Clock.systemUTC();

    private Builder() {}

    /** Sets the app's Consumer Key; the default is a random one that looks like Salesforce's. */
    public Builder consumerKey(String consumerKey) {
      this.key = requireText(consumerKey, "consumer key");
      return this;
    }

    /** Sets the app's Consumer Secret; the default is a random one that looks like Salesforce's. */
    public Builder consumerSecret(String consumerSecret) {
      this.secret = requireText(consumerSecret, "consumer secret");
      return this;
    }

    /**
     * Registers a callback beside those registered so far; it is compared character for character.
     * If none is, Ampersand's {@code https://api.withampersand.com/callbacks/v1/oauth} and {@code
     * http://localhost:8080/callback} are.
     */
    public Builder callback(URI callback) {
      callbacks.add(callback.toString());
      return this;
    }

    /** Selects the app's scopes; the default is {@code api id openid refresh_token web}. */
    public Builder scopes(String... scopes) {
      this.scopes = List.of(scopes);
      return this;
    }

    /** Sets whether authorization without PKCE is refused; the default is false. */
    public Builder requirePkce(boolean requirePkce) {
      this.requirePkce = requirePkce;
      return this;
    }

    /** Sets whether refresh tokens rotate; the default is false. */
    public Builder rotateRefreshTokens(boolean rotateRefreshTokens) {
      this.rotateRefreshTokens = rotateRefreshTokens;
      return this;
    }

    /** Sets whether the user consents at once, without a page; the default is false. */
    public Builder approveAutomatically(boolean approveAutomatically) {
      this.approveAutomatically = approveAutomatically;
      return this;
    }

    /** Sets after how long without a call a session ends; the default is two hours. */
    public Builder sessionTimeout(Duration sessionTimeout) {
      if (sessionTimeout.isNegative() || sessionTimeout.isZero()) {
        throw new IllegalArgumentException("the session timeout has to be longer than nothing");
      }
      this.sessionTimeout = sessionTimeout;
      return this;
    }

    /** Sets the clock by which codes and sessions end; the default is the system's. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /** Starts the server on a free port. */
    public FakeSalesforce start() {
      if (callbacks.isEmpty()) {
        callbacks.addAll(
            List.of(
                "https://api.withampersand.com/callbacks/v1/oauth",
                "http://localhost:8080/callback"));
      }
      FakeSalesforce salesforce = new FakeSalesforce(this);
      salesforce.rotateRefreshTokens(rotateRefreshTokens);
      return salesforce;
    }

    List<String> scopes() {
      return new ArrayList<>(scopes);
    }

    private static String requireText(String value, String name) {
      if (value.isBlank()) {
        throw new IllegalArgumentException("the " + name + " must not be blank");
      }
      return value;
    }
  }
}
