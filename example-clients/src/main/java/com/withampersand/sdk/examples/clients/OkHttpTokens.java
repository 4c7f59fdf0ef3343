package com.withampersand.sdk.examples.clients;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import com.withampersand.sdk.token.TokenProvider;
import java.io.IOException;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

// region okhttp
/** Sends the calls of an OkHttp client to one customer's org. Safe to share between threads. */
record OkHttpTokens(TokenProvider tokens, ConnectionKey customer) implements Interceptor {
  @Override
  public Response intercept(Chain chain) throws IOException {
    return tokens.call(
        customer,
        fresh -> chain.proceed(authorized(chain.request(), fresh)),
        OkHttpTokens::isRefused);
  }

  /** Whatever host the request names, the token goes to the customer's org alone. */
  private static Request authorized(Request request, TokenSet fresh) {
    HttpUrl org = HttpUrl.get(SalesforceTokens.of(fresh).instanceUrl().orElseThrow());
    return request
        .newBuilder()
        .url(
            request
                .url()
                .newBuilder()
                .scheme(org.scheme())
                .host(org.host())
                .port(org.port())
                .build())
        .header("Authorization", "Bearer " + fresh.accessToken().reveal())
        .build();
  }

  private static boolean isRefused(Response response) {
    if (response.code() != 401) {
      return false;
    }
    response.close(); // another one follows
    return true;
  }
}
// endregion
