package com.withampersand.sdk.examples.clients;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import com.withampersand.sdk.token.TokenProvider;
import feign.Client;
import feign.Request;
import feign.Response;
import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

// region feign
/** Sends the calls of a Feign interface to one customer's org. Safe to share between threads. */
record FeignTokens(Client client, TokenProvider tokens, ConnectionKey customer) implements Client {
  @Override
  public Response execute(Request request, Request.Options options) throws IOException {
    return tokens.call(
        customer,
        fresh -> client.execute(authorized(request, fresh), options),
        FeignTokens::isRefused);
  }

  /** Whatever host the interface names, the token goes to the customer's org alone. */
  private static Request authorized(Request request, TokenSet fresh) {
    URI named = URI.create(request.url());
    String path =
        named.getRawPath() + (named.getRawQuery() == null ? "" : "?" + named.getRawQuery());
    String url = SalesforceTokens.of(fresh).instanceUrl().orElseThrow() + path;
    Map<String, Collection<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(request.headers());
    headers.put("Authorization", List.of("Bearer " + fresh.accessToken().reveal()));
    return Request.create(
        request.httpMethod(),
        url,
        headers,
        request.body(),
        request.charset(),
        request.requestTemplate());
  }

  private static boolean isRefused(Response response) {
    if (response.status() != 401) {
      return false;
    }
    response.close(); // another one follows
    return true;
  }
}
// endregion
