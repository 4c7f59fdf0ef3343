package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Answers an exchange, a refresh, an introspection, a revocation and a request for user info. The
 * input is a status, a content type and a body.
 */
final class TokenAnswerTarget implements Target {
  private static final URI OTHER = URI.create("https://auth.example/other");
  private static final Duration A_CENTURY = Duration.ofDays(36_525);

  @Override
  public void run(Input input) {
    Answers answers = answers(input);
    AuthorizationCodeFlow flow =
        AuthorizationCodeFlow.builder(new FuzzApp(), FuzzApp.AUTHORIZE, FuzzApp.TOKEN)
            .revocationEndpoint(OTHER)
            .introspectionEndpoint(OTHER)
            .transport(answers)
            .build();
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromQuery("code=" + Canary.CODE + "&state=" + request.state());
    Tried.call(
            Canary.OF_EXCHANGE,
            () -> flow.exchange(request, callback),
            OAuthException.class,
            ProtocolException.class,
            TransportException.class)
        .result()
        .ifPresent(TokenAnswerTarget::requireGood);
    TokenSet before = tokens();
    Tried.call(
            Canary.OF_REFRESH,
            () -> flow.refresh(before),
            OAuthException.class,
            ProtocolException.class,
            TransportException.class)
        .result()
        .ifPresent(after -> requireRenewed(before, after));
    ask(flow, before);
  }

  static Answers answers(Input input) {
    return new Answers(
        input.number(0, 200, 599, 200),
        Map.of("Content-Type", List.of(input.field(1).strip())),
        input.field(2).getBytes(StandardCharsets.UTF_8));
  }

  static TokenSet tokens() {
    return TokenSet.builder(Canary.accessToken(), Instant.now())
        .refreshToken(Canary.refreshToken())
        .issuer(URI.create("https://auth.example"))
        .clientId("client-1")
        .consentId("consent-1")
        .build();
  }

  private static void ask(AuthorizationCodeFlow flow, TokenSet tokens) {
    Tried.call(
        Canary.OF_REFRESH,
        () -> flow.introspect(tokens).expiry(),
        OAuthException.class,
        ProtocolException.class,
        TransportException.class);
    Tried.call(
        () -> flow.userInfo(OTHER, tokens).isEmpty(),
        OAuthException.class,
        ProtocolException.class,
        TransportException.class);
    Tried.call(
        () -> {
          flow.revoke(tokens);
          return "revoked";
        },
        OAuthException.class,
        ProtocolException.class,
        TransportException.class);
  }

  /** A token that cannot be sent, or a time that cannot be, was not taken. */
  static void requireGood(TokenSet tokens) {
    requireSendable(tokens.accessToken().reveal());
    tokens.refreshToken().ifPresent(token -> requireSendable(token.reveal()));
    tokens
        .expiry()
        .instant()
        .ifPresent(
            end ->
                Require.that(
                    end.isBefore(tokens.obtainedAt().plus(A_CENTURY)), "no end after a century"));
    TokenSet read = TokenSet.fromJson(tokens.toJson());
    Require.same(tokens, read, "read what was written");
    Require.same(tokens.toJson(), read.toJson(), "write what was read");
  }

  private static void requireSendable(String token) {
    Require.that(
        !token.isEmpty() && token.chars().allMatch(c -> c >= ' ' && c < 0x7f), "fits a header");
  }

  static void requireRenewed(TokenSet before, TokenSet after) {
    requireGood(after);
    Require.that(after.refreshToken().isPresent(), "a refresh keeps a refresh token");
    Require.same(before.consentId(), after.consentId(), "a refresh keeps the consent");
    Require.same(before.issuer(), after.issuer(), "a refresh keeps the issuer");
  }
}
