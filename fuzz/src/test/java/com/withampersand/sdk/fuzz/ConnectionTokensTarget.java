package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport.Request;
import com.withampersand.sdk.http.HttpTransport.Response;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.AmpersandTokens;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Answers for a connection that Ampersand keeps. The input is the status, the list in which the
 * connection is looked for, and the connection.
 */
final class ConnectionTokensTarget implements Target {
  private static final ConnectionKey KEY = new ConnectionKey("salesforce", "acme", "ada");
  private static final List<String> WITH_KEY = List.of(Canary.CLIENT_SECRET, Canary.ACCESS_TOKEN);

  @Override
  public void run(Input input) {
    Answers answers = new Answers(request -> answer(request, input));
    AmpersandClient client =
        AmpersandClient.builder("project", Secret.of(Canary.CLIENT_SECRET))
            .transport(answers)
            .maxRetries(0)
            .build();
    try (AmpersandTokens tokens = AmpersandTokens.of(client)) {
      call(() -> tokens.get(KEY)).result().ifPresent(ConnectionTokensTarget::requireSendable);
      call(() -> tokens.refused(KEY, Canary.accessToken()))
          .result()
          .ifPresent(ConnectionTokensTarget::requireOther);
      call(() -> tokens.status(KEY));
      call(() -> tokens.reconnectUrl(KEY).getScheme());
    }
    for (Request sent : answers.requests()) {
      Require.same("api.withampersand.com", sent.uri().getHost(), "the key's host");
    }
  }

  private static Response answer(Request request, Input input) {
    boolean isList = request.uri().getPath().endsWith("/connections");
    return new Response(
        isList ? 200 : input.number(0, 200, 599, 200),
        Map.of("Content-Type", List.of("application/json")),
        input.field(isList ? 1 : 2).getBytes(StandardCharsets.UTF_8));
  }

  private static <T> Tried<T> call(Callable<T> call) {
    Tried<T> tried = Tried.call(WITH_KEY, call, AmpersandException.class);
    tried.error().ifPresent(RetryAfterTarget::requireSensible);
    return tried;
  }

  private static void requireSendable(TokenSet tokens) {
    String token = tokens.accessToken().reveal();
    Require.that(
        !token.isEmpty() && token.chars().allMatch(c -> c >= ' ' && c < 0x7f), "fits a header");
  }

  private static void requireOther(TokenSet tokens) {
    requireSendable(tokens);
    Require.that(!tokens.accessToken().equals(Canary.accessToken()), "not the one refused");
  }
}
