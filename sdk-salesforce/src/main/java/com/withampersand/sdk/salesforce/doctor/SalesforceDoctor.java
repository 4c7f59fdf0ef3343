package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceClientCredentialsFlow;
import com.withampersand.sdk.salesforce.SalesforceJwtFlow;
import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks the setup of an app without a user: finds what would fail when one connects. An app that
 * signs in by itself is checked by {@link #check(SalesforceJwtFlow, LoginHost, String)} or {@link
 * #check(SalesforceClientCredentialsFlow, LoginHost)}; the rest of this is about apps that users
 * connect to.
 *
 * <pre>{@code
 * DoctorReport report = SalesforceDoctor.builder(app, host).ampersand(ampersand).build().examine();
 * if (!report.isHealthy()) {
 *   System.err.println(report);
 * }
 * }</pre>
 *
 * <p>It sends at most three requests to Salesforce: for the OpenID Connect configuration, an
 * authorization request, and the exchange of a code that does not exist. It follows no redirect,
 * opens no session and changes nothing. Scopes, installation, permitted users, IP ranges and token
 * policies cannot be seen without a sign-in; the report says so.
 *
 * <p>Run it when a set-up has changed or something fails, not at each start: Salesforce does not
 * document whether such requests count against a limit.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class SalesforceDoctor {
  private static final List<String> UNSEEN_WITHOUT_LOGIN =
      List.of(
          "Whether the app is installed, not blocked, and open to the user (Permitted Users) in the customer's org.",
          "Whether IP ranges or login hours exclude users or this program.");

  private static final List<String> UNSEEN_WITHOUT_METADATA =
      List.of(
          "Whether the scopes are selected on the app's page: Salesforce checks them after the sign-in.",
          "The app's refresh token policy, and whether refresh tokens rotate.");

  private final AppSettings settings;
  private final Builder with;

  private SalesforceDoctor(Builder builder) {
    this.settings = builder.settings;
    this.with = builder.copy();
  }

  /**
   * Starts a doctor for an app and the host at which its users sign in.
   *
   * @param app the app; its secret is asked for once, here
   * @param host where users sign in
   */
  public static Builder builder(SalesforceApp app, LoginHost host) {
    return new Builder(
        AppSettings.of(Objects.requireNonNull(app, "app"), Objects.requireNonNull(host, "host")));
  }

  /**
   * Starts a doctor for settings that may be wrong: what {@link SalesforceApp} and {@link
   * LoginHost} would refuse becomes a finding.
   *
   * <p>Reads what {@link SalesforceApp#fromEnvironment} reads, and {@code SALESFORCE_LOGIN_HOST}
   * (the default is {@code login.salesforce.com}). A variable that is blank is not set.
   *
   * @param environment the environment variables, usually {@link System#getenv()}
   * @throws IllegalArgumentException if key or secret is not set
   */
  public static Builder builderFromEnvironment(Map<String, String> environment) {
    return new Builder(AppSettings.from(environment));
  }

  /**
   * Checks an app that signs in by JWT: mints tokens for the user once, and finds what Salesforce
   * refuses. A server that cannot be reached is a finding, not an exception.
   *
   * <p>This opens a session, which lasts until it times out. It is not revoked: Salesforce does not
   * say that it opens a new one for each request, so a program may be using it.
   *
   * @param flow the flow that the program uses, with its signer
   * @param host the org's My Domain, or a shared host
   * @param username the name by which the user signs in
   * @throws IllegalArgumentException if {@code username} is blank or has blanks around it
   * @throws ForeignGrantException if {@code host} is neither Salesforce's nor named to the flow
   * @throws TransportException if the thread is interrupted
   */
  public static DoctorReport check(SalesforceJwtFlow flow, LoginHost host, String username) {
    return MintCheck.run(host, () -> flow.mint(host, username));
  }

  /**
   * Checks an app that signs in by its own Consumer Key and Secret, as {@link
   * #check(SalesforceJwtFlow, LoginHost, String)} does.
   *
   * @param flow the flow that the program uses
   * @param host the org's My Domain
   * @throws IllegalArgumentException if {@code host} is a shared host
   * @throws ForeignGrantException if {@code host} is neither Salesforce's nor named to the flow
   * @throws TransportException if the thread is interrupted
   */
  public static DoctorReport check(SalesforceClientCredentialsFlow flow, LoginHost host) {
    return MintCheck.run(host, () -> flow.mint(host));
  }

  /**
   * Compares an app's metadata with what was declared, without sending anything: finds what would
   * end connections or keep customers from connecting, and every other setting that differs.
   *
   * @param found what was retrieved from an org, or is in source control
   * @param declared how the app is to be
   */
  public static DoctorReport check(SalesforceAppMetadata found, SalesforceAppMetadata declared) {
    return check(found, declared, Clock.systemUTC());
  }

  static DoctorReport check(
      SalesforceAppMetadata found, SalesforceAppMetadata declared, Clock clock) {
    FindingCollector collector = new FindingCollector("");
    new MetadataCheck(found, WantedSettings.of(declared), clock, collector).run();
    new MetadataDrift(collector).run(found, declared);
    return collector.report();
  }

  /**
   * Checks what can be checked without the network.
   *
   * @return what was found; it says that neither Salesforce nor Ampersand was checked
   */
  public DoctorReport examineOffline() {
    FindingCollector collector = new FindingCollector(settings.consumerSecret());
    checkSettings(collector);
    checkMetadata(collector);
    collector.unseen("What Salesforce and Ampersand have: neither was checked.");
    return collector.report();
  }

  /**
   * Checks everything. A server that cannot be reached is a finding, not an exception.
   *
   * @throws TransportException if the thread is interrupted
   */
  public DoctorReport examine() {
    FindingCollector collector = new FindingCollector(settings.consumerSecret());
    boolean ampersandMayBeAsked = checkSettings(collector);
    askSalesforce(collector);
    if (ampersandMayBeAsked) {
      askAmpersand(collector);
    }
    checkMetadata(collector); // what Salesforce answered comes first
    UNSEEN_WITHOUT_LOGIN.forEach(collector::unseen);
    if (with.metadata == null) {
      UNSEEN_WITHOUT_METADATA.forEach(collector::unseen);
    }
    return collector.report();
  }

  /** Returns whether Ampersand can be checked. */
  private boolean checkSettings(FindingCollector collector) {
    new SettingsCheck(settings, collector).run(with.externalClientApp);
    return with.ampersand != null
        && settings
            .callback()
            .filter(new AmpersandCheck(with.ampersand, collector)::isCalledBack)
            .isPresent();
  }

  private void checkMetadata(FindingCollector collector) {
    SalesforceAppMetadata metadata = with.metadata;
    SalesforceApp app = settings.app().orElse(null);
    if (metadata == null) {
      return;
    }
    if (app == null) {
      collector.unseen(
          "The metadata: it was not checked, because the app cannot be built like this.");
      return;
    }
    metadata
        .consumerKey()
        .filter(key -> !key.equals(app.clientId()))
        .ifPresent(key -> collector.found(MetadataTexts.otherApp(metadata.name())));
    new MetadataCheck(metadata, WantedSettings.of(app.settings(), with.pkce), with.clock, collector)
        .run();
  }

  private void askSalesforce(FindingCollector collector) {
    LoginHost host = settings.host().orElse(null);
    URI callback = settings.callback().orElse(null);
    boolean safe = settings.canBeSent() && !new SettingsCheck(settings, collector).mayBeMisplaced();
    if (!safe || host == null || callback == null) {
      collector.unseen(
          "What Salesforce knows about the app: it was not checked, because key, secret, callback or host cannot be correct.");
      return;
    }
    new SalesforceCheck(settings, host, callback, with, collector).run();
  }

  private void askAmpersand(FindingCollector collector) {
    SalesforceApp app = settings.app().orElse(null);
    if (app == null || with.ampersand == null) {
      collector.unseen(
          "Whether Ampersand has the app: it was not checked, because the app cannot be registered like this.");
      return;
    }
    new AmpersandCheck(with.ampersand, collector).run(app);
  }

  /** Builds a {@link SalesforceDoctor}. Not safe to share between threads. */
  public static final class Builder {
    private final AppSettings settings;
    HttpTransport transport = HttpTransport.shared();
    Clock clock = Clock.systemUTC();
    @Nullable AmpersandClient ampersand;
    @Nullable SalesforceAppMetadata metadata;
    boolean pkce;
    boolean externalClientApp;

    private Builder(AppSettings settings) {
      this.settings = settings;
      this.pkce = settings.app().filter(app -> app.settings().usesPkce()).isPresent();
    }

    private Builder copy() {
      Builder copy = new Builder(settings);
      copy.transport = transport;
      copy.clock = clock;
      copy.ampersand = ampersand;
      copy.metadata = metadata;
      copy.pkce = pkce;
      copy.externalClientApp = externalClientApp;
      return copy;
    }

    /**
     * Sets the Ampersand project in which the app is or will be registered; the default is none,
     * for apps with a callback of your own.
     */
    public Builder ampersand(AmpersandClient ampersand) {
      this.ampersand = Objects.requireNonNull(ampersand, "ampersand");
      return this;
    }

    /**
     * Sets the app's metadata as it was retrieved, so that it is checked, too; the default is none.
     * Compare it with declared metadata by {@link #check(SalesforceAppMetadata,
     * SalesforceAppMetadata)}.
     */
    public Builder metadata(SalesforceAppMetadata metadata) {
      this.metadata = Objects.requireNonNull(metadata, "metadata");
      return this;
    }

    /**
     * Says that the program uses PKCE, as with {@link
     * com.withampersand.sdk.salesforce.SalesforceOAuthFlow.Builder#withPkce()}; by default it does
     * not, unless the app's settings say so, and an app that requires PKCE is a finding.
     */
    public Builder withPkce() {
      this.pkce = true;
      return this;
    }

    /**
     * Says that the app is an External Client App, whose package customers install; by default this
     * is not known, and a missing package install URL is not a finding.
     */
    public Builder externalClientApp() {
      this.externalClientApp = true;
      return this;
    }

    /** Sets how requests are sent to Salesforce; the default is {@link HttpTransport#shared()}. */
    public Builder transport(HttpTransport transport) {
      this.transport = Objects.requireNonNull(transport, "transport");
      return this;
    }

    /** Sets the clock that is compared with Salesforce's; the default is the system's. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /** Builds the doctor. */
    public SalesforceDoctor build() {
      return new SalesforceDoctor(this);
    }
  }
}
