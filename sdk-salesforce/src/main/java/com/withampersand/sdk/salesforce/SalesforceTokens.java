package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.internal.SalesforceUrls;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What Salesforce says about a grant, read from its {@link TokenSet}. Everything but the access
 * token may be missing from an answer, so everything here may be empty.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class SalesforceTokens {
  private static final Pattern IDENTITY =
      Pattern.compile(".*/id/(?<org>00D\\w{12,15})/(?<user>\\w{15,18})/?");

  /** A My Domain as Ampersand names it: {@code acme}, or {@code acme--uat.sandbox}. */
  private static final Pattern WORKSPACE = Pattern.compile("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)?");

  private static final Set<String> AMPERSANDS_NAMES = Set.of("salesforce", "salesforceJWT");

  private final TokenSet tokens;
  private final Predicate<URI> trustedInstance;

  private SalesforceTokens(TokenSet tokens, Predicate<URI> trustedInstance) {
    this.tokens = tokens;
    this.trustedInstance = trustedInstance;
  }

  /**
   * Returns a view of tokens that a {@link SalesforceOAuthFlow} obtained. Their instance must be
   * Salesforce's, or one of the named hosts.
   *
   * @param named hosts that are not Salesforce's, but may be the instance: the {@link
   *     LoginHost#custom} at which the tokens were issued, or a server on this machine in a test
   */
  public static SalesforceTokens of(TokenSet tokens, LoginHost... named) {
    List<LoginHost> hosts = List.of(named);
    return new SalesforceTokens(
        Objects.requireNonNull(tokens, "tokens"),
        uri ->
            SalesforceUrls.isInstance(uri)
                || hosts.stream().anyMatch(host -> host.mayReceiveTokens(uri)));
  }

  /** Returns the tokens themselves. */
  public TokenSet tokens() {
    return tokens;
  }

  /**
   * Returns the address to which API calls go, without a slash at its end. It may change with a
   * refresh: read it anew each time. Where Salesforce named none, since Ampersand keeps the tokens,
   * it is made of the workspace of the connection.
   *
   * @throws ProtocolException if it is neither Salesforce's nor a host that was named, so that the
   *     access token must not be sent there
   */
  public Optional<URI> instanceUrl() {
    return instance().map(this::requireTrusted);
  }

  private Optional<String> instance() {
    return tokens.attribute("instance_url").or(this::workspaceUrl);
  }

  private Optional<String> workspaceUrl() {
    return tokens
        .attribute("ampersand_provider")
        .filter(AMPERSANDS_NAMES::contains)
        .flatMap(provider -> tokens.attribute("ampersand_workspace"))
        .filter(workspace -> WORKSPACE.matcher(workspace).matches())
        .map(workspace -> "https://" + workspace + ".my.salesforce.com");
  }

  private URI requireTrusted(String instanceUrl) {
    return trusted(instanceUrl)
        .orElseThrow(
            () ->
                new ProtocolException(
                    "The instance URL of these tokens is not a host of Salesforce, so no token is sent there: "
                        + shownHost(instanceUrl)
                        + ". If it is yours, name it as the login host with LoginHost.custom.",
                    false));
  }

  private String shownHost(String instanceUrl) {
    return address(instanceUrl)
        .map(URI::getHost)
        .map(host -> SalesforceUrls.shownHost(host, tokens))
        .orElse("unreadable");
  }

  private Optional<URI> trusted(String instanceUrl) {
    return instanceUrl.length() > SalesforceUrls.LONGEST_ADDRESS
        ? Optional.empty()
        : address(SalesforceUrls.withoutSlashes(instanceUrl)).filter(trustedInstance);
  }

  private static Optional<URI> address(String text) {
    try {
      return Optional.of(URI.create(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Tells whether there is an instance URL to which no token may be sent. */
  boolean hasForeignInstance() {
    return instance().filter(url -> trusted(url).isEmpty()).isPresent();
  }

  /**
   * Returns the identity URL: who consented, as Salesforce names them. Ampersand calls it the
   * connection's consumer.
   */
  public Optional<URI> identityUrl() {
    return tokens
        .attribute("id")
        .filter(id -> IDENTITY.matcher(id).matches())
        .flatMap(SalesforceTokens::address);
  }

  /** Returns the 18 characters that name the org, from the identity URL. */
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
    return AnswerSignature.text(tokens);
  }

  /**
   * Returns the scopes that were granted, which need not be those that were asked for: {@link
   * #missing} compares the two.
   */
  public Scopes scopes() {
    return tokens.scopes();
  }

  /**
   * Returns what was asked for and not granted; empty if nothing is missing. A scope that another
   * one includes is not missing, nor is anything but a refresh token beside {@link
   * SalesforceScopes#FULL}. {@link SalesforceScopes#REFRESH_TOKEN} and {@link
   * SalesforceScopes#OFFLINE_ACCESS} are missing where there is no refresh token, whatever the
   * scopes say.
   *
   * @param requested what was asked for: {@link
   *     com.withampersand.sdk.oauth.AuthorizationRequest#scopes()}
   */
  public Scopes missing(Scopes requested) {
    return requested.without(
        Scopes.parse(
            requested.toList().stream().filter(this::isGranted).collect(Collectors.joining(" "))));
  }

  private boolean isGranted(String scope) {
    return SalesforceScopes.bringRefreshToken(Scopes.parse(scope))
        ? tokens.refreshToken().isPresent()
        : SalesforceScopes.include(tokens.scopes(), scope);
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

  /** Returns org, user and the tokens' fingerprints. */
  @Override
  public String toString() {
    return "SalesforceTokens[org "
        + organizationId().orElse("unknown")
        + ", user "
        + userId().orElse("unknown")
        + ", "
        + tokens
        + "]";
  }
}
