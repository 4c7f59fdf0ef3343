package com.withampersand.sdk.platform;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.Connections.Refresh;
import org.jspecify.annotations.Nullable;

/** Reads the tokens of a connection by its key. */
record ConnectionReader(Connections connections) {

  /** What was read: the tokens, and the id by which to ask next time. */
  record Found(String id, TokenSet tokens) {}

  /**
   * Reads a connection by its id if that is known and still right, else by its key.
   *
   * @throws NotConnectedException if there is none
   * @throws com.withampersand.sdk.AmpersandException as {@link ConnectionTokens#of} and {@link
   *     Connections} do
   */
  Found read(ConnectionKey key, @Nullable String knownId, Refresh refresh) {
    if (knownId != null) {
      try {
        return read(knownId, refresh);
      } catch (ApiException e) {
        // It was deleted; its user may have connected again, which makes another one.
        if (!ConnectionTokens.isNotFound(e)) {
          throw e;
        }
      }
    }
    return read(find(key).id(), refresh);
  }

  /**
   * Returns the connection of this name.
   *
   * @throws NotConnectedException if there is none
   */
  Connection find(ConnectionKey key) {
    return connections.find(key).orElseThrow(() -> new NotConnectedException(key));
  }

  private Found read(String id, Refresh refresh) {
    return new Found(id, ConnectionTokens.of(connections.getWithAccessToken(id, refresh)));
  }
}
