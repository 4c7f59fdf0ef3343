package com.withampersand.sdk.testkit;

import java.net.URI;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An org of a {@link FakeSalesforce}: one customer, with users, grants and a My Domain of its own.
 * The app's key, secrets, callbacks and scopes are common to all orgs.
 *
 * <p>It answers at a port of its own and, behind the {@linkplain FakeSalesforce#proxySelector()
 * proxy}, at the real names: its My Domain, and {@code login.salesforce.com} or, for a sandbox,
 * {@code test.salesforce.com}, which serve all orgs of their kind. Answers name the addresses of
 * the kind by which the request came.
 *
 * <p>What the {@link FakeSalesforce} is told holds in its orgs; what an org is told holds there
 * alone. A request meets the faults of both.
 *
 * <p>Safe to share between threads.
 */
public final class FakeOrg extends Controls {
  private final String name;
  private final String id = Randoms.id("00D");
  private final FakeApp app;
  private final Clock clock;
  private final Network network;
  private final Browser browser;
  private final Parts parts;
  private final Shutdown shutdown = new Shutdown();
  private final FakeServer server;
  private final Addresses addresses;
  private final Grants grants;
  private final Routes routes;
  private final FakeUser user;
  private final List<FakeUser> users = new CopyOnWriteArrayList<>();

  private FakeOrg(Setting setting, String name, int port, Parts parts) {
    super(parts);
    this.name = name;
    this.app = setting.app();
    this.clock = setting.settings().clock();
    this.network = setting.network();
    this.browser = setting.browser();
    this.parts = parts;
    this.server = new FakeServer(port, shutdown);
    this.addresses = new Addresses(server.uri(), name);
    Situations situations = parts.situations();
    this.grants = new Grants(setting.settings(), situations, new AccessTokens(app, situations));
    this.user = new FakeUser(this, "user@" + name + ".example");
    users.add(user);
    FakeClientGrants clientGrants =
        new FakeClientGrants(this, app, addresses, grants, situations, clock);
    this.routes =
        new Routes(
            situations,
            new AuthorizeEndpoint(app, this, grants, situations),
            new FakeTokenEndpoint(app, addresses, grants, clientGrants, situations, clock),
            new Resources(app, addresses, grants),
            parts.answers());
  }

  /** What all orgs have in common. */
  record Setting(
      FakeApp app,
      FakeSalesforce.Settings settings,
      Parts parts,
      Network network,
      Browser browser) {}

  /**
   * Starts an org.
   *
   * @param port the port; 0 for a free one
   * @throws IllegalArgumentException if the name is not one that a My Domain can have
   */
  static FakeOrg start(Setting setting, String name, int port) {
    if (!name.matches("[a-z0-9]([a-z0-9-]*[a-z0-9])?")) {
      throw new IllegalArgumentException(
          "the name of an org is that of its My Domain, such as acme or, for a sandbox, acme--dev: "
              + name);
    }
    FakeOrg org = new FakeOrg(setting, name, port, setting.parts().forOrg());
    org.addresses.hosts().forEach(host -> org.network.add(host, org::answer));
    org.server.serve(org::answer);
    return org;
  }

