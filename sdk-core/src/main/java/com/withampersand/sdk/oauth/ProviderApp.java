package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import java.net.URI;
import java.util.Optional;

/**
 * An app registered with a provider, as Ampersand stores it and as an {@link OAuthFlow} uses it:
 * the provider's name, the client's identifier and secret, the callback, the scopes.
 *
 * <p>Implement it for any provider; {@code SalesforceApp} is the one for Salesforce.
 * Implementations are immutable, except that {@link #clientSecret()} may answer anew on each call,
 * and are safe to share between threads. Their {@code toString} shows no secret.
 */
public interface ProviderApp {
  /** Returns the provider's name in Ampersand's catalog, such as {@code salesforce}. */
  String provider();

  /**
   * Returns the client identifier that the provider issued; Salesforce calls it the Consumer Key.
   */
  String clientId();

  /**
   * Returns the client secret that the provider issued. It is asked for on each call that needs it,
   * so that a regenerated secret takes effect without a restart.
   */
  Secret clientSecret();

  /**
   * Returns the callback to which the provider sends the user's browser back, exactly as it is
   * registered.
   */
  URI callbackUri();

  /** Returns the scopes that users are asked for. */
  Scopes scopes();

  /**
   * Returns the identifier by which the provider itself knows the app, if it is of use to
   * Ampersand; the default is none.
   */
  default Optional<String> externalRef() {
    return Optional.empty();
  }

  /** Returns what Ampersand has to know about this app beyond OAuth; the default is nothing. */
  default ProviderAppMetadata metadata() {
    return ProviderAppMetadata.none();
  }
}
