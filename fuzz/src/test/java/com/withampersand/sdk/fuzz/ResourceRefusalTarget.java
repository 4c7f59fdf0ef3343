package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.error.SalesforceRefusal;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Refuses an access token. The input is a status, the lines of {@code WWW-Authenticate} and a body.
 */
final class ResourceRefusalTarget implements Target {
  private static final URI RESOURCE = URI.create("https://auth.example/me");
  private static final int LONGEST = 10_000;

  @Override
  public void run(Input input) {
    int status = input.number(0, 200, 599, 401);
    List<String> challenges = List.of(input.field(1).split("\n", 20));
    userInfo(status, challenges, input.field(2));
    judge(status, challenges, input.field(2));
  }

  private static void userInfo(int status, List<String> challenges, String body) {
    Answers answers =
        new Answers(
            status, Map.of("WWW-Authenticate", challenges), body.getBytes(StandardCharsets.UTF_8));
    AuthorizationCodeFlow flow =
        AuthorizationCodeFlow.builder(new FuzzApp(), FuzzApp.AUTHORIZE, FuzzApp.TOKEN)
            .transport(answers)
            .build();
    TokenSet tokens = TokenAnswerTarget.tokens();
    Tried.call(
            List.of(Canary.ACCESS_TOKEN),
            () -> flow.userInfo(RESOURCE, tokens).isEmpty(),
            OAuthException.class,
            ProtocolException.class,
            TransportException.class)
        .error()
        .ifPresent(error -> look(error, body));
    answers.requests().forEach(sent -> Require.same(RESOURCE, sent.uri(), "one resource"));
  }

  /** A code that only a header can have stated is a code, and not a text of others' choice. */
  private static void look(Exception error, String body) {
    if (error instanceof OAuthException refused) {
      Canary.requireAbsent(List.of(Canary.ACCESS_TOKEN), refused.error(), "a code");
      Require.that(
          !body.isBlank() || refused.error().matches("[\\w.*-]{1,64}"),
          "a code, unlike " + refused.error());
    }
  }

  private static void judge(int status, List<String> challenges, String body) {
    HttpHeaders headers =
        HttpHeaders.of(Map.of("WWW-Authenticate", challenges), (name, value) -> true);
    SalesforceRefusal bare = judged(() -> SalesforceRefusal.of(status, body));
    SalesforceRefusal whole = judged(() -> SalesforceRefusal.of(status, headers, body));
    Require.that(!whole.isFixedByRefresh() || status >= 400, "no refresh after a success");
    Require.that(
        !bare.isFixedByRefresh() || whole.isFixedByRefresh(), "a header takes no refresh away");
    boolean isRefused = challenges.contains("Bearer error=\"invalid_token\"");
    Require.that(
        !isRefused || whole.isFixedByRefresh() || whole.error().isKnown() || status < 400,
        "a token that a header refuses is refused");
  }

  private static SalesforceRefusal judged(java.util.concurrent.Callable<SalesforceRefusal> call) {
    SalesforceRefusal refusal = Tried.call(call).result().orElseThrow();
    String shown =
        refusal
            + refusal.error().code().orElse("")
            + refusal.error().description().orElse("")
            + refusal.error().remedyFor(Actor.DEVELOPER);
    Canary.requireAbsent(shown, "a refusal");
    Require.that(shown.length() <= LONGEST, "a refusal is short");
    Require.that(shown.chars().noneMatch(Require::endsLine), "one line: " + shown);
    return refusal;
  }
}
