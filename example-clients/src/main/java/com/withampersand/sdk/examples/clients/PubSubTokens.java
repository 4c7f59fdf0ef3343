package com.withampersand.sdk.examples.clients;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import com.withampersand.sdk.token.TokenProvider;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

// region pubsub
/**
 * The credentials of one customer for Salesforce's Pub/Sub API. Safe to share between threads, but
 * use one instance for each stream: {@link #refused()} reports the token that this instance sent
 * last.
 */
final class PubSubTokens extends CallCredentials {
  private static final Metadata.Key<String> TOKEN = key("accesstoken");
  private static final Metadata.Key<String> INSTANCE = key("instanceurl");
  private static final Metadata.Key<String> TENANT = key("tenantid");

  private final TokenProvider tokens;
  private final ConnectionKey customer;
  private final @Nullable String tenant;
  private final AtomicReference<@Nullable Secret> sent = new AtomicReference<>();

  /**
   * Makes the credentials of a customer.
   *
   * @param tenant the org's id of 18 characters; null if the tokens name it, as those of Ampersand
   *     do not
   */
  PubSubTokens(TokenProvider tokens, ConnectionKey customer, @Nullable String tenant) {
    this.tokens = tokens;
    this.customer = customer;
    this.tenant = tenant;
  }

  @Override
  public void applyRequestMetadata(
      RequestInfo request, Executor executor, MetadataApplier applier) {
    executor.execute(
        () -> {
          try {
            applier.apply(headers(tokens.getForCall(customer)));
          } catch (RuntimeException e) { // without fail, the call would wait until its deadline
            applier.fail(status(e).withCause(e));
          }
        });
  }

  private static Status status(RuntimeException failure) {
    if (!(failure instanceof AmpersandException refused)) {
      return Status.INTERNAL.withDescription("The credentials could not be made.");
    }
    return refused.isRetryable() ? Status.UNAVAILABLE : Status.UNAUTHENTICATED;
  }

  private Metadata headers(TokenSet fresh) {
    SalesforceTokens org = SalesforceTokens.of(fresh);
    Metadata headers = new Metadata();
    headers.put(TOKEN, fresh.accessToken().reveal());
    headers.put(INSTANCE, org.instanceUrl().orElseThrow().toString());
    headers.put(TENANT, tenant == null ? tenantOf(org) : tenant);
    sent.set(fresh.accessToken());
    return headers;
  }

  private static String tenantOf(SalesforceTokens org) {
    return org.organizationId()
        .orElseThrow(() -> new IllegalStateException("The tokens name no org: give its id."));
  }

  /**
   * Call this when a stream ends with UNAUTHENTICATED, and subscribe again from the last replay id.
   */
  void refused() {
    Secret token = sent.get();
    if (token != null) {
      tokens.refused(customer, token);
    }
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
// endregion
