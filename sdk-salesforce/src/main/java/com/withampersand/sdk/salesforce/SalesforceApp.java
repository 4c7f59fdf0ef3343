package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.ProviderAppMetadata;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.salesforce.internal.CredentialShapes;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Salesforce app, External Client App or Connected App, that cannot be set up wrong: {@link
 * Builder#build()} reports everything that would fail later, at once and with its remedy.
 *
 * <p>Create the app in Salesforce first: enable OAuth, register the callback, and select the
 * scopes, among them <i>Perform requests at any time</i>. With a callback of your own, build the
 * flow with {@link SalesforceOAuthFlow.Builder#withPkce()}. Untick <i>Require Proof Key for Code
 * Exchange (PKCE)</i> only for Ampersand's callback, and only if the app is used in at most two
 * customers' production orgs: of apps with more, Salesforce demands PKCE.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class SalesforceApp implements ProviderApp {
  /** The callback to register in Salesforce where Ampersand takes users through consent. */
  public static final URI AMPERSAND_CALLBACK =
      URI.create("https://api.withampersand.com/callbacks/v1/oauth");

  private final String consumerKey;
  private final Supplier<Secret> consumerSecret;
  private final SalesforceAppSettings settings;
  private final @Nullable URI packageInstallUrl;
  private final @Nullable String externalRef;
  private final Set<String> formerConsumerKeys;
  private final Supplier<Optional<Secret>> otherSigningSecret;

  private SalesforceApp(Builder builder, SalesforceAppSettings settings) {
    this.consumerKey = builder.consumerKey;
    this.consumerSecret = builder.consumerSecret;
    this.settings = settings;
    this.packageInstallUrl = builder.packageInstallUrl;
    this.externalRef = builder.externalRef;
    this.formerConsumerKeys = Set.copyOf(builder.formerConsumerKeys);
    this.otherSigningSecret = builder.otherSigningSecret;
  }

  /**
   * Starts an app.
   *
   * @param consumerKey the Consumer Key from the app's page in Salesforce
   * @param consumerSecret the Consumer Secret from the same page
   */
  public static Builder builder(String consumerKey, String consumerSecret) {
    Objects.requireNonNull(consumerSecret, "consumerSecret");
    Builder builder = new Builder(consumerKey, () -> Secret.of(consumerSecret));
    builder.knownSecret = consumerSecret;
    builder.checkPasted("consumerSecret", consumerSecret, "Consumer Secret");
    return builder;
  }

  /**
   * Starts an app whose secret may change while the program runs.
   *
   * @param consumerKey the Consumer Key from the app's page in Salesforce
   * @param consumerSecret asked for the Consumer Secret on every call that needs it, by any thread;
   *     what it answers is checked then
   */
  public static Builder builder(String consumerKey, Supplier<Secret> consumerSecret) {
    return new Builder(consumerKey, Objects.requireNonNull(consumerSecret, "consumerSecret"));
  }

  /**
   * Returns the app that environment variables describe: {@code SALESFORCE_CLIENT_ID} and {@code
   * SALESFORCE_CLIENT_SECRET}, and if they are set those that {@link
   * SalesforceAppSettings#fromEnvironment} reads and {@code SALESFORCE_PACKAGE_INSTALL_URL} (the
   * default is none). A variable that is blank is not set. The host where customers sign in is not
   * part of an app: see {@link LoginHost#parse}.
   *
   * @param environment the environment variables, usually {@link System#getenv()}
   * @throws IllegalArgumentException if key or secret is not set, or an address is not a URL; the
   *     message names the variable
   * @throws InvalidProviderAppException if anything is set up wrong; {@link
   *     InvalidProviderAppException#violations()} lists all of it
   */
  public static SalesforceApp fromEnvironment(Map<String, String> environment) {
    return AppVariables.app(environment).build();
  }

  /** Returns {@code salesforce}. */
  @Override
  public String provider() {
    return "salesforce";
  }

  /** Returns the Consumer Key. */
  @Override
  public String clientId() {
    return consumerKey;
  }

  /**
   * Returns the Consumer Secret.
   *
   * @throws InvalidProviderAppException if the supplier answered with something that was not pasted
   *     whole and clean
   */
  @Override
  public Secret clientSecret() {
    Secret secret = consumerSecret.get();
    List<Violation> violations =
        pasteViolations("consumerSecret", secret.reveal(), "Consumer Secret");
    if (!violations.isEmpty()) {
      throw new InvalidProviderAppException(violations);
    }
    return secret;
  }

  @Override
  public URI callbackUri() {
    return settings.callback();
  }

  @Override
  public Scopes scopes() {
    return settings.scopes();
  }

  /** Returns how the app is set up, without key and secret. */
  public SalesforceAppSettings settings() {
    return settings;
  }

  @Override
  public Optional<String> externalRef() {
    return Optional.ofNullable(externalRef);
  }

  /** Returns the address at which a customer installs the app's package, if the app is packaged. */
  public Optional<URI> packageInstallUrl() {
    return Optional.ofNullable(packageInstallUrl);
  }

  /** Returns the package install URL in the form in which Ampersand keeps it. */
  @Override
  public ProviderAppMetadata metadata() {
    return packageInstallUrl == null
        ? ProviderAppMetadata.none()
        : new ProviderAppMetadata(
            Map.of(), Map.of("packageInstallURL", packageInstallUrl.toString()));
  }

  /** Returns the Consumer Keys that this app had before. */
  Set<String> formerConsumerKeys() {
    return formerConsumerKeys;
  }

  /**
   * Returns the Consumer Secret that Salesforce may sign with although another one is sent, if
   * there is one now.
   */
  Optional<Secret> otherSigningSecret() {
    return Objects.requireNonNullElse(otherSigningSecret.get(), Optional.empty());
  }

  /** Tells whether a refresh may end the refresh token that it was made with. */
  boolean rotatesRefreshTokens() {
    return settings.rotatesRefreshTokens();
  }

  /** Returns key, callback and scopes, not the secret. */
  @Override
  public String toString() {
    String key = CredentialShapes.isSecret(consumerKey) ? "***" : consumerKey;
    return "SalesforceApp[" + key + ", callback " + callbackUri() + ", scopes " + scopes() + "]";
  }

  static List<Violation> pasteViolations(String field, String value, String name) {
    if (value.isBlank()) {
      return List.of(
          new Violation(
              field, "The " + name + " is blank.", "Copy it from the app's page in Salesforce."));
    }
    if (!value.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      return List.of(
          new Violation(
              field,
              "The "
                  + name
                  + " holds white space or a character that cannot be seen, as copying and pasting adds.",
              "Copy it again, without anything before, within or behind it."));
    }
    return List.of();
  }

  /** Builds a {@link SalesforceApp}. Not safe to share between threads. */
  public static final class Builder {
    private final String consumerKey;
    private final Supplier<Secret> consumerSecret;
    private final List<Violation> pasteViolations = new ArrayList<>();
    private SalesforceAppSettings.Builder settings = SalesforceAppSettings.builder();
    private @Nullable String knownSecret;
    private @Nullable URI packageInstallUrl;
    private @Nullable String externalRef;
    private Set<String> formerConsumerKeys = Set.of();
    private Supplier<Optional<Secret>> otherSigningSecret = Optional::empty;

    private Builder(String consumerKey, Supplier<Secret> consumerSecret) {
      this.consumerKey = Objects.requireNonNull(consumerKey, "consumerKey");
      this.consumerSecret = consumerSecret;
      checkPasted("consumerKey", consumerKey, "Consumer Key");
    }

    private void checkPasted(String field, String value, String name) {
      pasteViolations.addAll(pasteViolations(field, value, name));
    }

    /**
     * Sets how the app is set up: scopes, callbacks, PKCE and rotation, in place of what {@link
     * #scopes(String...)}, {@link #callback(URI)} and {@link #doesNotRotateRefreshTokens()} set
     * before.
     */
    public Builder settings(SalesforceAppSettings settings) {
      return settings(settings.toBuilder());
    }

    Builder settings(SalesforceAppSettings.Builder settings) {
      this.settings = settings;
      return this;
    }

    /**
     * Sets the scopes to ask for; there is no default. {@link SalesforceScopes#REFRESH_TOKEN} or
     * {@link SalesforceScopes#OFFLINE_ACCESS} has to be among them. All have to be selected on the
     * app's page in Salesforce.
     *
     * @param scopes names of scopes, known ones or an org's own; each by itself, or several in a
     *     text separated by spaces
     */
    public Builder scopes(String... scopes) {
      return scopes(Arrays.asList(scopes));
    }

    /** Sets the scopes to ask for, as {@link #scopes(String...)} does. */
    public Builder scopes(Collection<String> scopes) {
      settings.scopes(scopes);
      return this;
    }

    /**
     * Sets the callback, character for character as it is registered in Salesforce; the default is
     * {@link #AMPERSAND_CALLBACK}. Give your own if your back end takes users through consent.
     */
    public Builder callback(URI callback) {
      settings.callback(callback);
      return this;
    }

    /**
     * Sets the address at which a customer installs the app's package; the default is none.
     * External Client Apps need it: customers cannot consent before their org has installed the
     * package.
     */
    public Builder packageInstallUrl(URI packageInstallUrl) {
      this.packageInstallUrl = Objects.requireNonNull(packageInstallUrl, "packageInstallUrl");
      return this;
    }

    /** Sets the identifier by which Salesforce itself knows the app; the default is none. */
    public Builder externalRef(String externalRef) {
      this.externalRef = Objects.requireNonNull(externalRef, "externalRef");
      return this;
    }

    /**
     * Names Consumer Keys that this same app had before; the default is none. Grants that were
     * issued to them are this app's too, and are refreshed with today's key and secret. Where
     * Salesforce refuses such a grant for good, it is not ended: the refusal is for you to act on.
     *
     * @param formerConsumerKeys the keys, each copied whole
     */
    public Builder alsoIssuedTo(String... formerConsumerKeys) {
      this.formerConsumerKeys = new LinkedHashSet<>(Arrays.asList(formerConsumerKeys));
      return this;
    }

    /**
     * Names the other Consumer Secret of this app while a new one is staged: the staged one as long
     * as the old one is sent, and the old one from then on. It is never sent; answers that
     * Salesforce signs with it are taken for Salesforce's. Salesforce does not say with which of
     * the two it signs. The default is none.
     *
     * @throws NullPointerException if {@code other} is null
     */
    public Builder alsoSignedWith(Secret other) {
      Objects.requireNonNull(other, "other");
      return alsoSignedWith(() -> Optional.of(other));
    }

    /**
     * Names the other Consumer Secret as {@link #alsoSignedWith(Secret)} does, for an app whose
     * secrets change while the program runs.
     *
     * @param other asked by any thread, if an answer was not signed with the secret that was sent;
     *     empty while only one secret is in use
     */
    public Builder alsoSignedWith(Supplier<Optional<Secret>> other) {
      this.otherSigningSecret = Objects.requireNonNull(other, "other");
      return this;
    }

    /**
     * Says that this app does not rotate refresh tokens, so that a refresh whose answer was lost
     * may be made again at once. The default is that it may rotate them. Say so only if you know:
     * in Salesforce, rotation is a setting of the app and of each org, and where it is on, a second
     * use of a refresh token ends the grant.
     */
    public Builder doesNotRotateRefreshTokens() {
      settings.doesNotRotateRefreshTokens();
      return this;
    }

    /**
     * Builds the app.
     *
     * @throws InvalidProviderAppException if anything is set up wrong; {@link
     *     InvalidProviderAppException#violations()} lists all of it
     */
    public SalesforceApp build() {
      List<Violation> violations = new ArrayList<>(pasteViolations);
      formerConsumerKeys.forEach(
          key -> violations.addAll(pasteViolations("alsoIssuedTo", key, "former Consumer Key")));
      if (knownSecret != null && CredentialShapes.areSwapped(consumerKey, knownSecret)) {
        violations.add(SalesforceAppRules.swapped());
      }
      violations.addAll(settings.violations());
      if (packageInstallUrl != null) {
        violations.addAll(SalesforceAppRules.checkInstallUrl(packageInstallUrl));
      }
      if (!violations.isEmpty()) {
        throw new InvalidProviderAppException(violations);
      }
      return new SalesforceApp(this, settings.build());
    }
  }
}
