package com.withampersand.sdk.platform;

import com.withampersand.sdk.ConnectionKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which connections to list.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class ConnectionFilter {
  private static final ConnectionFilter ALL = new ConnectionFilter(null, null, null);

  private final @Nullable String provider;
  private final @Nullable String groupRef;
  private final @Nullable String consumerRef;

  private ConnectionFilter(
      @Nullable String provider, @Nullable String groupRef, @Nullable String consumerRef) {
    this.provider = provider;
    this.groupRef = groupRef;
    this.consumerRef = consumerRef;
  }

  /** Returns the filter that every connection passes. */
  public static ConnectionFilter all() {
    return ALL;
  }

  /** Returns the filter that the connections of one customer to one provider pass. */
  public static ConnectionFilter of(ConnectionKey key) {
    return new ConnectionFilter(key.provider(), key.groupRef(), key.consumerRef());
  }

  /** Returns this filter for one provider alone. */
  public ConnectionFilter provider(String provider) {
    return new ConnectionFilter(Names.require(provider, "provider"), groupRef, consumerRef);
  }

  /** Returns this filter for one group alone. */
  public ConnectionFilter groupRef(String groupRef) {
    return new ConnectionFilter(provider, Names.require(groupRef, "groupRef"), consumerRef);
  }

  /** Returns this filter for one user alone. */
  public ConnectionFilter consumerRef(String consumerRef) {
    return new ConnectionFilter(provider, groupRef, Names.require(consumerRef, "consumerRef"));
  }

  ApiRequest addTo(ApiRequest request) {
    return request
        .query("provider", Optional.ofNullable(provider))
        .query("groupRef", Optional.ofNullable(groupRef))
        .query("consumerRef", Optional.ofNullable(consumerRef));
  }

  /** Returns what is filtered by. */
  @Override
  public String toString() {
    return "ConnectionFilter[provider %s, group %s, consumer %s]"
        .formatted(shown(provider), shown(groupRef), shown(consumerRef));
  }

  private static String shown(@Nullable String value) {
    return value == null ? "any" : value;
  }
}
