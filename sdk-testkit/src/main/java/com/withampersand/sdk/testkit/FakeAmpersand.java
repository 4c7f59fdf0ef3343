package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An Ampersand on a loopback port, with one project: it keeps provider apps and connections, sends
 * users to a {@link FakeSalesforce}, runs the callback to which they return, and keeps their tokens
 * alive.
 *
 * <pre>{@code
 * try (FakeSalesforce salesforce = FakeSalesforce.start();
 *     FakeAmpersand ampersand = FakeAmpersand.start(salesforce)) {
 *   // POST /oauth-connect to ampersand.apiUri() with ampersand.apiKey() answers a URL
 *   ampersand.complete(salesforce.approve(url)); // a connection has appeared
 * }
 * }</pre>
 *
 * <p>A connection belongs to the org whose name is its {@code providerWorkspaceRef}, or else to the
 * first org.
 *
 * <p>The client of {@link FakeSalesforce#httpClient()} reaches it at {@code
 * https://api.withampersand.com}, too: its API and its callback. One that is started later takes
 * that name over. It answers with addresses of the kind by which it was asked.
 *
 * <p>Its proxy, at {@link #apiProxyUri()} and {@code https://proxy.withampersand.com}, sends the
 * calls of an {@linkplain #addInstallation installation} on to the org, with an access token that
 * it refreshes.
 *
 * <p>It checks the credential and validates requests as Ampersand's document says. It shares no
 * code with the SDK, so that a mistake cannot cancel itself out.
 *
 * <p>Safe to share between threads. The change that one request makes is seen whole or not at all.
 */
public final class FakeAmpersand implements AutoCloseable {
  private static final String HOST = "api.withampersand.com";
  private static final URI REAL_CALLBACK = URI.create("https://" + HOST + CallbackEndpoint.PATH);
  private static final Pattern CONNECTION = Pattern.compile("data-connection=\"([^\"]+)\"");

  private final Shutdown shutdown = new Shutdown();
  private final Faults faults = new Faults();
  private final Faults proxyFaults = new Faults();
  private final FakeServer server;
  private final FakeServer proxyServer;
  private final RequestLog requests = new RequestLog();
  private final BlockingClient browser = new BlockingClient();
  private final Network network;
  private final HttpService service;
  private final HttpService proxyService;
  private final ProxyEndpoint proxy;
  private final Keys keys;
  private final FakeProject project;
  private final Problems problems;
  private final FakeProviderApps apps;
  private final FakeConnections connections;
  private final TokenKeeper keeper;
  private volatile boolean extend;

  private FakeAmpersand(Builder builder) {
    Timestamps times = new Timestamps(builder.clock);
    this.server = new FakeServer(builder.port, shutdown);
    this.keys = new Keys(builder.apiKey, builder.bearerToken);
    this.project = new FakeProject(builder.projectId, builder.projectName, times.now());
    this.problems = new Problems(times);
    this.apps = new FakeProviderApps(project, times);
    this.connections = new FakeConnections(project, times);
    SalesforceCalls salesforce = new SalesforceCalls(builder.salesforce);
    this.keeper = new TokenKeeper(connections, apps, salesforce, times, builder.healthChecks);
    this.network = builder.salesforce.network();
    builder.salesforce.registerCallback(callbackUri());
    builder.salesforce.registerCallback(REAL_CALLBACK);
    AmpersandRoutes routes = routes(salesforce);
    this.service = request -> answer(request, routes);
    this.proxy = new ProxyEndpoint(problems, keys, project, connections, keeper, salesforce);
    this.proxyServer = new FakeServer(0, shutdown);
    this.proxyService = this::proxied;
    server.serve(service);
    proxyServer.serve(proxyService);
    network.replace(HOST, service);
    network.replace(ProxyEndpoint.HOST, proxyService);
  }

  private Reply answer(ReceivedRequest request, AmpersandRoutes routes) {
    requests.add(request);
    return faults.answer(request, (received, pause) -> carryOut(routes, received, pause), shutdown);
  }

  private Answer carryOut(AmpersandRoutes routes, ReceivedRequest request, Runnable pause) {
    shutdown.check(); // a connection through the proxy outlives the server
    pause.run();
    Answer answer = routes.apply(request);
    return extend ? Extension.extend(request, answer) : answer;
  }

  private Reply proxied(ReceivedRequest request) {
    requests.add(request);
    return proxyFaults.answer(
        request,
        (received, pause) -> {
          shutdown.check();
          return proxy.carryOut(received, pause);
        },
        shutdown);
  }

  private static boolean isForTheApi(ReceivedRequest request) {
    return request.path().startsWith(AmpersandRoutes.API + "/");
  }

  private static boolean isImport(ReceivedRequest request) {
    return isForTheApi(request) && request.path().endsWith("/connections:generate");
  }

  private AmpersandRoutes routes(SalesforceCalls salesforce) {
    Catalog catalog = new Catalog();
    Consents consents = new Consents();
    return new AmpersandRoutes(
        problems,
        keys,
        project,
        catalog,
        new ProviderAppsEndpoint(apps, catalog),
        new ConnectionsEndpoint(connections, apps, catalog, keeper),
        new ConnectEndpoint(project, catalog, apps, connections, consents, salesforce),
        new CallbackEndpoint(apps, connections, consents, salesforce, keeper));
  }

  /** Starts an Ampersand with every default, and registers its callback with the Salesforce app. */
  public static FakeAmpersand start(FakeSalesforce salesforce) {
    return builder(salesforce).start();
  }

  /** Starts to describe an Ampersand that sends its users to this Salesforce. */
  public static Builder builder(FakeSalesforce salesforce) {
    return new Builder(Objects.requireNonNull(salesforce, "salesforce"));
  }

  /**
   * Returns the base URL of the API, such as {@code http://localhost:41234/v1}, without a slash at
   * its end.
   */
  public URI apiUri() {
    return URI.create(server.uri() + AmpersandRoutes.API);
  }

  /** Returns the OAuth callback, such as {@code http://localhost:41234/callbacks/v1/oauth}. */
  public URI callbackUri() {
    return URI.create(server.uri() + CallbackEndpoint.PATH);
  }

  /**
   * Returns the address of Ampersand's proxy, such as {@code http://localhost:41235}, which leads
   * to the APIs of the orgs. It is not the HTTP proxy of {@link FakeSalesforce#proxyUri()}.
   */
  public URI apiProxyUri() {
    return proxyServer.uri();
  }

  /** Returns the key that is good in {@code X-Api-Key} now. */
  public String apiKey() {
    return keys.apiKey();
  }

  /** Returns the token that is good in {@code Authorization: Bearer}. */
  public String bearerToken() {
    return keys.bearerToken();
  }

  /**
   * Returns the settings as environment variables, for products that read them there: {@code
   * AMP_API_KEY}, {@code AMP_API_URL} and {@code AMP_PROJECT}.
   */
  public Map<String, String> environment() {
    return Environment.ampersand(this);
  }

  /** Returns the project's ID. */
  public String projectId() {
    return project.id();
  }

  /** Returns the project's name, which is as good as its ID in every path. */
  public String projectName() {
    return project.name();
  }

  /**
   * Does what a user's browser does next when Salesforce sends it back: loads Ampersand's callback.
   *
   * @param callback where Salesforce sends the browser, as {@link FakeSalesforce#approve(URI)}
   *     returns it
   * @return the address of the connection in the API, which is new or was renewed
   * @throws IllegalStateException if Ampersand shows an error; the message tells it
   * @throws IllegalArgumentException if the URL is another than Ampersand's callback
   */
  public URI complete(URI callback) {
    boolean real = callback.toString().startsWith(REAL_CALLBACK + "?");
    if (!real && !callback.toString().startsWith(callbackUri() + "?")) {
      throw new IllegalArgumentException("this URL does not lead to " + callbackUri());
    }
    BlockingClient client = real ? new BlockingClient(network.client()) : browser;
    HttpResponse<String> page = client.send(HttpRequest.newBuilder(callback));
    Matcher connection = CONNECTION.matcher(page.body());
    if (!connection.find()) {
      throw new IllegalStateException(
          "Ampersand shows an error: status " + page.statusCode() + ", " + page.body());
    }
    return URI.create(
        apiUri() + "/projects/" + projectId() + "/connections/" + connection.group(1));
  }

  /**
   * Adds a provider app, unchecked, and returns its ID. As with requests, nothing keeps two from
   * being alike in provider and client ID.
   */
  public String addProviderApp(
      String provider, String clientId, String clientSecret, String... scopes) {
    ObjectNode members = JsonNodeFactory.instance.objectNode();
    members.put("provider", provider);
    members.put("clientId", clientId);
    members.put("clientSecret", clientSecret);
    Arrays.stream(scopes).forEach(members.putArray("scopes")::add);
    return apps.create(members).id();
  }

  /**
   * Adds an installation of an integration for a connection and its group, and returns its ID.
   * Calls through the proxy name it by this ID, or by integration and group.
   *
   * @throws IllegalArgumentException if there is no such connection
   */
  public String addInstallation(String integrationName, String connectionId) {
    return proxy.install(integrationName, connection(connectionId).id());
  }

  /** Returns the IDs of the provider apps, in the order of their creation. */
  public List<String> providerAppIds() {
    return apps.rows().ids();
  }

  /**
   * Returns the client secret that is kept for a provider app, which no answer tells.
   *
   * @throws IllegalArgumentException if there is no such provider app
   */
  public String clientSecret(String providerAppId) {
    return apps.rows()
        .find(providerAppId)
        .orElseThrow(() -> unknown("provider app", providerAppId))
        .clientSecret();
  }

  /** Returns the IDs of the connections, in the order of their creation. */
  public List<String> connectionIds() {
    return connections.rows().ids();
  }

  /**
   * Returns the status of a connection.
   *
   * @throws IllegalArgumentException if there is no such connection
   */
  public String connectionStatus(String connectionId) {
    return connection(connectionId).status();
  }

  /**
   * Sets the status of a connection, to whatever text, until its next refresh or health check.
   *
   * @throws IllegalArgumentException if there is no such connection
   */
  public void setConnectionStatus(String connectionId, String status) {
    connection(connectionId);
    connections.update(connectionId, row -> row.withStatus(status));
  }

  /**
   * Checks the health of a connection now, and returns its status: {@code working} if Salesforce
   * answers userinfo with 200, {@code bad_credentials} if it refuses the token. Refreshes nothing.
   *
   * @throws IllegalArgumentException if there is no such connection
   * @throws java.io.UncheckedIOException if Salesforce does not answer
   */
  public String checkHealth(String connectionId) {
    connection(connectionId);
    return keeper.checkHealth(connectionId).status();
  }

  /**
   * Returns how often Ampersand has asked Salesforce to refresh the tokens of a connection,
   * whatever Salesforce answered. A read with {@code refresh=force} always asks.
   */
  public int refreshCount(String connectionId) {
    return keeper.refreshes(connectionId);
  }

  /**
   * Sets whether an import is answered 422 if a connection of the same provider, group and consumer
   * exists; the default is false, and a second connection is created. Ampersand's document does not
   * say which is true.
   */
  public void refuseDuplicateImports(boolean refuse) {
    connections.refuseDuplicates(refuse);
  }

  private ConnectionRow connection(String id) {
    return connections.rows().find(id).orElseThrow(() -> unknown("connection", id));
  }

  private static IllegalArgumentException unknown(String kind, String id) {
    return new IllegalArgumentException("there is no " + kind + " " + id);
  }

  /** Replaces the API key, and returns the new one; the old one has expired: it is answered 401. */
  public String regenerateApiKey() {
    return keys.regenerateApiKey();
  }

  /**
   * Lets the next request to the API meet a fault. Faults queue up in the order of the calls, and
   * each is used once.
   */
  public void nextRequest(Fault fault) {
    nextRequest(request -> true, fault);
  }

  /**
   * Lets the next request to the API that fits meet a fault, as {@link #nextRequest(Fault)} does. A
   * request takes the first fault in the queue that fits it.
   *
   * @param which tells whether a request is meant; must not throw, and is asked under a lock
   */
  public void nextRequest(Predicate<? super ReceivedRequest> which, Fault fault) {
    Objects.requireNonNull(which, "which");
    Objects.requireNonNull(fault, "fault");
    faults.next(1, request -> isForTheApi(request) && which.test(request), fault);
  }

  /**
   * Lets each of the next requests to the API meet a fault.
   *
   * @throws IllegalArgumentException if {@code count} is below one
   */
  public void nextRequests(int count, Fault fault) {
    faults.next(count, FakeAmpersand::isForTheApi, Objects.requireNonNull(fault, "fault"));
  }

  /**
   * Lets every request to the API that fits meet a fault from now on, in place of the one that was
   * set before; {@link Fault#none()} ends it. A request for which another fault is queued up meets
   * both.
   *
   * @param which tells whether a request is meant; must not throw, and is asked under a lock
   */
  public void everyRequest(Predicate<? super ReceivedRequest> which, Fault fault) {
    Objects.requireNonNull(which, "which");
    Objects.requireNonNull(fault, "fault");
    faults.every(
        Faults.Kind.REQUESTS, request -> isForTheApi(request) && which.test(request), fault);
  }

  /** Lets the next import of credentials meet a fault, whatever requests come before it. */
  public void nextImport(Fault fault) {
    nextRequest(FakeAmpersand::isImport, fault);
  }

  /**
   * Lets the next call through the proxy meet a fault. Faults for requests to the API do not
   * concern such calls.
   */
  public void nextProxyCall(Fault fault) {
    proxyFaults.next(1, request -> true, Objects.requireNonNull(fault, "fault"));
  }

  /** Lets the next request meet {@link Fault#problem(int, boolean)}, which is not retryable. */
  public void failNext(int status) {
    nextRequest(Fault.problem(status, false));
  }

  /**
   * Sets whether answers hold from now on what today's document does not know: a further member in
   * each object, and a further value ({@code added_later}) wherever a value is one of a few, as in
   * a connection's status.
   */
  public void extendAnswers(boolean extend) {
    this.extend = extend;
  }

  /**
   * Returns the requests that arrived, in the order of their arrival, those of {@link
   * #complete(URI)} and to the proxy among them.
   */
  public List<ReceivedRequest> requests() {
    return requests.all();
  }

  /**
   * Returns the requests that arrived at one path, in the order of their arrival.
   *
   * @param path the path, encoded as it arrived, beginning with {@code /v1/}
   */
  public List<ReceivedRequest> requests(String path) {
    return requests.at(path);
  }

  /**
   * Waits until so many requests have arrived at one path, and returns all that have.
   *
   * @param path the path, encoded as it arrived, beginning with {@code /v1/}
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

  /** Stops it. */
  @Override
  public void close() {
    network.remove(HOST, service);
    network.remove(ProxyEndpoint.HOST, proxyService);
    server.close();
    proxyServer.close();
  }

  /** Describes a {@link FakeAmpersand}. Not safe to share between threads. */
  public static final class Builder {
    private final FakeSalesforce salesforce;
    private Clock clock = Clock.systemUTC();
    private String projectId = "proj_" + UUID.randomUUID();
    private String projectName = "acme-staging";
    private String apiKey = Keys.newApiKey();
    private String bearerToken = Randoms.alphanumeric(60);
    private boolean healthChecks = true;
    private int port;

    private Builder(FakeSalesforce salesforce) {
      this.salesforce = salesforce;
    }

    /** Sets the clock of all times in answers; the default is the system's. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /** Sets the project's ID; the default is a random one. */
    public Builder projectId(String projectId) {
      this.projectId = requireText(projectId, "project ID");
      return this;
    }

    /** Sets the project's name; the default is {@code acme-staging}. */
    public Builder projectName(String projectName) {
      this.projectName = requireText(projectName, "project name");
      return this;
    }

    /** Sets the API key; the default is a random one. */
    public Builder apiKey(String apiKey) {
      this.apiKey = requireText(apiKey, "API key");
      return this;
    }

    /** Sets the bearer token; the default is a random one. */
    public Builder bearerToken(String bearerToken) {
      this.bearerToken = requireText(bearerToken, "bearer token");
      return this;
    }

    /**
     * Sets whether a connection's health is checked as soon as Salesforce has issued tokens, so
     * that its status becomes {@code working} without being asked; the default is true. Imported
     * tokens are not checked before they are refreshed.
     */
    public Builder healthChecks(boolean healthChecks) {
      this.healthChecks = healthChecks;
      return this;
    }

    /** Sets the port; the default is a free one. */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /** Starts the server, and registers its callback with the Salesforce app. */
    public FakeAmpersand start() {
      return new FakeAmpersand(this);
    }

    private static String requireText(String value, String name) {
      if (value.isBlank()) {
        throw new IllegalArgumentException("the " + name + " must not be blank");
      }
      return value;
    }
  }
}
