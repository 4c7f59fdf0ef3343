package com.withampersand.sdk.platform;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.internal.Durations;
import com.withampersand.sdk.internal.Endpoints;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The Ampersand API for one project: registering provider apps, sending customers through
 * Ampersand's consent, reading their connections.
 *
 * <pre>{@code
 * AmpersandClient ampersand = AmpersandClient.builder("my-project", apiKey).build();
 * ApplyResult applied = ampersand.providerApps().apply(app);
 * String appId = applied.app().orElseThrow().id();
 * ConnectRequest request =
 *     ConnectRequest.builder(customer).providerAppId(appId).workspaceRef("acme").build();
 * URI url = ampersand.connections().connectUrl(request);
 * }</pre>
 *
 * <p>Every call waits for its answer. One that failed for a passing reason is made again by itself
 * where that can do no harm: after a connection that could not be made, and after 429, 502, 503 and
 * 504; a call that creates something only if it provably never left or the answer says that it may.
 * What Ampersand says about when to come back is obeyed, and so is its word that a retry does not
 * help.
 *
 * <p>Calls throw {@link com.withampersand.sdk.ApiException} if Ampersand refuses, {@link
 * com.withampersand.sdk.TransportException} if no usable answer arrives, and {@link
 * com.withampersand.sdk.ProtocolException} if the answer is not what the API's description says.
 *
 * <p>{@link AmpersandProxy} sends calls to the providers' own APIs.
 *
 * <p>Immutable, and safe to share between threads. Make one, and keep it.
 */
public final class AmpersandClient {
  /** The longest answer that is read: lists come whole, without pages. */
  static final int MAX_RESPONSE_BYTES = 16 << 20;

  private static final URI BASE_URL = URI.create("https://api.withampersand.com/v1");

  private final ProviderApps providerApps;
  private final Connections connections;
  private final Providers providers;
  private final Projects projects;
  private final Destinations destinations;
  private final JwtKeys jwtKeys;
  private final String project;
  private final ApiCalls calls;
  private final Duration maxRetryTime;

  private AmpersandClient(ApiCalls calls, String project, Duration maxRetryTime) {
    this.calls = calls;
    this.project = project;
    this.maxRetryTime = maxRetryTime;
    String path = "/projects/" + Names.segment(project, "project");
    this.providerApps = new ProviderApps(calls, path, maxRetryTime);
    this.connections = Connections.of(calls, project, path);
    this.providers = new Providers(calls);
    this.projects = new Projects(calls, project);
    this.destinations = new Destinations(calls, path);
    this.jwtKeys = new JwtKeys(calls, path);
  }

  /**
   * Starts a client.
   *
   * @param project the project's ID or name
   * @param apiKey the API key
   * @throws IllegalArgumentException if {@code project} is blank or holds control characters, or
   *     {@code apiKey} holds white space
   */
  public static Builder builder(String project, Secret apiKey) {
    Credential.requireUsable(apiKey);
    return builder(project, () -> apiKey);
  }

  /**
   * Starts a client whose API key may change while it is used.
   *
   * @param project the project's ID or name
   * @param apiKey asked for the API key on each call, by many threads at once
   * @throws IllegalArgumentException if {@code project} is blank or holds control characters
   */
  public static Builder builder(String project, Supplier<Secret> apiKey) {
    return new Builder(project, Credential.apiKey(Objects.requireNonNull(apiKey, "apiKey")));
  }

  /**
   * Starts a client that shows a bearer token (a JWT that Ampersand knows the key of) in place of
   * an API key.
   *
   * @param project the project's ID or name
   * @param token asked for the token on each call, by many threads at once
   * @throws IllegalArgumentException if {@code project} is blank or holds control characters
   */
  public static Builder bearerBuilder(String project, Supplier<Secret> token) {
    return new Builder(project, Credential.bearer(Objects.requireNonNull(token, "token")));
  }

  /**
   * Starts a client from environment variables: {@code AMP_API_KEY}, and {@code AMP_API_URL} if it
   * is set. An address without a path is that of the API's root, to which {@code /v1} is added.
   *
   * @param project the project's ID or name
   * @param environment {@link System#getenv()}, or what takes its place
   * @throws IllegalArgumentException if {@code AMP_API_KEY} is missing or blank, or {@code
   *     AMP_API_URL} is not a URL that a key may be sent to
   */
  public static Builder builderFromEnvironment(String project, Map<String, String> environment) {
    String key = Objects.requireNonNullElse(environment.get("AMP_API_KEY"), "").strip();
    if (key.isEmpty()) {
      throw new IllegalArgumentException(
          "AMP_API_KEY is not set: give it an API key of the Ampersand project");
    }
    Builder builder = builder(project, Secret.of(key));
    String url = Objects.requireNonNullElse(environment.get("AMP_API_URL"), "").strip();
    return url.isEmpty() ? builder : builder.baseUrl(fromRoot(url));
  }

