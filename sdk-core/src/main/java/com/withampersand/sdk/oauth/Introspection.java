package com.withampersand.sdk.oauth;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a provider says about a token that it was shown.
 *
 * <p>Immutable, and safe to share between threads. {@link #toString()} shows whether the token is
 * active and until when, and nothing else.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7662#section-2.2">RFC 7662, section 2.2</a>
 */
public final class Introspection {
  /** Twelve digits reach beyond the year 30000; thirteen are milliseconds in place of seconds. */
  private static final Pattern SECONDS = Pattern.compile("(\\d{1,12})(\\.\\d*)?");

  private final boolean active;
  private final Map<String, String> claims;

  private Introspection(boolean active, Map<String, String> claims) {
    this.active = active;
    this.claims = Map.copyOf(claims);
  }

  /** Returns what an answer says; empty if it does not say whether the token is active. */
  static Optional<Introspection> read(AnswerBody body) {
    return body.text("active")
        .filter(active -> active.equals("true") || active.equals("false"))
        .map(active -> new Introspection(active.equals("true"), body.scalars()));
  }

  /** Returns what is wrong with an answer that {@link #read} takes nothing from. */
  static String flaw(AnswerBody body) {
    return body.flaw().isEmpty() ? "nothing about the token's being active" : body.flaw();
  }

  /**
   * Tells whether the token is good. A provider may also say no of a token that is not for this
   * client to ask about.
   */
  public boolean isActive() {
    return active;
  }

  /** Returns when the token ends: known if the provider names a time, unknown if not. */
  public Expiry expiry() {
    return claim("exp")
        .map(SECONDS::matcher)
        .filter(Matcher::matches)
        .map(seconds -> Expiry.known(Instant.ofEpochSecond(Long.parseLong(seconds.group(1)))))
        .orElse(Expiry.unknown());
  }

  /** Returns the scopes of the token; none if the provider names none. */
  public Scopes scopes() {
    return claim("scope").map(Scopes::parse).orElse(Scopes.none());
  }

  /** Returns the identifier of the client to which the token was issued. */
  public Optional<String> clientId() {
    return claim("client_id");
  }

  /** Returns the name of the user who consented, for people. */
  public Optional<String> username() {
    return claim("username");
  }

  /** Returns the identifier of the user who consented, for machines. */
  public Optional<String> subject() {
    return claim("sub");
  }

  /**
   * Returns a member of the answer that is no object and no array: numbers and booleans as they
   * were written.
   */
  public Optional<String> claim(String name) {
    return Optional.ofNullable(claims.get(name));
  }

  /** Returns whether the token is active, and until when. */
  @Override
  public String toString() {
    return "Introspection[" + (active ? "active, expiry " + expiry() : "not active") + "]";
  }
}
