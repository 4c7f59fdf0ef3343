package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.oauth.Scopes;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How a Salesforce app is set up, before it has a Consumer Key: what it may ask for, where users
 * return to, and how it treats codes and refresh tokens. Write it into Salesforce as {@link
 * com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata}; with key and secret it becomes
 * a {@link SalesforceApp}.
 *
 * <pre>{@code
 * SalesforceAppSettings settings =
 *     SalesforceAppSettings.builder().scopes("api", "refresh_token").callback(callback).withPkce().build();
 * SalesforceApp app = SalesforceApp.builder(consumerKey, consumerSecret).settings(settings).build();
 * }</pre>
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class SalesforceAppSettings {
  private final Scopes scopes;
  private final List<URI> callbacks;
  private final boolean usesPkce;
  private final boolean rotatesRefreshTokens;

  private SalesforceAppSettings(Builder builder) {
    this.scopes = Scopes.of(SalesforceAppRules.names(builder.scopes));
    this.callbacks = builder.callbacks();
    this.usesPkce = builder.usesPkce;
    this.rotatesRefreshTokens = builder.rotatesRefreshTokens;
  }

  /** Starts settings. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the settings that environment variables describe: {@code SALESFORCE_SCOPES} (the
   * default is {@code api refresh_token}), {@code SALESFORCE_CALLBACK} (Ampersand's; several may be
   * separated by white space, and the first is used in requests) and {@code SALESFORCE_PKCE}
   * ({@code true} or {@code false}, the default). A variable that is blank is not set.
   *
   * @param environment the environment variables, usually {@link System#getenv()}
   * @throws IllegalArgumentException if a callback is not a URL, or {@code SALESFORCE_PKCE} is
   *     neither {@code true} nor {@code false}; the message names the variable
   * @throws InvalidProviderAppException if anything is set up wrong; {@link
   *     InvalidProviderAppException#violations()} lists all of it
   */
  public static SalesforceAppSettings fromEnvironment(Map<String, String> environment) {
    return AppVariables.settings(environment).build();
  }

  /** Returns the scopes, as names of OAuth. */
  public Scopes scopes() {
    return scopes;
  }

  /** Returns the callback that requests name. */
  public URI callback() {
    return callbacks.get(0);
  }

  /** Returns all registered callbacks; {@link #callback()} comes first. */
  public List<URI> callbacks() {
    return callbacks;
  }

  /** Tells whether requests carry PKCE parameters, so that Salesforce may require them. */
  public boolean usesPkce() {
    return usesPkce;
  }

  /** Tells whether a refresh may end the refresh token that it was made with. */
  public boolean rotatesRefreshTokens() {
    return rotatesRefreshTokens;
  }

  /** Starts settings like these. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.scopes = scopes.toList();
    builder.callback = callback();
    builder.otherCallbacks = callbacks.subList(1, callbacks.size());
    builder.usesPkce = usesPkce;
    builder.rotatesRefreshTokens = rotatesRefreshTokens;
    return builder;
  }

  /** Returns all of it; none of it is secret. */
  @Override
  public String toString() {
    return "SalesforceAppSettings[scopes "
        + scopes
        + ", callbacks "
        + callbacks
        + (usesPkce ? ", with PKCE" : "")
        + (rotatesRefreshTokens ? "" : ", without rotation")
        + "]";
  }

  /** Builds {@link SalesforceAppSettings}. Not safe to share between threads. */
  public static final class Builder {
    private List<String> scopes = List.of();
    private URI callback = SalesforceApp.AMPERSAND_CALLBACK;
    private List<URI> otherCallbacks = List.of();
    private boolean usesPkce;
    private boolean rotatesRefreshTokens = true;

    private Builder() {}

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
      this.scopes = List.copyOf(scopes);
      return this;
    }

    /**
     * Sets the callback that requests name, character for character as it is registered in
     * Salesforce; the default is {@link SalesforceApp#AMPERSAND_CALLBACK}. Give your own if your
     * back end takes users through consent.
     */
    public Builder callback(URI callback) {
      this.callback = Objects.requireNonNull(callback, "callback");
      return this;
    }

    /**
     * Names further callbacks to register, such as those of a test system; the default is none.
     * Salesforce takes at most 2,000 characters for all callbacks together.
     */
    public Builder alsoCallbacks(URI... callbacks) {
      this.otherCallbacks = List.of(callbacks);
      return this;
    }

    /**
     * Says that requests carry PKCE parameters: {@link SalesforceOAuthFlow} then sends them, and
     * the app's metadata makes Salesforce require them. The default is neither, as fits an app
     * whose callback Ampersand runs. Use PKCE with a callback of your own, where it makes an
     * injected code useless, and for an app that is used in more than two customers' production
     * orgs, for which Salesforce demands it.
     */
    public Builder withPkce() {
      this.usesPkce = true;
      return this;
    }

    /**
     * Says that this app does not rotate refresh tokens, so that a refresh whose answer was lost
     * may be made again at once. The default is that it may rotate them. Say so only if you know:
     * in Salesforce, rotation is a setting of the app and of each org, and where it is on, a second
     * use of a refresh token ends the grant.
     */
    public Builder doesNotRotateRefreshTokens() {
      this.rotatesRefreshTokens = false;
      return this;
    }

    private List<URI> callbacks() {
      List<URI> all = new ArrayList<>();
      all.add(callback);
      all.addAll(otherCallbacks);
      return all.stream().distinct().toList();
    }

    List<Violation> violations() {
      List<Violation> violations =
          new ArrayList<>(SalesforceAppRules.checkScopes(SalesforceAppRules.names(scopes)));
      violations.addAll(SalesforceAppRules.checkCallbacks(callbacks()));
      violations.addAll(SalesforceAppRules.checkLength(callbacks()));
      return violations;
    }

    /**
     * Builds the settings.
     *
     * @throws InvalidProviderAppException if anything is set up wrong; {@link
     *     InvalidProviderAppException#violations()} lists all of it
     */
    public SalesforceAppSettings build() {
      List<Violation> violations = violations();
      if (!violations.isEmpty()) {
        throw new InvalidProviderAppException(violations);
      }
      return new SalesforceAppSettings(this);
    }
  }
}
