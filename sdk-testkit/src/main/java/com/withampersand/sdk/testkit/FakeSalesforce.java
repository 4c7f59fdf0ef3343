package com.withampersand.sdk.testkit;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A fake Salesforce login host and instance for tests, on a loopback port: one app, one org, one
 * user. It asks for consent on a page that works in a browser, issues codes and tokens as
 * Salesforce does, and remembers what became of them.
 *
 * <pre>{@code
 * try (FakeSalesforce salesforce = FakeSalesforce.start()) {
 *   product.connect(salesforce.approve(product.connectUrl())); // the user presses Allow
 *   salesforce.expireSessions();                               // access tokens now get 401
 *   product.sync();                                            // has to refresh
 *   assertThat(salesforce.grants().get(0).refreshes()).isEqualTo(1);
 * }
 * }</pre>
 *
 * <p>It shares no code with the SDK, so that a mistake cannot cancel itself out.
 *
 * <p>Safe to share between threads. The change that one token request makes is seen whole or not at
 * all.
 */
public final class FakeSalesforce implements AutoCloseable {
  private final FakeApp app;
  private final Settings settings;
  private final Org org;
  private final Instance instance;
  private final Situations situations = new Situations();
  private final Grants grants;
  private final Faults faults = new Faults();
  private final FakeServer server = new FakeServer(0, faults.shutdown());
  private final RequestLog requests = new RequestLog();
  private final Browser browser;
  private final List<FakeSalesforce> otherOrgs = new CopyOnWriteArrayList<>();

  private FakeSalesforce(FakeApp app, Settings settings) {
    this.app = app;
    this.settings = settings;
    this.org = Org.random(server.uri());
    this.instance = new Instance(server.uri());
    this.browser = new Browser(server.uri());
    this.grants = new Grants(settings, situations, new AccessTokens(app, org, situations));
    Routes routes =
        new Routes(
            situations,
            new AuthorizeEndpoint(app, org, grants, situations),
            new TokenEndpoint(app, org, instance, grants, situations, settings.clock()),
            new Resources(app, org, instance, grants));
    server.serve(request -> answer(request, routes));
  }

  private Reply answer(ReceivedRequest request, Routes routes) {
    if (isTokenRequest(request)) {
      request.form("refresh_token").ifPresent(grants::present);
    }
    requests.add(request);
    return reply(request, routes);
  }

