package com.withampersand.sdk.oauth;

import com.withampersand.sdk.http.HttpTransport.Response;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Steps that have no public name of their own, for {@code benchmarks}. */
public final class PackageWork {
  private PackageWork() {}

  /** Returns what makes the URL of a state that is there. */
  public static Function<String, URI> url(ProviderApp app, URI endpoint) {
    AuthorizationUrl url = new AuthorizationUrl(endpoint, app);
    Attempt attempt = new Attempt(app.scopes(), Instant.MAX, "", null, null, null);
    return state ->
        AuthorizationRequest.of(url.build(state, AuthorizationOptions.none(), null), state, attempt)
            .url();
  }

  /** Compares the state of a callback. */
  public static Function<AuthorizationCallback, AuthorizationCallback> requireState(
      ProviderApp app, String state) {
    Attempt attempt = new Attempt(app.scopes(), Instant.MAX, "", null, null, null);
    AuthorizationRequest request = AuthorizationRequest.of("", state, attempt);
    return callback -> {
      request.requireState(callback.state());
      return callback;
    };
  }

  /** Makes tokens of an answer. */
  public static TokenSet parse(byte[] answer) {
    Response response =
        new Response(
            200, Map.of("Content-Type", List.of("application/json;charset=UTF-8")), answer);
    AnswerBody body = AnswerBody.of(response);
    if (!TokenAnswer.flaw(body).isEmpty()) {
      throw new IllegalStateException(TokenAnswer.flaw(body));
    }
    return new TokenAnswer(Duration.ofMinutes(30)).read(body, Instant.now());
  }
}
