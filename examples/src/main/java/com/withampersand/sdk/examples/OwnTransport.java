package com.withampersand.sdk.examples;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.TokenProvider;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.function.BiConsumer;

/** Requests that leave by a way of your own. */
final class OwnTransport {
  private OwnTransport() {}

  static HttpClient byProxy(HttpClient.Builder builder, InetSocketAddress proxy) {
    // region proxy
    HttpClient client =
        builder
            .proxy(ProxySelector.of(proxy)) // it has the fixed address
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    // endregion
    return client;
  }

  static SalesforceOAuthFlow tokenRequests(SalesforceApp app, HttpClient client) {
    // region tokens
    HttpTransport transport = HttpTransport.over(client);
    SalesforceOAuthFlow flow = SalesforceOAuthFlow.builder(app).transport(transport).build();
    // endregion
    return flow;
  }

  static SalesforceHttp calls(TokenProvider tokens, HttpClient client) {
    // region calls
    SalesforceHttp salesforce = SalesforceHttp.of(tokens, client);
    // endregion
    return salesforce;
  }

  static AmpersandClient ampersand(Secret apiKey, HttpTransport transport) {
    // region ampersand
    AmpersandClient ampersand =
        AmpersandClient.builder("my-project", apiKey).transport(transport).build();
    // endregion
    return ampersand;
  }

  // region measured
  /** Tells {@code times} how long each request took, and to which host it went. */
  static HttpTransport measured(HttpTransport transport, BiConsumer<String, Duration> times) {
    return request -> {
      long start = System.nanoTime();
      try {
        return transport.send(request); // once: a refresh that is sent twice can end a grant
      } finally {
        times.accept(request.uri().getHost(), Duration.ofNanos(System.nanoTime() - start));
      }
    };
  }
  // endregion
}
