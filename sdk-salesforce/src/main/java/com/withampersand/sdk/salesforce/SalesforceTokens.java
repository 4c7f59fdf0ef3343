package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Salesforce says about a grant, read from its {@link TokenSet}. Everything but the access
 * token may be missing from an answer, so everything here may be empty.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class SalesforceTokens {
  private static final Pattern IDENTITY =
      Pattern.compile(".*/id/(?<org>00D\\w{12,15})/(?<user>\\w{15,18})/?");

  private final TokenSet tokens;

  private SalesforceTokens(TokenSet tokens) {
    this.tokens = tokens;
  }

  /** Returns a view of tokens that a {@link SalesforceOAuthFlow} obtained. */
  public static SalesforceTokens of(TokenSet tokens) {
    return new SalesforceTokens(Objects.requireNonNull(tokens, "tokens"));
  }

  /** Returns the tokens themselves. */
  public TokenSet tokens() {
    return tokens;
  }

  /**
   * Returns the address to which API calls go, without a slash at its end. It may change with a
   * refresh: read it anew each time.
   *
   * @throws ProtocolException if it is not Salesforce's, so that the access token must not be sent
   *     there
   */
  public Optional<URI> instanceUrl() {
    return tokens.attribute("instance_url").map(SalesforceTokens::requireSalesforce);
  }

  private static URI requireSalesforce(String instanceUrl) {
    try {
      URI uri = URI.create(instanceUrl.replaceAll("/+$", ""));
      if (SalesforceUrls.mayReceiveTokens(uri)) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Falls through: what is no address is not Salesforce's either.
    }
    throw new ProtocolException(
        "The instance URL of these tokens is not a host of Salesforce, so no token is sent there: "
            + SalesforceUrls.shown(instanceUrl),
        false);
  }

  /**
   * Returns the identity URL: who consented, as Salesforce names them. Ampersand calls it the
   * connection's consumer.
   */
  public Optional<URI> identityUrl() {
    return tokens.attribute("id").filter(id -> IDENTITY.matcher(id).matches()).map(URI::create);
  }

  /** Returns the 18 characters that name the organisation, from the identity URL. */
  public Optional<String> organizationId() {
    return identityPart("org");
  }

  /** Returns the 18 characters that name the user, from the identity URL. */
  public Optional<String> userId() {
    return identityPart("user");
  }

  private Optional<String> identityPart(String group) {
    return tokens
        .attribute("id")
        .map(IDENTITY::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(group));
  }

  /** Returns when Salesforce issued the access token, by its own clock. */
  public Optional<Instant> issuedAt() {
    return tokens.attribute("issued_at").flatMap(SalesforceTokens::millis);
  }

  private static Optional<Instant> millis(String text) {
    try {
      return Optional.of(Instant.ofEpochMilli(Long.parseLong(text)));
    } catch (NumberFormatException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Returns Salesforce's signature over identity URL and time of issue, in base64. */
  public Optional<String> signature() {
    return tokens.attribute("signature");
  }

  /** Returns the scopes that were granted, which need not be those that were asked for. */
  public Scopes scopes() {
    return tokens.scopes();
  }

  /**
   * Returns the address of the Experience Cloud site through which the user logged in, if it was
   * one.
   */
  public Optional<String> communityUrl() {
    return tokens.attribute("sfdc_community_url");
  }

  /**
   * Returns the identifier of the Experience Cloud site through which the user logged in, if it was
   * one.
   */
  public Optional<String> communityId() {
    return tokens.attribute("sfdc_community_id");
  }

  /** Returns the format of the access token: {@code jwt}, or empty for an opaque one. */
  public Optional<String> tokenFormat() {
    return tokens.attribute("token_format");
  }

  /** Returns organisation, user and the tokens' fingerprints. */
  @Override
  public String toString() {
    return "SalesforceTokens[organisation "
        + organizationId().orElse("unknown")
        + ", user "
        + userId().orElse("unknown")
        + ", "
        + tokens
        + "]";
  }
}
