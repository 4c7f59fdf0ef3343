package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.ProtocolException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who consented, as Salesforce describes them: what {@link SalesforceOAuthFlow#userInfo} and {@link
 * SalesforceOAuthFlow#identity} are answered with. User and org are always there, the rest depends
 * on the scopes and on what the user filled in.
 *
 * <p>Immutable, and safe to share between threads. {@link #toString()} shows user and org, and
 * nothing else.
 */
public final class SalesforceIdentity {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9]{15}|[A-Za-z0-9]{18}");

  private final Map<String, String> members;
  private final String userId;
  private final String organizationId;

  private SalesforceIdentity(Map<String, String> members) {
    this.members = members;
    this.userId = required("user_id");
    this.organizationId = required("organization_id");
  }

  /**
   * Returns what the members of an answer say.
   *
   * @throws ProtocolException if they name no user or no org
   */
  static SalesforceIdentity of(Map<String, String> members) {
    return new SalesforceIdentity(members);
  }

  private String required(String name) {
    return attribute(name)
        .orElseThrow(
            () ->
                new ProtocolException(
                    "Salesforce's answer about the user has no "
                        + name
                        + ". Check that the login host is Salesforce's.",
                    false));
  }

  /** Returns the 18 characters that name the user. */
  public String userId() {
    return userId;
  }

  /** Returns the 18 characters that name the org. */
  public String organizationId() {
    return organizationId;
  }

  /** Returns the name by which the user logs in, which looks like an email address. */
  public Optional<String> username() {
    return attribute("preferred_username").or(() -> attribute("username"));
  }

  /** Returns the user's full name. */
  public Optional<String> displayName() {
    return attribute("name").or(() -> attribute("display_name"));
  }

  /** Returns the user's email address; whether it was verified is another {@link #attribute}. */
  public Optional<String> email() {
    return attribute("email");
  }

  /** Returns the kind of user, such as {@code STANDARD}. */
  public Optional<String> userType() {
    return attribute("user_type");
  }

  /** Returns the user's language, such as {@code en_US}. */
  public Optional<String> language() {
    return attribute("language");
  }

  /** Tells whether the user is active: false only if Salesforce says so. */
  public boolean isActive() {
    return !attribute("active").equals(Optional.of("false"));
  }

  /**
   * Returns a member of the answer that is no object and no array, by Salesforce's name for it:
   * numbers and booleans as they were written.
   */
  public Optional<String> attribute(String name) {
    return Optional.ofNullable(members.get(name)).filter(value -> !value.isBlank());
  }

  /** Returns user and org. */
  @Override
  public String toString() {
    return "SalesforceIdentity[org " + shown(organizationId) + ", user " + shown(userId) + "]";
  }

  /** The answer may come from a server that is not Salesforce, and hold anything. */
  private static String shown(String id) {
    return ID.matcher(id).matches() ? id : "***";
  }
}
