package com.withampersand.sdk.examples.clients;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import com.withampersand.sdk.token.RefusalTest;
import com.withampersand.sdk.token.TokenProvider;
import java.net.URI;
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
    URI org = SalesforceTokens.of(fresh).instanceUrl().orElseThrow();
    return client
        .mutate()
        .baseUrl(org)
        .requestInterceptor(
            (request, body, execution) -> {
              requireAt(org, request.getURI());
              request.getHeaders().setBearerAuth(fresh.accessToken().reveal());
              return execution.execute(request, body);
            })
        .build();
  }

  /** A call can name any address, for example one from a response. */
  private static void requireAt(URI org, URI called) {
    if (!called.resolve("/").equals(org.resolve("/"))) {
      throw new IllegalArgumentException(
          "The token goes to " + org + " alone, not to " + called.getHost() + ".");
    }
  }
}
// endregion
