package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The client as one request names it. The secret is read once for each request, since the
 * application's code may return another one the next time.
 *
 * @param secret null where no request needs it
 * @param callbackUri null where no browser comes back
 */
record ClientCredentials(String clientId, @Nullable Secret secret, @Nullable URI callbackUri) {
  /**
   * Reads the credentials of an app.
   *
   * @throws TransportException if the secret cannot be read, wherever the application looks it up
   */
  static ClientCredentials of(ProviderApp app) {
    Secret secret = read(app.clientId(), app::clientSecret);
    return new ClientCredentials(app.clientId(), secret, app.callbackUri());
  }

  /** Reads the credentials of an app that no browser comes back to. */
  static ClientCredentials of(String clientId, Supplier<Secret> secret) {
    return new ClientCredentials(clientId, read(clientId, secret), null);
  }

  private static Secret read(String clientId, Supplier<Secret> secret) {
    try {
      return Objects.requireNonNull(secret.get(), "clientSecret");
    } catch (Throwable e) {
      throw new TransportException(
          "The client secret of "
              + OwnGrants.shown(clientId)
              + " could not be read ("
              + e.getClass().getName()
              + "). Nothing was sent. Repair what supplies the secret.",
          true,
          false,
          null);
    }
  }

  /** Returns a client that proves nothing. */
  static ClientCredentials withoutSecret(String clientId) {
    return new ClientCredentials(clientId, null, null);
  }

  /** Reads what a request to an endpoint with this authentication needs. */
  static ClientCredentials of(ProviderApp app, ClientAuthentication authentication) {
    return authentication == ClientAuthentication.NONE ? ofPublicRequest(app) : of(app);
  }

  /** The secret is not sent, and read only to redact it from what the server answers. */
  private static ClientCredentials ofPublicRequest(ProviderApp app) {
    try {
      return of(app);
    } catch (TransportException e) {
      return new ClientCredentials(app.clientId(), null, app.callbackUri());
    }
  }

  /** Returns the secret that the request carries. */
  Secret requireSecret() {
    return Objects.requireNonNull(secret, "secret");
  }

  /** Returns what messages call the client. */
  String shown() {
    return "client " + OwnGrants.shown(clientId);
  }

  /** Returns what no message may show. */
  Optional<Secret> redacted() {
    return Optional.ofNullable(secret);
  }
}
