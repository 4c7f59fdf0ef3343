package com.withampersand.sdk.examples;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.time.Instant;

/** Grants that another library obtained and stored. */
final class MoveGrants {
  private MoveGrants() {}

  /**
   * What the other library stored of a grant.
   *
   * @param host where the user signed in, such as {@code login.salesforce.com}
   */
  record OldGrant(String host, String accessToken, String refreshToken, Instant obtainedAt) {
    @Override
    public String toString() {
      return "grant of " + host;
    }
  }

  // region move
  /** Takes a grant over. The customer notices nothing. */
  static void move(FreshTokens tokens, SalesforceApp app, ConnectionKey customer, OldGrant old) {
    TokenSet moved =
        TokenSet.builder(Secret.of(old.accessToken()), old.obtainedAt())
            .refreshToken(Secret.of(old.refreshToken()))
            .issuer(LoginHost.parse(old.host()).uri()) // where the user signed in
            .clientId(app.clientId())
            .scopes(app.scopes()) // as far as you know; the refresh says what was granted
            .build();
    tokens.save(customer, moved);
    tokens.refresh(customer); // which tells where the org is
  }
  // endregion
}
