package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/**
 * Sends an access token that is a JWT. The input is its header, claims and signature, or a whole
 * token in one text.
 */
final class JwtTarget implements Target {
  private final SalesforceApp app =
      SalesforceApp.builder("3MVG9key", Canary.CLIENT_SECRET)
          .scopes("api", "refresh_token")
          .build();

  @Override
  public void run(Input input) {
    String token =
        input.field(1).isEmpty()
            ? input.field(0)
            : "eyJ"
                + encoded(input.field(0))
                + "."
                + encoded(input.field(1))
                + "."
                + encoded(input.field(2));
    if (token.chars().anyMatch(c -> c < ' ' || c > '~' || c == '"' || c == '\\')) {
      return;
    }
    Answers answers =
        Answers.json(200, "{\"access_token\":\"" + token + "\",\"token_type\":\"Bearer\"}");
    SalesforceOAuthFlow flow =
        SalesforceOAuthFlow.builder(app, LoginHost.production()).transport(answers).build();
    TokenSet before =
        TokenAnswerTarget.tokens().toBuilder()
            .clientId("3MVG9key")
            .issuer(LoginHost.production().uri())
            .build();
    Tried.call(() -> flow.refresh(before), ProtocolException.class)
        .result()
        .ifPresent(JwtTarget::requireSensible);
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void requireSensible(TokenSet tokens) {
    TokenAnswerTarget.requireGood(tokens);
    tokens
        .expiry()
        .instant()
        .ifPresent(
            end ->
                Require.that(
                    end.isAfter(tokens.obtainedAt())
                        && end.isBefore(tokens.obtainedAt().plus(Duration.ofDays(367))),
                    "a session of a year at most"));
  }
}
