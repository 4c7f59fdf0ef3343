package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.internal.SalesforceUrls;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a grant has to bring before it is worth keeping, and what a renewed one may not change. */
final class GrantRules {
  private static final String INSTANCE_URL = "instance_url";

  private static final Logger log = LoggerFactory.getLogger(GrantRules.class);

  private final LoginHost host;

  GrantRules(LoginHost host) {
    this.host = host;
  }

  /** Returns the tokens of a new grant, if they will be of use once the session has ended. */
  TokenSet requireUsable(TokenSet tokens, AuthorizationRequest request) {
    requireOwnInstance(tokens, "code exchange");
    if (SalesforceScopes.bringRefreshToken(request.scopes()) && tokens.refreshToken().isEmpty()) {
      throw noRefreshToken(tokens);
    }
    request.expectedOrg().ifPresent(org -> requireOrg(tokens, org));
    return tokens;
  }

  /**
   * Returns tokens that may be sent to the instance that they name.
   *
   * @param action what brought them
   */
  TokenSet requireOwnInstance(TokenSet tokens, String action) {
    if (isForeign(tokens)) {
      throw foreignInstance(tokens, action);
    }
    return tokens;
  }

  private void requireOrg(TokenSet tokens, String expected) {
    Optional<String> org = org(tokens);
    if (org.filter(id -> OrgId.areSame(id, expected)).isEmpty()) {
      throw wrongOrg(tokens, org.orElse("unknown"), expected);
    }
  }

  /**
   * Returns the org that an answer names. A signature that fits nothing was refused before. None at
   * all is no reason to doubt the org: the host that answers has received the Consumer Secret, so
   * it could sign any answer, and only TLS tells which host it is.
   */
  private Optional<String> org(TokenSet tokens) {
    boolean isChecked =
        AnswerSignature.text(tokens).isEmpty() || AnswerSignature.of(tokens).isPresent();
    return SalesforceTokens.of(tokens, host).organizationId().filter(id -> isChecked);
  }

  private OAuthException wrongOrg(TokenSet tokens, String org, String expected) {
    return OAuthException.builder("wrong_org")
        .description("org " + org + " answered, and org " + expected + " was expected")
        .actor(Actor.END_USER)
        .verdict(Verdict.FINAL)
        .reason(Reason.OTHER)
        .remedy(
            "You signed in to another Salesforce org than the one that is connected. Sign out of Salesforce, then connect"
                + " again and sign in to the org that is connected.")
        .context("code exchange, host " + host.shown() + ", access token " + tokens.accessToken())
        .build();
  }

  private ProtocolException foreignInstance(TokenSet tokens, String action) {
    return new ProtocolException(
        ("The answer names an instance that is not Salesforce's, host %s, so none of its tokens was taken: they would be sent there."
                + " If it is yours, name it as the login host with LoginHost.custom, and start again. [%s, host %s]")
            .formatted(instanceHost(tokens), action, host.shown()),
        true);
  }

  private OAuthException noRefreshToken(TokenSet tokens) {
    return OAuthException.builder("no_refresh_token")
        .description("the answer holds no refresh token, although one was asked for")
        .actor(Actor.PROVIDER_ADMIN)
        .verdict(Verdict.FINAL)
        .reason(Reason.MISCONFIGURED)
        .remedy(
            "On the app's page in Salesforce, the OAuth scope \"Perform requests at any time (refresh_token, offline_access)\" has to be"
                + " selected, and the refresh token policy must not be \"Immediately expire refresh token\". Then let the user consent again.")
        .context("code exchange, host " + host.shown() + ", access token " + tokens.accessToken())
        .build();
  }

  /**
   * Returns the renewed tokens of a grant. Where their instance is foreign, the one known before
   * stays: the tokens themselves are good, and the old refresh token may be dead.
   */
  TokenSet keepInstance(TokenSet before, TokenSet renewed) {
    String known = before.attribute(INSTANCE_URL).orElse("");
    if (known.isEmpty() || !isForeign(renewed) || isForeign(before)) {
      return renewed;
    }
    log.warn(
        "A refresh was answered with an instance that is not Salesforce's, host {}. The new tokens are kept, and so is the instance known"
            + " before: no token is sent to the new one. If it is yours, name it as the login host with LoginHost.custom."
            + " [refresh, host {}, access token {}]",
        instanceHost(renewed),
        host.shown(),
        renewed.accessToken());
    return renewed.toBuilder().attribute(INSTANCE_URL, known).build();
  }

  private boolean isForeign(TokenSet tokens) {
    return SalesforceTokens.of(tokens, host).hasForeignInstance();
  }

  /** Returns nothing but the host: the rest is a stranger's text. */
  private static String instanceHost(TokenSet tokens) {
    return tokens
        .attribute(INSTANCE_URL)
        .flatMap(SalesforceUrls::hostOf)
        .map(host -> SalesforceUrls.shownHost(host, tokens))
        .orElse("unreadable");
  }
}
