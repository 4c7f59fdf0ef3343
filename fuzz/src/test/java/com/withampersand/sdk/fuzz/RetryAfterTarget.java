package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.platform.AmpersandClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Answers with a status, {@code Retry-After} and {@code Date}, which the input has. */
final class RetryAfterTarget implements Target {
  @Override
  public void run(Input input) {
    Answers answers =
        new Answers(
            input.number(0, 400, 599, 429),
            Map.of(
                "Content-Type", List.of("application/json"),
                "Retry-After", List.of(input.field(1)),
                "Date", List.of(input.field(2))),
            "{\"error\":\"slow_down\"}".getBytes(StandardCharsets.UTF_8));
    AuthorizationCodeFlow flow =
        AuthorizationCodeFlow.builder(new FuzzApp(), FuzzApp.AUTHORIZE, FuzzApp.TOKEN)
            .transport(answers)
            .build();
    Tried.call(
            () -> flow.refresh(TokenAnswerTarget.tokens()),
            OAuthException.class,
            TransportException.class)
        .error()
        .ifPresent(RetryAfterTarget::requireSensible);
    AmpersandClient client =
        AmpersandClient.builder("project", Secret.of("api-key"))
            .transport(answers)
            .maxRetries(0)
            .build();
    Tried.call(() -> client.providerApps().list(), ApiException.class)
        .error()
        .ifPresent(RetryAfterTarget::requireSensible);
  }

  static void requireSensible(Exception error) {
    if (error instanceof AmpersandException failure) {
      failure
          .retryAfter()
          .ifPresent(wait -> Require.that(!wait.isNegative(), "no wait that is over"));
    }
  }
}
