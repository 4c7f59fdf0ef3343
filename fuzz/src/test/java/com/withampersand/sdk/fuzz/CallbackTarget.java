package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.oauth.ReplayGuard;
import com.withampersand.sdk.oauth.StateSigner;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Opens the callback. The input is its query; in it, {@code @STATE@} stands for the state of the
 * attempt. A code is sent only with this state, once, and only to the token endpoint.
 */
final class CallbackTarget implements Target {
  private static final String TOKENS =
      "{\"access_token\":\"good-token\",\"token_type\":\"Bearer\"}";

  private final BrowserBinding browser = BrowserBinding.random();
  private final com.withampersand.sdk.Secret key = StateSigner.newKey();

  @Override
  public void run(Input input) {
    signed(input.text());
    kept(input.text());
  }

  private void signed(String text) {
    StateSigner states =
        StateSigner.builder("key-1", key).replayGuard(ReplayGuard.forOneNode()).build();
    Answers answers = Answers.json(200, TOKENS);
    AuthorizationCodeFlow flow = flow(answers).states(states).withPkce().build();
    AuthorizationRequest request =
        flow.authorize(
            AuthorizationOptions.builder().payload("customer-1").binding(browser).build());
    callback(text, request)
        .ifPresent(
            callback ->
                complete(() -> flow.complete(callback, browser), callback, request, answers));
  }

  private static void kept(String text) {
    Answers answers = Answers.json(200, TOKENS);
    AuthorizationCodeFlow flow = flow(answers).build();
    AuthorizationRequest request =
        flow.authorize(AuthorizationOptions.builder().payload("customer-1").build());
    callback(text, request)
        .ifPresent(
            callback ->
                complete(() -> flow.complete(callback, request), callback, request, answers));
  }

  private static AuthorizationCodeFlow.Builder flow(Answers answers) {
    return AuthorizationCodeFlow.builder(new FuzzApp(), FuzzApp.AUTHORIZE, FuzzApp.TOKEN)
        .issuer(URI.create("https://auth.example"))
        .transport(answers);
  }

  private static Optional<AuthorizationCallback> callback(
      String text, AuthorizationRequest request) {
    String query = text.replace("@STATE@", request.state());
    boolean isUrl = query.matches("(?is)https?://.*");
    Optional<AuthorizationCallback> read =
        Tried.call(() -> AuthorizationCallback.fromQuery(query), CallbackException.class).result();
    requireSameOfParameters(query, read);
    return isUrl ? address(query).flatMap(CallbackTarget::callback) : read;
  }

  /** What a container has decoded is judged as the query is, repeated parameters too. */
  private static void requireSameOfParameters(String query, Optional<AuthorizationCallback> read) {
    Map<String, String[]> parameters = parameters(query);
    Optional<AuthorizationCallback> again =
        Tried.call(() -> AuthorizationCallback.fromParameters(parameters), CallbackException.class)
            .result();
    // A query may be refused for how it is encoded, of which a container tells nothing.
    boolean isPlain = query.matches("[\\w=&.-]*");
    if (isPlain || read.isPresent()) {
      Require.same(read.map(Object::toString), again.map(Object::toString), "read alike");
      Require.same(
          read.flatMap(AuthorizationCallback::state),
          again.flatMap(AuthorizationCallback::state),
          "one state");
      Require.same(
          read.flatMap(AuthorizationCallback::issuer),
          again.flatMap(AuthorizationCallback::issuer),
          "one issuer");
    }
  }

  private static Map<String, String[]> parameters(String query) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    String pairs = query.startsWith("?") ? query.substring(1) : query;
    for (String pair : pairs.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      String value = parts.length == 1 ? "" : decoded(parts[1]);
      lists.computeIfAbsent(decoded(parts[0]), name -> new ArrayList<>()).add(value);
    }
    Map<String, String[]> parameters = new LinkedHashMap<>();
    lists.forEach((name, values) -> parameters.put(name, values.toArray(String[]::new)));
    return parameters;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private static Optional<AuthorizationCallback> callback(URI address) {
    return Tried.call(() -> AuthorizationCallback.fromUri(address), CallbackException.class)
        .result();
  }

  private static Optional<URI> address(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static void complete(
      Callable<AuthorizationResult> call,
      AuthorizationCallback callback,
      AuthorizationRequest request,
      Answers answers) {
    AuthorizationResult result = Tried.call(call).result().orElseThrow();
    boolean isOurs = callback.state().equals(Optional.of(request.state()));
    boolean isApproved = callback instanceof AuthorizationCallback.Approved;
    Require.that(answers.isUnused() || (isOurs && isApproved), "no code without its state");
    Require.that(!(result instanceof Connected) || !answers.isUnused(), "no tokens of no one");
    Require.that(
        result.payload().isEmpty() || isOurs || callback.state().isEmpty(),
        "no payload without its state");
    answers.requests().forEach(sent -> Require.same(FuzzApp.TOKEN, sent.uri(), "one endpoint"));
    AuthorizationResult again = Tried.call(call).result().orElseThrow();
    Require.that(!(again instanceof Connected), "a state is good once");
    Require.that(answers.requests().size() <= 1, "a code is sent once");
  }
}
