package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.TokenProvider;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Answers a call to an org. The input is a status, {@code Sforce-Limit-Info}, {@code
 * WWW-Authenticate}, a body and the path that is called.
 */
final class OrgCallTarget implements Target {
  private static final ConnectionKey KEY = new ConnectionKey("salesforce", "acme", "ada");
  private static final String INSTANCE = "https://acme.my.salesforce.com";
  private static final String RENEWED = "00D5g000008CaNa!AQ4AQCanaryRenewed.Token_0123456789abcd";
  private static final List<String> SECRETS = List.of(Canary.ACCESS_TOKEN, RENEWED);

  @Override
  public void run(Input input) {
    AnsweringClient client =
        new AnsweringClient(
            input.number(0, 200, 599, 200),
            Map.of(
                "Sforce-Limit-Info", List.of(input.field(1)),
                "WWW-Authenticate", List.of(input.field(2))),
            input.field(3).getBytes(StandardCharsets.UTF_8));
    List<SalesforceHttp.ApiUsage> usages = new ArrayList<>();
    Renewing tokens = new Renewing();
    SalesforceHttp http =
        SalesforceHttp.builder(tokens, client)
            .onApiUsage((key, usage) -> usages.add(usage))
            .build();
    String path = input.field(4).isEmpty() ? "/services/data" : input.field(4);
    Tried.call(
        SECRETS,
        () -> http.send(KEY, path, HttpRequest.Builder::GET).statusCode(),
        IOException.class,
        IllegalArgumentException.class);
    look(client.requests(), tokens, usages);
  }

  private static void look(
      List<HttpRequest> sent, Renewing tokens, List<SalesforceHttp.ApiUsage> usages) {
    Require.that(sent.size() <= 2 && tokens.refused <= 1, "one repetition");
    Require.that(usages.size() <= sent.size(), "a usage for a response");
    usages.forEach(
        usage -> Require.that(usage.used() >= 0 && usage.limit() >= 0, "no calls less than none"));
    for (HttpRequest request : sent) {
      SalesforceAnswerTarget.requireSalesforces(request.uri());
      Require.that(request.uri().toString().startsWith(INSTANCE + "/"), "the org's own instance");
    }
  }

  /** Tokens that are renewed once. */
  private static final class Renewing implements TokenProvider {
    private int refused;

    private static TokenSet tokens(String accessToken) {
      return TokenSet.builder(Secret.of(accessToken), Instant.now())
          .attribute("instance_url", INSTANCE)
          .build();
    }

    @Override
    public TokenSet get(ConnectionKey key) {
      return tokens(Canary.ACCESS_TOKEN);
    }

    @Override
    public TokenSet refused(ConnectionKey key, Secret sentAccessToken) {
      refused++;
      return tokens(RENEWED);
    }

    @Override
    public GrantStatus status(ConnectionKey key) {
      throw new UnsupportedOperationException();
    }
  }
}
