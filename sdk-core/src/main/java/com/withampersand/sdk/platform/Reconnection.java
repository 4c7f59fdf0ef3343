package com.withampersand.sdk.platform;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a connection is, and where its user makes it work again.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class Reconnection {
  private final Connection connection;
  private final @Nullable URI url;

  Reconnection(Connection connection, @Nullable URI url) {
    this.connection = connection;
    this.url = url;
  }

  /** Returns the connection, with its status and without credentials. */
  public Connection connection() {
    return connection;
  }

  /**
   * Returns the address to send the user's browser to, who consents again there. Empty if the
   * connection {@linkplain Connection.Health#WORKING works}: it has recovered.
   */
  public Optional<URI> url() {
    return Optional.ofNullable(url);
  }

  /** Returns the connection, and whether there is a URL. */
  @Override
  public String toString() {
    return connection + (url == null ? ", which works" : ", with a URL to reconnect");
  }
}
