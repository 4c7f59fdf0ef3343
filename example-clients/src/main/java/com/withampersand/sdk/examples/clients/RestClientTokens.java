package com.withampersand.sdk.examples.clients;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import com.withampersand.sdk.token.RefusalTest;
import com.withampersand.sdk.token.TokenProvider;
import java.util.function.Function;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

// region restclient
/** Makes calls with a RestClient at one customer's org. Safe to share between threads. */
record RestClientTokens(RestClient client, TokenProvider tokens, ConnectionKey customer) {
  /**
   * Makes a call.
   *
   * @param call is made again if the token is refused; let it throw for error statuses, as {@code
   *     retrieve()} does
   */
  <T> T call(Function<RestClient, T> call) {
    return tokens.call(
        customer,
        fresh -> call.apply(authorized(fresh)),
        RefusalTest.ofFailure(HttpClientErrorException.Unauthorized.class::isInstance));
  }

  private RestClient authorized(TokenSet fresh) {
    return client
        .mutate()
        .baseUrl(SalesforceTokens.of(fresh).instanceUrl().orElseThrow())
        .defaultHeaders(headers -> headers.setBearerAuth(fresh.accessToken().reveal()))
        .build();
  }
}
// endregion
