package com.withampersand.sdk.testkit;

import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/**
 * A fake Salesforce for tests, on ports of this machine: login hosts and instances of one app, with
 * one org of one user and as many more as are {@linkplain #addOrg(String) added}. It asks for
 * consent on a page that works in a browser, issues codes and tokens as Salesforce does, and
 * remembers what became of them.
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
 * <p>What it is told holds in all its orgs; {@link FakeOrg} tells one. Where one org has to be
 * meant, as by {@link #uri()} and {@link #issueGrant()}, it is the first.
 *
 * <p>It shares no code with the SDK, so that a mistake cannot cancel itself out.
 *
 * <p>Safe to share between threads. The change that one token request makes is seen whole or not at
 * all.
 */
public final class FakeSalesforce extends Controls implements AutoCloseable {
  private final FakeApp app;
  private final Settings settings;
  private final Network network;
  private final FakeOrg.Setting setting;
  private final FakeOrg first;
  private final List<FakeOrg> orgs = new CopyOnWriteArrayList<>();
  private final List<FakeSalesforce> others = new CopyOnWriteArrayList<>();
  private Optional<FakeOrg> nowhere = Optional.empty();
  private volatile RefreshTokenPolicy policy;

  private FakeSalesforce(FakeApp app, Settings settings, Parts parts) {
    super(parts);
    this.app = app;
    this.settings = settings;
    this.policy = settings.refreshTokenPolicy();
    this.network = new Network(settings.proxyPort());
    this.setting = new FakeOrg.Setting(app, settings, parts, network, new Browser(network));
    this.first = FakeOrg.start(setting, settings.orgName(), settings.port());
    orgs.add(first);
    network.add(Addresses.LOGIN, sharedLogin(false));
    network.add(Addresses.TEST, sharedLogin(true));
  }

  Network network() {
    return network;
  }

  private HttpService sharedLogin(boolean sandboxes) {
    return new SharedLogin(
        () -> orgs.stream().filter(org -> org.isSandbox() == sandboxes).toList(), this::nowhere);
  }

  /** Returns an org without users' grants, for what comes to a shared host and names no org. */
  private synchronized FakeOrg nowhere() {
    if (nowhere.isEmpty()) {
      nowhere = Optional.of(FakeOrg.start(setting, "no-org", 0));
    }
    return nowhere.get();
  }

