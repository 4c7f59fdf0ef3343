package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.Problem;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.Connections.Refresh;
import java.util.List;
import java.util.concurrent.Callable;

/** Answers calls of Ampersand's API. The input is a status, a content type and a body. */
final class ProblemTarget implements Target {
  /** The list of providers is public, and asked for without the key. */
  private static final List<String> WITH_KEY =
      List.of(Canary.CLIENT_SECRET, Canary.ACCESS_TOKEN, Canary.REFRESH_TOKEN);

  @Override
  public void run(Input input) {
    Answers answers = TokenAnswerTarget.answers(input);
    AmpersandClient client =
        AmpersandClient.builder("project", Secret.of(Canary.CLIENT_SECRET))
            .transport(answers)
            .maxRetries(0)
            .build();
    call(WITH_KEY, () -> client.providerApps().list());
    call(WITH_KEY, () -> client.connections().list());
    call(WITH_KEY, () -> client.connections().getWithAccessToken("id-1", Refresh.IF_EXPIRED));
    call(WITH_KEY, () -> client.connections().reconnection("id-1"));
    call(WITH_KEY, () -> client.projects().get());
    call(WITH_KEY, () -> client.jwtKeys().list());
    call(Canary.TOKENS, () -> client.providers().get("salesforce"));
    answers
        .requests()
        .forEach(
            sent -> Require.same("api.withampersand.com", sent.uri().getHost(), "the key's host"));
  }

  private static void call(List<String> secrets, Callable<?> call) {
    Tried<?> tried =
        Tried.call(
            secrets, call, ApiException.class, ProtocolException.class, TransportException.class);
    tried.error().ifPresent(error -> requireClean(secrets, error));
    tried
        .result()
        .map(String::valueOf)
        .ifPresent(
            shown ->
                Require.that(
                    shown.chars().noneMatch(Require::endsLine), "a result is one line: " + shown));
  }

  private static void requireClean(List<String> secrets, Exception error) {
    RetryAfterTarget.requireSensible(error);
    if (error instanceof ApiException refused) {
      Problem problem = refused.problem();
      Canary.requireAbsent(secrets, problem.toString(), "a problem");
      Canary.requireAbsent(
          secrets,
          "%s %s %s %s %s"
              .formatted(
                  problem.issues(),
                  problem.causes(),
                  problem.time(),
                  problem.retryAfter(),
                  problem.context()),
          "a problem");
    }
  }
}
