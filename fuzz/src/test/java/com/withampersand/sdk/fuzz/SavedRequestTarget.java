package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import java.net.URI;

/**
 * Restores a request that was saved. The input is JSON, in which {@code @URL@} and {@code @STATE@}
 * stand for those of a genuine request. Whatever it says, the code goes to a host that is allowed.
 */
final class SavedRequestTarget implements Target {
  @Override
  public void run(Input input) {
    generic(input.text());
    salesforce(input.text());
  }

  private static void generic(String text) {
    Answers answers = Answers.json(200, "{\"access_token\":\"t\",\"token_type\":\"Bearer\"}");
    AuthorizationCodeFlow flow =
        AuthorizationCodeFlow.builder(new FuzzApp(), FuzzApp.AUTHORIZE, FuzzApp.TOKEN)
            .transport(answers)
            .build();
    AuthorizationRequest genuine = flow.authorize();
    Tried<AuthorizationRequest> restored = restored(text, genuine);
    restored
        .result()
        .ifPresent(
            request -> {
              requireStable(request);
              exchange(() -> flow.exchange(request, callback(request)));
              answers
                  .requests()
                  .forEach(sent -> Require.same(FuzzApp.TOKEN, sent.uri(), "one endpoint"));
            });
  }

  private static void salesforce(String text) {
    Answers answers = Answers.json(200, "{\"access_token\":\"t\",\"token_type\":\"Bearer\"}");
    SalesforceApp app =
        SalesforceApp.builder("3MVG9key", Canary.CLIENT_SECRET)
            .scopes("api", "refresh_token")
            .callback(URI.create("https://app.example/callback"))
            .build();
    SalesforceOAuthFlow flow = SalesforceOAuthFlow.builder(app).transport(answers).build();
    AuthorizationRequest genuine =
        flow.authorize(
            LoginHost.myDomain("acme"), com.withampersand.sdk.oauth.AuthorizationOptions.none());
    restored(text, genuine)
        .result()
        .ifPresent(
            request -> {
              exchange(() -> flow.exchange(request, callback(request)));
              answers
                  .requests()
                  .forEach(sent -> SalesforceAnswerTarget.requireSalesforces(sent.uri()));
            });
  }

  private static Tried<AuthorizationRequest> restored(String text, AuthorizationRequest genuine) {
    String json =
        text.replace("@URL@", genuine.url().toString()).replace("@STATE@", genuine.state());
    return Tried.call(
        Canary.OF_REQUEST,
        () -> AuthorizationRequest.fromJson(Secret.of(json)),
        IllegalArgumentException.class);
  }

  private static AuthorizationCallback callback(AuthorizationRequest request) {
    return AuthorizationCallback.fromParameters(
        java.util.Map.of(
            "code", new String[] {Canary.CODE}, "state", new String[] {request.state()}));
  }

  private static void exchange(java.util.concurrent.Callable<?> call) {
    Tried.call(call, AmpersandException.class, IllegalArgumentException.class);
  }

  private static void requireStable(AuthorizationRequest request) {
    AuthorizationRequest read = AuthorizationRequest.fromJson(request.toJson());
    Require.same(request.toJson(), read.toJson(), "write what was read");
    Require.same(request.id(), read.id(), "the same id");
    String scheme = String.valueOf(request.url().getScheme());
    Require.that(scheme.matches("(?i)https?"), "an address for a browser");
  }
}
