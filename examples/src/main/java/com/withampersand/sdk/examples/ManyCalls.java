package com.withampersand.sdk.examples;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Calls to many orgs at once: a thread for each, or none that waits. */
final class ManyCalls {
  private static final String LIMITS = "/services/data/v65.0/limits";

  private ManyCalls() {}

  static List<Future<Integer>> onThreads(
      SalesforceHttp salesforce, List<ConnectionKey> customers, ExecutorService threads)
      throws InterruptedException {
    // region threads
    List<Callable<Integer>> calls =
        customers.stream()
            .<Callable<Integer>>map(
                customer ->
                    () ->
                        salesforce.at(customer).send(LIMITS, HttpRequest.Builder::GET).statusCode())
            .toList();
    List<Future<Integer>> answers = threads.invokeAll(calls);
    // endregion
    return answers;
  }

  static CompletableFuture<Integer> async(SalesforceHttp salesforce, ConnectionKey customer) {
    // region async
    CompletableFuture<Integer> status =
        salesforce
            .at(customer)
            .sendAsync(LIMITS, HttpRequest.Builder::GET, BodyHandlers.ofString())
            .thenApply(HttpResponse::statusCode);
    // endregion
    return status;
  }
}