  /** What the orgs of one app have in common. */
  record Settings(
      Clock clock,
      Duration sessionTimeout,
      RefreshTokenPolicy refreshTokenPolicy,
      Duration reuseGrace,
      int maxLoginsPerHour,
      String orgName,
      int port,
      int proxyPort) {

    /** Returns the settings of another Salesforce, whose ports are free ones. */
    Settings onFreePorts() {
      return new Settings(
          clock, sessionTimeout, refreshTokenPolicy, reuseGrace, maxLoginsPerHour, orgName, 0, 0);
    }
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
   * Returns the address of its first org on this machine, such as {@code http://localhost:41234},
   * without a slash at its end: login host and, until {@link #moveInstance()}, instance in one.
   */
  public URI uri() {
    return first.uri();
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
   * Starts another Salesforce with the same app, and returns it. The app's key, secrets, callbacks
   * and scopes are common to both; orgs, users, grants, situations, faults and requests are its
   * own. It begins with what the builder was told, and is closed with this one. For several orgs of
   * one Salesforce use {@link #addOrg(String)}.
   */
  public FakeSalesforce addOrg() {
    FakeSalesforce other = new FakeSalesforce(app, settings.onFreePorts(), new Parts());
    others.add(other);
    return other;
  }

  /**
   * Adds an org, which has installed the app.
   *
   * @param name the name of its My Domain, such as {@code acme}, or {@code acme--dev} for a sandbox
   * @throws IllegalArgumentException if there is an org of this name, or it is not one that a My
   *     Domain can have
   */
  public FakeOrg addOrg(String name) {
    return addOrg(name, 0);
  }

  FakeOrg addOrg(String name, int port) {
    FakeOrg org = FakeOrg.start(setting, name, port);
    org.refreshTokenPolicy(policy);
    orgs.add(org);
    return org;
  }

  /** Returns the first org, which is there from the start. */
  public FakeOrg org() {
    return first;
  }

  /**
   * Returns an org.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public FakeOrg org(String name) {
    return find(name).orElseThrow(() -> new IllegalArgumentException("there is no org " + name));
  }

  Optional<FakeOrg> find(String name) {
    return orgs.stream().filter(org -> org.name().equals(name)).findFirst();
  }

  /** Returns the orgs, the first one included, in the order in which they were added. */
  public List<FakeOrg> orgs() {
    return List.copyOf(orgs);
  }

  /**
   * Returns a client that reaches the orgs by their real names, such as {@code
   * https://acme.my.salesforce.com} and {@code https://login.salesforce.com}: through the proxy,
   * and trusting the fake's certificates alone. Hosts of this machine it calls directly; every
   * other host is refused, except that of a {@link FakeAmpersand}.
   */
  public HttpClient httpClient() {
    return network.client();
  }

  /** Returns what trusts the certificates of the real names, and no other, for other clients. */
  public SSLContext sslContext() {
    return network.sslContext();
  }

  /**
   * Returns what leads to the proxy behind which the orgs have their real names, for other clients;
   * hosts of this machine are called directly.
   */
  public ProxySelector proxySelector() {
    return network.proxySelector();
  }

  /**
   * Returns the address of the proxy behind which the orgs have their real names, such as {@code
   * http://localhost:41235}, for clients in other processes. It answers 502 for every other host.
   */
  public URI proxyUri() {
    return network.proxyUri();
  }

  /**
   * Returns the certificate of the authority that signs for the real names, in PEM, for clients in
   * other processes. Its key never leaves this process.
   */
  public String certificateAuthority() {
    return network.authority();
  }

  /**
   * Returns the settings of the app as environment variables, for products that read them there:
   * {@code SALESFORCE_CLIENT_ID}, {@code SALESFORCE_CLIENT_SECRET}, {@code SALESFORCE_LOGIN_HOST},
   * which is {@link #uri()}, {@code SALESFORCE_SCOPES}, and {@code SALESFORCE_CALLBACK}, which is
   * {@code http://localhost:8080/callback} if it is registered, or else the first that the builder
   * was told.
   */
  public Map<String, String> environment() {
    return first.environment();
  }

  /** Returns the 18 characters that name the first org. */
  public String organizationId() {
    return first.id();
  }

  /** Returns the 18 characters that name the first org's first user. */
  public String userId() {
    return first.user().id();
  }

  /** Returns the name by which the first org's first user logs in. */
  public String username() {
    return first.user().username();
  }

  /**
   * Does what a user does who consents: loads the page, presses <i>Allow</i>, and returns the
   * callback to which the browser is sent, without going there. It is the user whom the URL names
   * by {@code login_hint}, or else the first user of the org to whose host the URL leads, or else
   * of the first org.
   *
   * @throws IllegalStateException if Salesforce shows an error in place of a redirect; the message
   *     tells it
   * @throws IllegalArgumentException if the URL is another host's
   * @see FakeUser#approve(URI)
   */
  public URI approve(URI authorizationUrl) {
    return visitor(authorizationUrl).approve(authorizationUrl);
  }

  /**
   * Does what a user does who declines, as {@link #approve(URI)} does for one who consents.
   *
   * @throws IllegalStateException if Salesforce shows an error in place of a redirect; the message
   *     tells it
   * @throws IllegalArgumentException if the URL is another host's
   */
  public URI deny(URI authorizationUrl) {
    return visitor(authorizationUrl).deny(authorizationUrl);
  }

  private FakeUser visitor(URI url) {
    List<FakeOrg> there = orgs.stream().filter(org -> org.addresses().isLogin(url)).toList();
    return hint(url)
        .flatMap(hint -> there.stream().flatMap(org -> org.find(hint).stream()).findFirst())
        .orElseGet(() -> there.stream().findFirst().orElse(first).user());
  }

  private static Optional<String> hint(URI url) {
    return Optional.ofNullable(url.getRawQuery())
        .map(Forms::decode)
        .flatMap(query -> query.getOrDefault("login_hint", List.of()).stream().findFirst());
  }

  /**
   * Issues a grant of all the app's scopes to the first user, as a consent and the exchange of its
   * code do, without either.
   */
  public IssuedGrant issueGrant() {
    return first.issueGrant();
  }

  /** Issues so many grants, each as {@link #issueGrant()} does; tens of thousands are no burden. */
  public List<IssuedGrant> issueGrants(int count) {
    return first.issueGrants(count);
  }

  /**
   * Returns the grants of all orgs, those that have ended among them; those of one org in the order
   * of their issue.
   */
  public List<IssuedGrant> grants() {
    return orgs.stream().flatMap(org -> org.grants().stream()).toList();
  }

  /**
   * Returns the grant for which an access token or a refresh token was issued, whether the token is
   * still good or not.
   *
   * @throws IllegalArgumentException if no org issued such a token
   */
  public IssuedGrant grant(String token) {
    return orgs.stream()
        .flatMap(org -> org.grant(token).stream())
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no org issued this token"));
  }

  /** Ends all sessions: access tokens are refused from now on, refresh tokens stay good. */
  public void expireSessions() {
    orgs.forEach(FakeOrg::expireSessions);
  }

  /**
   * Ends all grants of all orgs: no access token and no refresh token is good any more.
   *
   * @see FakeOrg#revokeAll()
   * @see FakeUser#revokeAll()
   * @see IssuedGrant#revoke()
   */
  @Override
  public void revokeAll() {
    orgs.forEach(FakeOrg::revokeAll);
  }

  /**
   * Moves the first org's data to another host, and returns it: later token answers name it as
   * their {@code instance_url}. Sessions end; the old host answers calls with 401. Users log in,
   * and tokens are traded, where they were.
   */
  public URI moveInstance() {
    first.moveInstance();
    return first.addresses().instance(uri());
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
   * Sets whether a staged Consumer Secret signs token responses in place of the first; the default
   * is that the first signs. Salesforce does not say which of the two it signs with.
   */
  public void signWithStagedSecret(boolean staged) {
    app.signWithStaged(staged);
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
    this.policy = Objects.requireNonNull(policy, "policy");
    orgs.forEach(org -> org.refreshTokenPolicy(policy));
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
   * Registers the certificate with whose key the app signs JWTs, beside others that it has.
   *
   * @param certificate its public key: RSA
   */
  public void registerCertificate(PublicKey certificate) {
    app.registerCertificate(certificate);
  }

  /** Removes a certificate from the app: JWTs signed with its key are refused from now on. */
  public void removeCertificate(PublicKey certificate) {
    app.removeCertificate(certificate);
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

  /** Forgets the requests that arrived so far, in all orgs. */
  @Override
  public void clearRequests() {
    super.clearRequests();
    orgs.forEach(FakeOrg::clearRequests);
  }

  /** Stops it and whatever was added to it. */
  @Override
  public synchronized void close() {
    others.forEach(FakeSalesforce::close);
    orgs.forEach(FakeOrg::stop);
    nowhere.ifPresent(FakeOrg::stop);
    network.close();
  }

  /** Describes a {@link FakeSalesforce}. Not safe to share between threads. */
  public static final class Builder {
    private static final String OWN_CALLBACK = "http://localhost:8080/callback";

    String key = "3MVG9" + Randoms.alphanumeric(80);
    String secret = Randoms.upperHex(64);
    Set<String> callbacks = new LinkedHashSet<>();
    List<String> scopes = List.of("api", "id", "openid", "refresh_token", "web");
    boolean requirePkce;
    boolean approveAutomatically;
    private RefreshTokenPolicy refreshTokenPolicy = RefreshTokenPolicy.KEEP;
    private Duration reuseGrace = Duration.ofMinutes(2);
    private int maxLoginsPerHour = LoginRate.NO_LIMIT;
    private Duration sessionTimeout = Duration.ofHours(2);
    private Clock clock = Clock.systemUTC();
    private String orgName = "first-org";
    private int port;
    private int proxyPort;

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

    /**
     * Sets how often a user may sign in within an hour, refreshes and JWTs included; by default
     * there is no limit. One too many is answered {@code rate_limit_exceeded}. Salesforce's limit
     * is 3,600; whether refreshes count there is not documented.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder maxLoginsPerHour(int maxLoginsPerHour) {
      if (maxLoginsPerHour < 1) {
        throw new IllegalArgumentException("the limit must be positive: " + maxLoginsPerHour);
      }
      this.maxLoginsPerHour = maxLoginsPerHour;
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

    /**
     * Sets the name of the first org, which is that of its My Domain; the default is {@code
     * first-org}.
     */
    public Builder org(String name) {
      this.orgName = requireText(name, "name of the org");
      return this;
    }

    /** Sets the port of the first org; the default is a free one. */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /** Sets the port of the proxy; the default is a free one. */
    public Builder proxyPort(int proxyPort) {
      this.proxyPort = proxyPort;
      return this;
    }

    /** Starts the server. */
    public FakeSalesforce start() {
      if (callbacks.isEmpty()) {
        callbacks.addAll(List.of("https://api.withampersand.com/callbacks/v1/oauth", OWN_CALLBACK));
      }
      return new FakeSalesforce(
          new FakeApp(this),
          new Settings(
              clock,
              sessionTimeout,
              refreshTokenPolicy,
              reuseGrace,
              maxLoginsPerHour,
              orgName,
              port,
              proxyPort),
          new Parts());
    }

    String ownCallback() {
      return callbacks.contains(OWN_CALLBACK) ? OWN_CALLBACK : callbacks.iterator().next();
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
