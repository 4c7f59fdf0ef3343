package com.withampersand.sdk.platform;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.ProviderAppMetadata;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The project's provider apps.
 *
 * <p>{@link #apply(ProviderApp) apply} is what a deployment calls: it makes Ampersand hold an app,
 * however often it is called.
 *
 * <p>Safe to share between threads. Errors are those of {@link AmpersandClient}.
 */
public final class ProviderApps {
  /** What to do with the client secret of an app that is registered already. */
  public enum SecretPolicy {
    /** Leave the one that Ampersand holds. */
    KEEP,
    /** Send it, since it may have changed: that cannot be seen from outside. */
    SEND
  }

  private final ApiCalls calls;
  private final String path;
  private final Duration longestWait;
  private final ReentrantLock applying = new ReentrantLock();

  ProviderApps(ApiCalls calls, String projectPath, Duration longestWait) {
    this.calls = calls;
    this.path = projectPath + "/provider-apps";
    this.longestWait = longestWait;
  }

  /** Returns every provider app of the project. */
  public List<RegisteredProviderApp> list() {
    return calls.list(ApiRequest.of("listing of provider apps", "GET", path)).stream()
        .map(RegisteredProviderApp::of)
        .toList();
  }

  /** Returns the provider app with this ID, if there is one. */
  public Optional<RegisteredProviderApp> find(String id) {
    Names.require(id, "id");
    return list().stream().filter(app -> app.id().equals(id)).findFirst();
  }

  /**
   * Returns the provider app of this client at this provider, if there is one.
   *
   * @throws InvalidProviderAppException if there are several; the violation names their IDs
   */
  public Optional<RegisteredProviderApp> find(String provider, String clientId) {
    Names.require(provider, "provider");
    Names.require(clientId, "clientId");
    List<RegisteredProviderApp> found =
        list().stream()
            .filter(app -> app.provider().equals(provider) && app.clientId().equals(clientId))
            .toList();
    if (found.size() > 1) {
      throw ambiguous(found);
    }
    return found.stream().findFirst();
  }

  private static InvalidProviderAppException ambiguous(List<RegisteredProviderApp> found) {
    String ids = found.stream().map(RegisteredProviderApp::id).collect(Collectors.joining(", "));
    return new InvalidProviderAppException(
        List.of(
            new Violation(
                "clientId",
                "Ampersand holds this client " + found.size() + " times, as " + ids + ".",
                "Delete all but the one that your connections use.")));
  }

  /**
   * Registers an app. Ampersand does not mind if it holds the same client already: {@link
   * #apply(ProviderApp) apply} looks first.
   *
   * @throws InvalidProviderAppException before anything is sent, if the app lacks its provider or
   *     client identifier, or is not called back at Ampersand
   */
  public RegisteredProviderApp create(ProviderApp app) {
    requireRegistrable(app);
    Secret secret = app.clientSecret();
    ObjectNode body = Json.object();
    body.put("provider", app.provider());
    body.put("clientId", app.clientId());
    body.put("clientSecret", secret.reveal());
    body.set("scopes", Bodies.scopes(app.scopes()));
    app.externalRef().ifPresent(ref -> body.put("externalRef", ref));
    if (!app.metadata().equals(ProviderAppMetadata.none())) {
      body.set("metadata", Bodies.metadata(app.metadata()));
    }
    return RegisteredProviderApp.of(
        calls.object(
            ApiRequest.of("registration of the provider app", "POST", path)
                .body(body)
                .hiding(secret)));
  }

  /**
   * Changes a provider app.
   *
   * @throws ApiException with status 404 if there is none with this ID
   */
  public RegisteredProviderApp update(String id, ProviderAppChange change) {
    String action = "update of provider app " + id;
    ApiRequest request = ApiRequest.of(action, "PATCH", path + "/" + Names.segment(id, "id"));
    return RegisteredProviderApp.of(calls.object(change.addTo(request)));
  }

  /**
   * Deletes a provider app.
   *
   * @throws ApiException with status 404 if there is none with this ID
   */
  public void delete(String id) {
    String action = "deletion of provider app " + id;
    calls.done(ApiRequest.of(action, "DELETE", path + "/" + Names.segment(id, "id")));
  }

  /**
   * Makes Ampersand hold an app, and leaves the client secret of one that it holds already: as
   * {@link #apply(ProviderApp, SecretPolicy)} with {@link SecretPolicy#KEEP}.
   */
  public ApplyResult apply(ProviderApp app) {
    return apply(app, SecretPolicy.KEEP);
  }

  /**
   * Makes Ampersand hold an app: registers it if the provider's client is not there, sends the
   * fields that differ if it is, and does nothing if none does. Scopes are compared as a set. An
   * external reference that the app does not declare, and metadata under names that it does not
   * declare, are left as they are.
   *
   * <p>Calls through one client wait for each other. Ampersand itself does not keep two processes
   * from registering the same client at the same moment; therefore the list is read again after a
   * registration, and if there are two, this throws and names them. One process may have returned
   * by then: a later call of any of them throws as well, until one of the two is deleted.
   *
   * <p>If a registration's {@linkplain ApiException#isOutcomeUnknown() outcome is unknown}, call
   * this again: it looks first.
   *
   * @throws InvalidProviderAppException if the app lacks its provider or client identifier or is
   *     not called back at Ampersand, before anything is sent; or if Ampersand holds the client
   *     several times, in which case none of them is changed
   * @throws TransportException also if another call through this client is still applying after the
   *     {@linkplain AmpersandClient.Builder#maxRetryTime(java.time.Duration) maximum retry time},
   *     or the thread is interrupted while it waits for that; nothing was sent then
   */
  public ApplyResult apply(ProviderApp app, SecretPolicy secretPolicy) {
    requireRegistrable(app);
    return oneAtATime(
        () -> {
          ApplyResult plan = plan(app, secretPolicy);
          return switch (plan.outcome()) {
            case UNCHANGED -> plan;
            case UPDATED -> updated(app, plan);
            case CREATED -> created(app);
          };
        });
  }

  private ApplyResult updated(ProviderApp app, ApplyResult plan) {
    RegisteredProviderApp current = plan.app().orElseThrow();
    ProviderAppChange change = Drift.change(app, current, plan.fields());
    return plan.updated(update(current.id(), change));
  }

  private ApplyResult created(ProviderApp app) {
    RegisteredProviderApp created = create(app);
    find(app.provider(), app.clientId());
    return ApplyResult.created(created);
  }

  /**
   * Says what {@link #apply(ProviderApp)} would do, and changes nothing.
   *
   * @throws InvalidProviderAppException as {@code apply} does
   */
  public ApplyResult plan(ProviderApp app) {
    return plan(app, SecretPolicy.KEEP);
  }

  /**
   * Says what {@link #apply(ProviderApp, SecretPolicy)} would do, and changes nothing.
   *
   * @throws InvalidProviderAppException as {@code apply} does
   */
  public ApplyResult plan(ProviderApp app, SecretPolicy secretPolicy) {
    requireRegistrable(app);
    return find(app.provider(), app.clientId())
        .map(current -> Drift.result(app, current, secretPolicy))
        .orElseGet(ApplyResult::wouldCreate);
  }

  private ApplyResult oneAtATime(Supplier<ApplyResult> work) {
    try {
      if (!applying.tryLock(NANOSECONDS.convert(longestWait), NANOSECONDS)) {
        throw new TransportException(
            "Another call is still applying a provider app after "
                + longestWait
                + ". Nothing was sent; try again later.",
            true,
            false,
            null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransportException(
          "The thread was interrupted while it waited to apply a provider app. Nothing was sent.",
          true,
          false,
          e);
    }
    try {
      return work.get();
    } finally {
      applying.unlock();
    }
  }

  private void requireRegistrable(ProviderApp app) {
    List<Violation> violations = Registrable.violations(app, calls.baseUrl());
    if (!violations.isEmpty()) {
      throw new InvalidProviderAppException(violations);
    }
  }
}
