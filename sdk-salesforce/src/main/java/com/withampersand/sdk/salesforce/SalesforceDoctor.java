package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.platform.AmpersandClient;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks how an app is set up, before a user meets what is wrong with it.
 *
 * <pre>{@code
 * DoctorReport report = SalesforceDoctor.builder(app, host).ampersand(ampersand).build().examine();
 * if (!report.isHealthy()) {
 *   System.err.println(report);
 * }
 * }</pre>
 *
 * <p>It asks Salesforce three questions at most, and needs no user: whether the host is an OAuth
 * host, what becomes of an authorization request, and what becomes of a code that does not exist.
 * It follows no redirect, opens no session and changes nothing. Scopes, installation, permitted
 * users, IP ranges and token policies are not seen without a login; the report says so.
 *
 * <p>Run it when a set-up has changed or something fails, not with each start: whether Salesforce
 * counts such questions is not documented.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class SalesforceDoctor {
  private static final String[] UNSEEN_WITHOUT_LOGIN = {
    "Whether the scopes are selected on the app's page: Salesforce tells after the login.",
    "Whether the app is installed, not blocked, and open to the user (Permitted Users) in the customer's org.",
    "Whether IP ranges or login hours keep users or this program out.",
    "The app's refresh token policy, and whether refresh tokens rotate."
  };

  private final AppSettings settings;
  private final Builder with;

  private SalesforceDoctor(Builder builder) {
    this.settings = builder.settings;
    this.with = builder.copy();
  }

  /**
   * Starts a doctor for an app and the host at which its users log in.
   *
   * @param app the app; its secret is asked for once, here
   * @param host where users log in
   */
  public static Builder builder(SalesforceApp app, LoginHost host) {
    return new Builder(
        AppSettings.of(Objects.requireNonNull(app, "app"), Objects.requireNonNull(host, "host")));
  }

  /**
   * Starts a doctor for settings as they are, right or wrong: what {@link SalesforceApp} and {@link
   * LoginHost} would refuse becomes a finding.
   *
   * <p>Reads {@code SALESFORCE_CLIENT_ID} and {@code SALESFORCE_CLIENT_SECRET}, and if they are set
   * {@code SALESFORCE_SCOPES} (the default is {@code api id refresh_token}), {@code
   * SALESFORCE_CALLBACK} (Ampersand's), {@code SALESFORCE_LOGIN_HOST} ({@code
   * login.salesforce.com}) and {@code SALESFORCE_PACKAGE_INSTALL_URL} (none). A variable that is
   * blank is not set.
   *
   * @param environment {@link System#getenv()}, or what takes its place
   * @throws IllegalArgumentException if key or secret is not set
   */
  public static Builder fromEnvironment(Map<String, String> environment) {
    return new Builder(AppSettings.from(environment));
  }

  /**
   * Checks what can be checked without the network.
   *
   * @return what was found; it says that neither Salesforce nor Ampersand was asked
   */
  public DoctorReport examineOffline() {
    Examination examination = new Examination(settings.consumerSecret());
    checkSettings(examination);
    examination.unseen("What Salesforce and Ampersand know of the app: neither was asked.");
    return examination.report();
  }

  /**
   * Checks everything. A server that cannot be reached is a finding, and no exception.
   *
   * @throws TransportException if the thread is interrupted
   */
  public DoctorReport examine() {
    Examination examination = new Examination(settings.consumerSecret());
    boolean ampersandMayBeAsked = checkSettings(examination);
    askSalesforce(examination);
    if (ampersandMayBeAsked) {
      askAmpersand(examination);
    }
    for (String line : UNSEEN_WITHOUT_LOGIN) {
      examination.unseen(line);
    }
    return examination.report();
  }

  /** Returns whether there is a point in asking Ampersand. */
  private boolean checkSettings(Examination examination) {
    new SettingsCheck(settings, examination).run(with.externalClientApp);
    return with.ampersand != null
        && settings
            .callback()
            .filter(new AmpersandCheck(with.ampersand, examination)::isCalledBack)
            .isPresent();
  }

  private void askSalesforce(Examination examination) {
    LoginHost host = settings.host().orElse(null);
    URI callback = settings.callback().orElse(null);
    boolean safe =
        settings.canBeSent() && !new SettingsCheck(settings, examination).mayBeMisplaced();
    if (!safe || host == null || callback == null) {
      examination.unseen(
          "What Salesforce knows of the app: it was not asked, since key, secret, callback or host cannot be right.");
      return;
    }
    new SalesforceCheck(settings, host, callback, with, examination).run();
  }

  private void askAmpersand(Examination examination) {
    SalesforceApp app = settings.app().orElse(null);
    if (app == null || with.ampersand == null) {
      examination.unseen(
          "Whether Ampersand holds the app: it was not asked, since the app cannot be registered like this.");
      return;
    }
    new AmpersandCheck(with.ampersand, examination).run(app);
  }

  /** Builds a {@link SalesforceDoctor}. Not safe to share between threads. */
  public static final class Builder {
    private final AppSettings settings;
    HttpTransport transport = HttpTransport.shared();
    Clock clock = Clock.systemUTC();
    @Nullable AmpersandClient ampersand;
    boolean pkce;
    boolean externalClientApp;

    private Builder(AppSettings settings) {
      this.settings = settings;
    }

    private Builder copy() {
      Builder copy = new Builder(settings);
      copy.transport = transport;
      copy.clock = clock;
      copy.ampersand = ampersand;
      copy.pkce = pkce;
      copy.externalClientApp = externalClientApp;
      return copy;
    }

    /**
     * Sets the Ampersand project in which the app is, or is to be, registered; the default is none,
     * for apps that are called back elsewhere.
     */
    public Builder ampersand(AmpersandClient ampersand) {
      this.ampersand = Objects.requireNonNull(ampersand, "ampersand");
      return this;
    }

    /**
     * Says that the program uses PKCE, as {@link SalesforceOAuthFlow.Builder#withPkce()} makes it;
     * by default it does not, and an app that requires PKCE is a finding.
     */
    public Builder withPkce() {
      this.pkce = true;
      return this;
    }

    /**
     * Says that the app is an External Client App, whose package customers install; the default is
     * that this is not known, and a missing package install URL no finding.
     */
    public Builder externalClientApp() {
      this.externalClientApp = true;
      return this;
    }

    /** Sets how Salesforce is asked; the default is {@link HttpTransport#shared()}. */
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
