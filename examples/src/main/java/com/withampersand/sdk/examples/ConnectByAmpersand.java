package com.withampersand.sdk.examples;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.ApplyResult;
import com.withampersand.sdk.platform.ConnectRequest;
import com.withampersand.sdk.platform.Connection;
import com.withampersand.sdk.platform.Connection.Health;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.salesforce.LoginHost;
import java.net.URI;
import java.util.Optional;

/** What a back end does where Ampersand runs the callback and keeps the tokens. */
final class ConnectByAmpersand {
  private final AmpersandClient ampersand;
  private final String appId;

  ConnectByAmpersand(AmpersandClient ampersand, String appId) {
    this.ampersand = ampersand;
    this.appId = appId;
  }

  static ConnectByAmpersand register(Secret apiKey, ProviderApp app) {
    // region register
    AmpersandClient ampersand = AmpersandClient.builder("my-project", apiKey).build();
    // Creates it, sends what differs, or does nothing.
    ApplyResult applied = ampersand.providerApps().apply(app);
    String appId = applied.app().orElseThrow().id();
    // endregion
    return new ConnectByAmpersand(ampersand, appId);
  }

  // region connect
  /** Returns the address to redirect the customer's browser to. */
  URI connect(ConnectionKey customer, String customersDomain) {
    LoginHost host = LoginHost.parse(customersDomain); // as the customer typed or pasted it
    ConnectRequest request =
        ConnectRequest.builder(customer).providerAppId(appId).workspaceRef(host).build();
    return ampersand.connections().connectUrl(request);
  }

  /** Returns an access token that works, unless the customer has to consent again. */
  Optional<TokenSet> live(String connectionId) {
    Connection connection =
        ampersand.connections().getWithAccessToken(connectionId, Refresh.IF_EXPIRED);
    return connection.health() == Health.NEEDS_CONSENT ? Optional.empty() : connection.tokens();
  }

  /** Returns the address at which the customer consents again. */
  URI reconnect(String connectionId) {
    return ampersand.connections().reconnectUrl(connectionId);
  }
  // endregion
}
