package com.withampersand.sdk.examples;

import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.AmpersandProxy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Calls for which Ampersand adds the access token. */
final class CallThroughProxy {
  private CallThroughProxy() {}

  static HttpResponse<String> call(AmpersandClient ampersand, HttpClient client)
      throws IOException, InterruptedException {
    // region call
    AmpersandProxy proxy = AmpersandProxy.of(ampersand, client); // make one, and keep it

    HttpResponse<String> accounts =
        proxy
            .forIntegration("sync-accounts", "acme") // or forInstallation(id)
            .send("/services/data/v65.0/query?q=SELECT+Id+FROM+Account", HttpRequest.Builder::GET);
    // endregion
    return accounts;
  }

  static AmpersandProxy throttled(AmpersandClient ampersand, HttpClient client) {
    // region throttled
    AmpersandProxy proxy =
        AmpersandProxy.builder(ampersand, client).throttle(Duration.ofSeconds(30)).build();
    // endregion
    return proxy;
  }
}
