package com.withampersand.sdk.token;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.Scopes;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one grant, for a settings page, a health check or a list of customers to write
 * to.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class GrantStatus {
  /** What kind of state a grant is in. */
  public enum Kind {
    /** Nothing is known against it. */
    ACTIVE,
    /** A refresh got no usable answer. It resolves by itself; the access token may still work. */
    IN_DOUBT,
    /** The grant ended. The user has to connect again. */
    NEEDS_CONSENT,
    /** The provider refuses, for a reason that consent does not cure. */
    BLOCKED,
    /** An import into Ampersand may be under way. */
    HANDING_OVER,
    /** Ampersand keeps the grant. */
    HANDED_OVER,
    /** A revocation may be under way. */
    DISCONNECTING,
    /** There is no such grant. */
    ABSENT,
    /** No renewer here owns it, or more than one does. */
    FOREIGN,
    /** What is stored cannot be opened: the key is missing, or it was altered. */
    UNREADABLE,
    /** An earlier version of the SDK stored it, and no process that owns it has opened it yet. */
    OLD
  }

  private final ConnectionKey connection;
  private final Kind kind;
  private final Builder facts;

  private GrantStatus(Builder facts) {
    this.connection = facts.connection;
    this.kind = facts.kind;
    this.facts = facts.copy();
  }

  /** Starts a status. */
  public static Builder builder(ConnectionKey connection, Kind kind) {
    return new Builder(connection, kind);
  }

  /** Returns whose grant it is. */
  public ConnectionKey connection() {
    return connection;
  }

  /** Returns the kind of state. */
  public Kind kind() {
    return kind;
  }

  /** Returns since when the grant is in this state, by the store's clock. */
  public Optional<Instant> since() {
    return Optional.ofNullable(facts.since);
  }

  /** Returns why the provider refused, if it did. */
  public Optional<Reason> reason() {
    return Optional.ofNullable(facts.reason);
  }

  /** Returns who has to act, if anyone. */
  public Optional<Actor> actor() {
    return Optional.ofNullable(facts.actor);
  }

  /** Returns what the {@linkplain #actor() actor} has to do, in words for that person. */
  public Optional<String> remedy() {
    return Optional.ofNullable(facts.remedy);
  }

  /** Returns how long until the SDK tries again by itself, if it does and that is known. */
  public Optional<Duration> nextTryIn() {
    return Optional.ofNullable(facts.nextTryIn);
  }

  /** Returns where the tokens were issued, if that is known. */
  public Optional<URI> issuer() {
    return Optional.ofNullable(facts.issuer);
  }

  /** Returns the client that the tokens were issued to, if that is known. */
  public Optional<String> clientId() {
    return Optional.ofNullable(facts.clientId);
  }

  /** Returns the provider's address of the user who consented, if it named one. */
  public Optional<String> identity() {
    return Optional.ofNullable(facts.identity);
  }

  /** Returns the scopes that were granted; none if the grant could not be opened. */
  public Scopes scopes() {
    return facts.scopes;
  }

  /** Returns when the access token ends, and how sure that is. */
  public Expiry expiry() {
    return facts.expiry;
  }

  /** Returns when the tokens were stored last, by a refresh or a consent, by the store's clock. */
  public Optional<Instant> tokensAt() {
    return Optional.ofNullable(facts.tokensAt);
  }

  /** Returns the id of the connection in Ampersand, if Ampersand keeps the grant. */
  public Optional<String> ampersandConnection() {
    return Optional.ofNullable(facts.ampersandConnection);
  }

  /** Tells whether the other object is an equal status. */
  @Override
  public boolean equals(Object other) {
    return other instanceof GrantStatus status
        && connection.equals(status.connection)
        && kind == status.kind
        && facts.values().equals(status.facts.values());
  }

  @Override
  public int hashCode() {
    return Objects.hash(connection, kind);
  }

  /** Returns connection, kind, reason and since. */
  @Override
  public String toString() {
    return "GrantStatus[%s, %s, reason %s, since %s]"
        .formatted(connection, kind, facts.reason, facts.since);
  }

  /** Builds a {@link GrantStatus}. Not safe to share between threads. */
  public static final class Builder {
    private final ConnectionKey connection;
    private final Kind kind;
    private @Nullable Instant since;
    private @Nullable Reason reason;
    private @Nullable Actor actor;
    private @Nullable String remedy;
    private @Nullable Duration nextTryIn;
    private @Nullable URI issuer;
    private @Nullable String clientId;
    private @Nullable String identity;
    private Scopes scopes = Scopes.none();
    private Expiry expiry = Expiry.unknown();
    private @Nullable Instant tokensAt;
    private @Nullable String ampersandConnection;

    private Builder(ConnectionKey connection, Kind kind) {
      this.connection = Objects.requireNonNull(connection, "connection");
      this.kind = Objects.requireNonNull(kind, "kind");
    }

    private Builder copy() {
      Builder copy = new Builder(connection, kind);
      copy.since = since;
      copy.reason = reason;
      copy.actor = actor;
      copy.remedy = remedy;
      copy.nextTryIn = nextTryIn;
      copy.issuer = issuer;
      copy.clientId = clientId;
      copy.identity = identity;
      copy.scopes = scopes;
      copy.expiry = expiry;
      copy.tokensAt = tokensAt;
      copy.ampersandConnection = ampersandConnection;
      return copy;
    }

    private java.util.List<Object> values() {
      return java.util.Arrays.asList(
          since,
          reason,
          actor,
          remedy,
          nextTryIn,
          issuer,
          clientId,
          identity,
          scopes,
          expiry,
          tokensAt,
          ampersandConnection);
    }

    /** Sets since when; the default is not known. */
    public Builder since(@Nullable Instant since) {
      this.since = since;
      return this;
    }

    /** Sets why the provider refused; the default is that it did not. */
    public Builder reason(@Nullable Reason reason) {
      this.reason = reason;
      return this;
    }

    /** Sets who has to act; the default is no one. */
    public Builder actor(@Nullable Actor actor) {
      this.actor = actor;
      return this;
    }

    /** Sets what the actor has to do; the default is nothing. */
    public Builder remedy(@Nullable String remedy) {
      this.remedy = remedy;
      return this;
    }

    /** Sets how long until the next try; the default is not known. */
    public Builder nextTryIn(@Nullable Duration nextTryIn) {
      this.nextTryIn = nextTryIn;
      return this;
    }

    /** Sets where the tokens were issued; the default is not known. */
    public Builder issuer(@Nullable URI issuer) {
      this.issuer = issuer;
      return this;
    }

    /** Sets the client that they were issued to; the default is not known. */
    public Builder clientId(@Nullable String clientId) {
      this.clientId = clientId;
      return this;
    }

    /** Sets the provider's address of the user; the default is not known. */
    public Builder identity(@Nullable String identity) {
      this.identity = identity;
      return this;
    }

    /** Sets the scopes; the default is none. */
    public Builder scopes(Scopes scopes) {
      this.scopes = Objects.requireNonNull(scopes, "scopes");
      return this;
    }

    /** Sets when the access token ends; the default is unknown. */
    public Builder expiry(Expiry expiry) {
      this.expiry = Objects.requireNonNull(expiry, "expiry");
      return this;
    }

    /** Sets when the tokens were stored; the default is not known. */
    public Builder tokensAt(@Nullable Instant tokensAt) {
      this.tokensAt = tokensAt;
      return this;
    }

    /** Sets the connection in Ampersand; the default is none. */
    public Builder ampersandConnection(@Nullable String ampersandConnection) {
      this.ampersandConnection = ampersandConnection;
      return this;
    }

    /** Builds the status. */
    public GrantStatus build() {
      return new GrantStatus(this);
    }
  }
}