  private Reply reply(ReceivedRequest request, Routes routes) {
    ZonedDateTime now = settings.clock().instant().atZone(ZoneOffset.UTC);
    return faults
        .answer(request, routes)
        .withHeader("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(now));
  }

  private static boolean isTokenRequest(ReceivedRequest request) {
    return request.path().equals(Routes.TOKEN);
  }

  /** What the orgs of one app have in common. */
  record Settings(
      Clock clock,
      Duration sessionTimeout,
      RefreshTokenPolicy refreshTokenPolicy,
      Duration reuseGrace) {}

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

  /**
   * Starts another org of the same app, and returns it. The app's key, secrets, callbacks and
   * scopes are common to both; host, user, grants, situations, faults and requests are its own. It
   * begins with what the builder was told, and is closed with this one.
   */
  public FakeSalesforce addOrg() {
    FakeSalesforce other = new FakeSalesforce(app, settings);
    otherOrgs.add(other);
    return other;
  }

  /** Returns the 18 characters that name the org. */
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

  /**
   * Issues a grant of all the app's scopes, as a consent and the exchange of its code do, without
   * either.
   */
  public IssuedGrant issueGrant() {
    return new IssuedGrant(grants, grants.issue(app.scopes()));
  }

  /** Issues so many grants, each as {@link #issueGrant()} does; tens of thousands are no burden. */
  public List<IssuedGrant> issueGrants(int count) {
    return Stream.generate(this::issueGrant).limit(count).toList();
  }

  /** Returns all grants, those that have ended among them, in the order of their issue. */
  public List<IssuedGrant> grants() {
    return grants.all().stream().map(grant -> new IssuedGrant(grants, grant)).toList();
  }

  /**
   * Returns the grant for which an access token or a refresh token was issued, whether the token is
   * still good or not.
   *
   * @throws IllegalArgumentException if this org issued no such token
   */
  public IssuedGrant grant(String token) {
    return grants
        .issuedFor(token)
        .map(grant -> new IssuedGrant(grants, grant))
        .orElseThrow(() -> new IllegalArgumentException("this org did not issue this token"));
  }

  /** Ends all sessions: access tokens are refused from now on, refresh tokens stay good. */
  public void expireSessions() {
    grants.expireSessions();
  }

  /**
   * Ends all grants, as an admin can: no access token and no refresh token is good any more.
   *
   * @see IssuedGrant#revoke()
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
   * Moves the org's data to another host, and returns it: later token answers name it as their
   * {@code instance_url}. Sessions end; the old host answers calls with 401. Users log in, and
   * tokens are traded, where they were.
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

  /** Sets what becomes of refresh tokens that are used from now on. */
  public void refreshTokenPolicy(RefreshTokenPolicy policy) {
    grants.policy(Objects.requireNonNull(policy, "policy"));
  }

  /**
   * Sets the policy to {@link RefreshTokenPolicy#ROTATE_AND_REVOKE_ON_REUSE}, or to {@link
   * RefreshTokenPolicy#KEEP}.
   */
  public void rotateRefreshTokens(boolean rotate) {
    refreshTokenPolicy(policy(rotate));
  }

  private static RefreshTokenPolicy policy(boolean rotate) {
    return rotate ? RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE : RefreshTokenPolicy.KEEP;
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

  /**
   * Lets the next token request meet a fault: a code exchange or a refresh. Faults queue up in the
   * order of the calls, and each is used once.
   */
  public void nextTokenRequest(Fault fault) {
    nextTokenRequests(1, fault);
  }

  /**
   * Lets each of the next token requests meet a fault, as {@link #nextTokenRequest(Fault)} does for
   * one.
   *
   * @throws IllegalArgumentException if {@code count} is below one
   */
  public void nextTokenRequests(int count, Fault fault) {
    faults.next(count, FakeSalesforce::isTokenRequest, Objects.requireNonNull(fault, "fault"));
  }

  /**
   * Lets every token request from now on meet a fault, in place of the one that was set before;
   * {@link Fault#none()} ends it. A request for which another fault is queued up meets both.
   */
  public void everyTokenRequest(Fault fault) {
    faults.every(FakeSalesforce::isTokenRequest, Objects.requireNonNull(fault, "fault"));
  }

  /**
   * Lets the next request that fits meet a fault, as {@link #nextTokenRequest(Fault)} does for
   * token requests. A request takes the first fault in the queue that fits it.
   *
   * @param which tells whether a request is meant; must not throw, and is asked under a lock
   */
  public void nextRequest(Predicate<? super ReceivedRequest> which, Fault fault) {
    faults.next(1, Objects.requireNonNull(which, "which"), Objects.requireNonNull(fault, "fault"));
  }

  /** Lets the next token request meet {@link Fault#loseAnswer()}. */
  public void loseNextTokenAnswer() {
    nextTokenRequest(Fault.loseAnswer());
  }

  /** Lets the next token request meet {@link Fault#respond(int, String, String)}. */
  public void failNextTokenRequest(int status, String contentType, String body) {
    nextTokenRequest(Fault.respond(status, contentType, body));
  }

  /**
   * Returns the requests that arrived, in the order of their arrival, those of {@link
   * #approve(URI)} among them.
   */
  public List<ReceivedRequest> requests() {
    return requests.all();
  }

  /** Returns the requests that arrived at one path, in the order of their arrival. */
  public List<ReceivedRequest> requests(String path) {
    return requests.at(path);
  }

  /**
   * Waits until so many requests have arrived at one path, and returns all that have.
   *
   * @throws IllegalStateException if they have not after 30 seconds, or if the thread is
   *     interrupted
   */
  public List<ReceivedRequest> awaitRequests(String path, int count) {
    return requests.await(path, count);
  }

  /** Forgets the requests that arrived so far. */
  public void clearRequests() {
    requests.clear();
  }

  /** Stops it and the orgs that were added to it. */
  @Override
  public void close() {
    otherOrgs.forEach(FakeSalesforce::close);
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
    private RefreshTokenPolicy refreshTokenPolicy = RefreshTokenPolicy.KEEP;
    private Duration reuseGrace = Duration.ofMinutes(2);
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

    /**
     * Sets what becomes of refresh tokens that are used; the default is {@link
     * RefreshTokenPolicy#KEEP}.
     */
    public Builder refreshTokenPolicy(RefreshTokenPolicy policy) {
      this.refreshTokenPolicy = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Sets the policy to {@link RefreshTokenPolicy#ROTATE_AND_REVOKE_ON_REUSE}, or to {@link
     * RefreshTokenPolicy#KEEP}.
     */
    public Builder rotateRefreshTokens(boolean rotateRefreshTokens) {
      return refreshTokenPolicy(policy(rotateRefreshTokens));
    }

    /**
     * Sets for how long a refresh token that was used is taken once more, where the policy has a
     * grace; the default is two minutes.
     *
     * @throws IllegalArgumentException unless it is longer than zero
     */
    public Builder reuseGrace(Duration reuseGrace) {
      this.reuseGrace = requirePositive(reuseGrace, "reuse grace");
      return this;
    }

    /** Sets whether the user consents at once, without a page; the default is false. */
    public Builder approveAutomatically(boolean approveAutomatically) {
      this.approveAutomatically = approveAutomatically;
      return this;
    }

    /** Sets after how long without a call a session ends; the default is two hours. */
    public Builder sessionTimeout(Duration sessionTimeout) {
      this.sessionTimeout = requirePositive(sessionTimeout, "session timeout");
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
      return new FakeSalesforce(
          new FakeApp(this), new Settings(clock, sessionTimeout, refreshTokenPolicy, reuseGrace));
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

    private static Duration requirePositive(Duration duration, String name) {
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException("the " + name + " has to be longer than zero");
      }
      return duration;
    }
  }
}
