package com.withampersand.sdk.examples.clients;

import com.force.api.ApiConfig;
import com.force.api.ApiSession;
import com.force.api.ApiTokenException;
import com.force.api.ForceApi;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import com.withampersand.sdk.token.RefusalTest;
import com.withampersand.sdk.token.TokenProvider;
import java.util.function.Function;

// region forcerestapi
/** Makes calls with force-rest-api at one customer's org. Safe to share between threads. */
record ForceRestApiTokens(TokenProvider tokens, ConnectionKey customer) {
  <T> T call(Function<ForceApi, T> call) {
    return tokens.call(
        customer,
        fresh -> call.apply(api(fresh)),
        RefusalTest.ofFailure(ApiTokenException.class::isInstance));
  }

  /** The session gets no refresh token: the library would use it up behind the SDK's back. */
  private static ForceApi api(TokenSet fresh) {
    String org = SalesforceTokens.of(fresh).instanceUrl().orElseThrow().toString();
    return new ForceApi(
        new ApiConfig().setApiVersionString("v65.0"),
        new ApiSession(fresh.accessToken().reveal(), org));
  }
}
// endregion