  private static URI fromRoot(String text) {
    URI url;
    try {
      url = URI.create(text);
    } catch (IllegalArgumentException e) {
      // The parser's error would quote it, and a password with it.
      throw new IllegalArgumentException(
          "AMP_API_URL is not a URL; without it the client uses " + BASE_URL);
    }
    String path = Optional.ofNullable(url.getRawPath()).orElse("");
    return path.isEmpty() || path.equals("/")
        ? URI.create(text.replaceAll("/+$", "") + "/v1")
        : url;
  }

  /** Returns the project's ID or name, as it was given. */
  public String project() {
    return project;
  }

  /** Returns the address of the API, without a slash at its end. */
  public URI baseUrl() {
    return calls.baseUrl();
  }

  /**
   * Returns a client for another project, with the same credential and all other settings of this
   * one. Whether the credential may see that project, its first call tells.
   *
   * @param project the other project's ID or name
   * @throws IllegalArgumentException if {@code project} is blank or holds control characters
   */
  public AmpersandClient inProject(String project) {
    return new AmpersandClient(calls, project, maxRetryTime);
  }

  /** Returns the project's provider apps. */
  public ProviderApps providerApps() {
    return providerApps;
  }

  /** Returns the project's connections. */
  public Connections connections() {
    return connections;
  }

  /** Returns the catalog of providers. */
  public Providers providers() {
    return providers;
  }

  /** Returns the projects that the credential may see. */
  public Projects projects() {
    return projects;
  }

  /** Returns the project's destinations, for the secrets that webhooks are signed with. */
  public Destinations destinations() {
    return destinations;
  }

  /** Returns the keys by which Ampersand checks {@link FrontendTokens}. */
  public JwtKeys jwtKeys() {
    return jwtKeys;
  }

  ApiCalls calls() {
    return calls;
  }

  /** Returns project and base URL. */
  @Override
  public String toString() {
    return "AmpersandClient[project " + project + " at " + baseUrl() + "]";
  }

  /** Builds an {@link AmpersandClient}. Not safe to share between threads. */
  public static final class Builder {
    final String project;
    final Credential credential;
    URI baseUrl = BASE_URL;
    HttpTransport transport = HttpTransport.shared();
    Duration callTimeout = Duration.ofSeconds(30);
    int maxRetries = 2;
    Duration maxRetryTime = Duration.ofMinutes(1);
    Clock clock = Clock.systemUTC();
    ApiCalls.Pause pause = duration -> TimeUnit.NANOSECONDS.sleep(duration.toNanos());

    private Builder(String project, Credential credential) {
      Names.segment(project, "project");
      this.project = project;
      this.credential = credential;
    }

    /**
     * Sets the address of the API; the default is {@code https://api.withampersand.com/v1}.
     *
     * @throws IllegalArgumentException if it is not an absolute https address (http is for this
     *     machine alone), or has user info, a query or a fragment
     */
    public Builder baseUrl(URI baseUrl) {
      URI safe = Endpoints.requireSafe(baseUrl, "base URL of the Ampersand API");
      if (safe.getRawQuery() != null) {
        throw new IllegalArgumentException(
            "the base URL of the Ampersand API must not have a query");
      }
      this.baseUrl = URI.create(safe.toString().replaceAll("/+$", ""));
      return this;
    }

    /** Sets how requests are sent; the default is {@link HttpTransport#shared()}. */
    public Builder transport(HttpTransport transport) {
      this.transport = Objects.requireNonNull(transport, "transport");
      return this;
    }

    /**
     * Sets how long one attempt may take, from the first byte to the last; the default is 30
     * seconds.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder callTimeout(Duration callTimeout) {
      this.callTimeout = Durations.requirePositive(callTimeout, "call timeout");
      return this;
    }

    /**
     * Sets how many times a failed call is retried at most; the default is 2, and 0 turns retries
     * off.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxRetries(int maxRetries) {
      if (maxRetries < 0) {
        throw new IllegalArgumentException("maxRetries must not be negative: " + maxRetries);
      }
      this.maxRetries = maxRetries;
      return this;
    }

    /**
     * Sets how long a call may go on before its last attempt starts; the default is a minute. A
     * call takes at most this and one {@linkplain #callTimeout(Duration) call timeout} more.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder maxRetryTime(Duration maxRetryTime) {
      this.maxRetryTime = Durations.requirePositive(maxRetryTime, "maximum retry time");
      return this;
    }

    /** Sets the clock; the default is the system's, in UTC. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /** Sets how the time between attempts passes, for tests. */
    Builder pause(ApiCalls.Pause pause) {
      this.pause = pause;
      return this;
    }

    /** Builds the client. */
    public AmpersandClient build() {
      return new AmpersandClient(new ApiCalls(this), project, maxRetryTime);
    }
  }
}