  Reply answer(ReceivedRequest request) {
    if (addresses.isGone(request.origin())) {
      return Reply.none(); // by a connection from before the My Domain was renamed
    }
    if (Routes.isTokenRequest(request)) {
      request.form("refresh_token").ifPresent(grants::present);
    }
    parts.requests().add(request);
    ZonedDateTime now = clock.instant().atZone(ZoneOffset.UTC);
    return parts
        .faults()
        .answer(request, routes, shutdown)
        .withHeader("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(now));
  }

  /** Tells whether something in a request belongs to this org. */
  boolean isNamedBy(ReceivedRequest request) {
    return SharedLogin.names(request)
        .anyMatch(
            text ->
                text.equals(id)
                    || find(text).isPresent()
                    || grants.knows(text)
                    || routes.knows(text));
  }

  Addresses addresses() {
    return addresses;
  }

  Grants issued() {
    return grants;
  }

  /** Finds a user by ID or username. */
  Optional<FakeUser> find(String idOrUsername) {
    return users.stream()
        .filter(one -> one.id().equals(idOrUsername) || one.username().equals(idOrUsername))
        .findFirst();
  }

  URI browse(URI authorizationUrl, FakeUser who, String decision) {
    return browser.decide(authorizationUrl, who, addresses::isLogin, decision);
  }

  /** Returns the name that it was given: that of its My Domain, such as {@code acme}. */
  public String name() {
    return name;
  }

  /** Returns the 18 characters that name the org; the first 15 of them name it as well. */
  public String id() {
    return id;
  }

  /** Tells whether it is a sandbox: its name has two hyphens, as in {@code acme--dev}. */
  public boolean isSandbox() {
    return addresses.isSandbox();
  }

  /**
   * Returns its own address on this machine, such as {@code http://localhost:41234}, without a
   * slash at its end: login host and instance in one. No other org is served there.
   */
  public URI uri() {
    return server.uri();
  }

  /**
   * Returns the address of its My Domain, such as {@code https://acme.my.salesforce.com} or {@code
   * https://acme--dev.sandbox.my.salesforce.com}, which leads here behind the proxy.
   */
  public URI myDomain() {
    return Addresses.https(addresses.myDomain());
  }

  /**
   * Returns where its data is: its My Domain, until {@link #moveInstance()}. Token answers name it
   * as their {@code instance_url} if the request came by a real name.
   */
  public URI instanceUri() {
    return addresses.instance(myDomain());
  }

  /**
   * Serves the org at a custom domain as well, behind the proxy.
   *
   * @param host a host such as {@code crm.acme.example}
   * @return its address
   * @throws IllegalArgumentException if the host is served already
   */
  public URI addHost(String host) {
    network.add(host, this::answer);
    return Addresses.https(addresses.addHost(host));
  }

  /**
   * Gives the My Domain another name. The old hosts are not served any more, and token responses
   * name the new one; tokens stay good. {@link #name()} stays what it was.
   *
   * @param newName the new name, such as {@code acme-corp}; of a sandbox with its two hyphens
   * @return the address of the new My Domain
   * @throws IllegalArgumentException if a host of that name is served already
   */
  public URI renameMyDomain(String newName) {
    Set<String> before = Set.copyOf(addresses.hosts());
    addresses.rename(newName);
    before.stream().filter(host -> !addresses.hosts().contains(host)).forEach(network::remove);
    addresses.hosts().stream()
        .filter(host -> !before.contains(host))
        .forEach(host -> network.add(host, this::answer));
    return myDomain();
  }

  /**
   * Returns the settings of the app as environment variables, as {@link
   * FakeSalesforce#environment()} does, with {@link #uri()} as login host.
   */
  public Map<String, String> environment() {
    return Environment.salesforce(app, uri());
  }

  /** Returns the first user, who consents if no other is named. */
  public FakeUser user() {
    return user;
  }

  /** Returns the users, the first one included. */
  public List<FakeUser> users() {
    return List.copyOf(users);
  }

  /**
   * Adds a user.
   *
   * @throws IllegalArgumentException if the org has one of this name
   */
  public synchronized FakeUser addUser(String username) {
    if (find(username).isPresent()) {
      throw new IllegalArgumentException("there is a user " + username + " already");
    }
    FakeUser added = new FakeUser(this, username);
    users.add(added);
    return added;
  }

  /**
   * Consents as the first user.
   *
   * @see FakeUser#approve(URI)
   */
  public URI approve(URI authorizationUrl) {
    return user.approve(authorizationUrl);
  }

  /**
   * Declines as the first user.
   *
   * @see FakeUser#deny(URI)
   */
  public URI deny(URI authorizationUrl) {
    return user.deny(authorizationUrl);
  }

  /**
   * Issues a grant of the first user.
   *
   * @see FakeUser#issueGrant()
   */
  public IssuedGrant issueGrant() {
    return user.issueGrant();
  }

  IssuedGrant issueGrant(FakeUser who) {
    return new IssuedGrant(grants, grants.issue(uri(), who, app.scopes()));
  }

  /** Issues so many grants of the first user. */
  public List<IssuedGrant> issueGrants(int count) {
    return user.issueGrants(count);
  }

  /** Returns all grants, those that have ended among them, in the order of their issue. */
  public List<IssuedGrant> grants() {
    return grants.all().stream().map(grant -> new IssuedGrant(grants, grant)).toList();
  }

  /** Returns the grant for which a token was issued here. */
  Optional<IssuedGrant> grant(String token) {
    return grants.issuedFor(token).map(grant -> new IssuedGrant(grants, grant));
  }

  /** Ends all sessions: access tokens are refused from now on, refresh tokens stay good. */
  public void expireSessions() {
    grants.expireSessions();
  }

  /**
   * Ends all grants of the org, as an admin can: no access token and no refresh token is good any
   * more.
   *
   * @see FakeUser#revokeAll()
   * @see IssuedGrant#revoke()
   */
  @Override
  public void revokeAll() {
    grants.revokeAll();
  }

  /**
   * Moves the org's data to another host, or back. Later token answers name it as their {@code
   * instance_url}. Sessions end; the old host answers calls with 401. Users log in, and tokens are
   * traded, where they were. By real names the other host is {@link #instanceUri()}; at the org's
   * port it is this machine by its other name, {@code 127.0.0.1}.
   */
  public void moveInstance() {
    grants.expireSessions();
    addresses.move();
  }

  /** Sets what becomes of refresh tokens that are used from now on in this org. */
  public void refreshTokenPolicy(RefreshTokenPolicy policy) {
    grants.policy(policy);
  }

  void stop() {
    server.close();
  }

  /** Returns the address of the My Domain. */
  @Override
  public String toString() {
    return myDomain().toString();
  }
}
