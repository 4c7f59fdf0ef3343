package com.withampersand.sdk.examples;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Calls one resource of Salesforce's REST API. Any HTTP client will do for this. */
final class SalesforceRest {
  private static final String LIMITS = "/services/data/v65.0/limits";

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

  /**
   * Returns the org's response to a request for its limits with these tokens.
   *
   * @param issuer the host that issued them, which is its own instance in a test
   */
  HttpResponse<String> limits(TokenSet tokens, LoginHost issuer)
      throws IOException, InterruptedException {
    URI instance =
        SalesforceTokens.of(tokens, issuer)
            .instanceUrl()
            .orElseThrow(() -> new IOException("Salesforce did not say where the org is"));
    return limits(instance, tokens.accessToken());
  }

  /** Returns what the org at {@code instance} answers when asked for its limits. */
  HttpResponse<String> limits(URI instance, Secret accessToken)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(instance + LIMITS))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + accessToken.reveal())
            .build();
    return client.send(request, BodyHandlers.ofString());
  }
}
