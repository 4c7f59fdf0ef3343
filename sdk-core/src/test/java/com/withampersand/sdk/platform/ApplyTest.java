package com.withampersand.sdk.platform;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.ProviderAppMetadata;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.platform.ApplyResult.Outcome;
import com.withampersand.sdk.platform.ProviderApps.SecretPolicy;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApplyTest {
  private static final int THREADS = 20;

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final ProviderApps apps = client().providerApps();
  private final DeclaredApp app = new DeclaredApp();

  private AmpersandClient client() {
    return AmpersandClient.builder(ampersand.projectName(), Secret.of(ampersand.apiKey()))
        .baseUrl(ampersand.apiUri())
        .build();
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private List<String> changesSent() {
    return ampersand.requests().stream()
        .filter(request -> !request.method().equals("GET"))
        .map(ReceivedRequest::body)
        .toList();
  }

  @Test
  void apply_appThatIsNotThere_createsIt() {
    ApplyResult result = apps.apply(app);

    assertThat(result.outcome()).isEqualTo(Outcome.CREATED);
    assertThat(result.fields()).isEmpty();
    assertThat(ampersand.providerAppIds()).containsExactly(result.app().orElseThrow().id());
    assertThat(ampersand.clientSecret(result.app().orElseThrow().id()))
        .isEqualTo(DeclaredApp.SECRET);
  }

  @Test
  void apply_again_changesNothing() {
    apps.apply(app);
    ampersand.clearRequests();
    app.scopes = Scopes.of("refresh_token", "api");

    ApplyResult result = apps.apply(app);

    assertThat(result.outcome()).isEqualTo(Outcome.UNCHANGED);
    assertThat(changesSent()).isEmpty();
  }

  @Test
  void apply_scopesDiffer_sendsThemAlone() {
    apps.apply(app);
    ampersand.clearRequests();
    app.scopes = Scopes.of("api", "refresh_token", "id");

    ApplyResult result = apps.apply(app);

    assertThat(result.outcome()).isEqualTo(Outcome.UPDATED);
    assertThat(result.fields()).containsExactly(ProviderAppField.SCOPES);
    assertThat(result.app().orElseThrow().scopes()).isEqualTo(app.scopes);
    assertThat(changesSent())
        .containsExactly(
            "{\"updateMask\":[\"scopes\"],\"providerApp\":{\"scopes\":[\"api\",\"refresh_token\",\"id\"]}}");
    assertThat(apps.apply(app).outcome()).isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void apply_metadataDiffers_keepsWhatTheAppDoesNotDeclare() {
    app.metadata =
        new ProviderAppMetadata(
            Map.of("prompt", List.of("login")), Map.of("packageInstallURL", "old", "other", "1"));
    apps.apply(app);
    app.metadata = DeclaredApp.installedFrom("new");

    ApplyResult result = apps.apply(app);

    assertThat(result.fields()).containsExactly(ProviderAppField.METADATA);
    assertThat(result.app().orElseThrow().metadata())
        .isEqualTo(
            new ProviderAppMetadata(
                Map.of("prompt", List.of("login")),
                Map.of("packageInstallURL", "new", "other", "1")));
    app.metadata = ProviderAppMetadata.none();
    assertThat(apps.apply(app).outcome()).isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void apply_metadataOfAnotherVersion_keepsWhatThisOneDoesNotKnow() {
    try (ApiServer server = new ApiServer()) {
      String stored =
          ApiServer.APP.replaceFirst(
              "\\{",
              "{\"metadata\":{\"later\":{\"a\":[1]},\"authQueryParams\":null,\"providerParams\":{\"number\":7,\"packageInstallURL\":\"old\"}},");
      server.json(200, "[" + stored + "]").json(200, stored).json(200, "[" + stored + "]");
      app.metadata =
          new ProviderAppMetadata(
              Map.of("prompt", List.of("login")), Map.of("packageInstallURL", "new"));

      ApplyResult result = server.client().providerApps().apply(app);
      app.metadata = DeclaredApp.installedFrom("old");
      ApplyResult same = server.client().providerApps().apply(app);

      server.take();
      assertThat(result.fields()).containsExactly(ProviderAppField.METADATA);
      assertThat(server.take())
          .endsWith(
              "\"providerApp\":{\"metadata\":{\"later\":{\"a\":[1]},\"authQueryParams\":{\"prompt\":[\"login\"]},"
                  + "\"providerParams\":{\"number\":7,\"packageInstallURL\":\"new\"}}}}");
      assertThat(same.outcome()).isEqualTo(Outcome.UNCHANGED);
    }
  }

  @Test
  void apply_externalReferenceDiffers_sendsItAndLeavesOneThatIsNotDeclared() {
    apps.apply(app);
    app.externalRef = "ref";

    assertThat(apps.apply(app).fields()).containsExactly(ProviderAppField.EXTERNAL_REF);

    app.externalRef = null;
    assertThat(apps.apply(app).outcome()).isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void apply_secretChanged_isSentWhenToldAlone() {
    String id = apps.apply(app).app().orElseThrow().id();
    app.secret = Secret.of("NEW-SECRET-CANARY");

    assertThat(apps.apply(app).outcome()).isEqualTo(Outcome.UNCHANGED);
    assertThat(ampersand.clientSecret(id)).isEqualTo(DeclaredApp.SECRET);

    ApplyResult result = apps.apply(app, SecretPolicy.SEND);
    assertThat(result.outcome()).isEqualTo(Outcome.UPDATED);
    assertThat(result.fields()).containsExactly(ProviderAppField.CLIENT_SECRET);
    assertThat(result.toString()).doesNotContain("CANARY");
    assertThat(ampersand.clientSecret(id)).isEqualTo("NEW-SECRET-CANARY");
  }

  @Test
  void apply_anotherClientOfTheProvider_isLeftAlone() {
    String other = ampersand.addProviderApp("salesforce", "other", "s", "web");
    String elsewhere = ampersand.addProviderApp("hubspot", app.clientId, "s", "web");

    assertThat(apps.apply(app).outcome()).isEqualTo(Outcome.CREATED);

    assertThat(apps.find(other).orElseThrow().scopes()).isEqualTo(Scopes.of("web"));
    assertThat(apps.find(elsewhere).orElseThrow().scopes()).isEqualTo(Scopes.of("web"));
  }

  @Test
  void apply_twoCandidates_namesBothAndTouchesNeither() {
    String one = ampersand.addProviderApp("salesforce", app.clientId, "s");
    String two = ampersand.addProviderApp("salesforce", app.clientId, "s");

    InvalidProviderAppException error =
        catchThrowableOfType(InvalidProviderAppException.class, () -> apps.apply(app));

    assertThat(error).hasMessageContaining(one).hasMessageContaining(two);
    assertThat(error.violations()).hasSize(1);
    assertThat(changesSent()).isEmpty();
  }

  @Test
  void plan_eachOutcome_isTheOneOfApplyAndChangesNothing() {
    ApplyResult before = apps.plan(app);
    apps.apply(app);
    ApplyResult same = apps.plan(app);
    app.scopes = Scopes.of("api", "refresh_token", "web");
    ampersand.clearRequests();

    ApplyResult update = apps.plan(app, SecretPolicy.SEND);

    assertThat(before.outcome()).isEqualTo(Outcome.CREATED);
    assertThat(before.app()).isEmpty();
    assertThat(before).hasToString("would create");
    assertThat(same.outcome()).isEqualTo(Outcome.UNCHANGED);
    assertThat(update.fields())
        .containsExactlyInAnyOrder(ProviderAppField.SCOPES, ProviderAppField.CLIENT_SECRET);
    assertThat(update.toString()).startsWith("would update clientSecret, scopes: + web");
    assertThat(changesSent()).isEmpty();
  }

  @Test
  void apply_registrationWhoseAnswerIsLost_findsTheRowNextTime() {
    ampersand.nextRequest(ApplyTest::isPost, Fault.loseAnswer());

    TransportException lost = catchThrowableOfType(TransportException.class, () -> apps.apply(app));

    assertThat(lost.isOutcomeUnknown()).isTrue();
    assertThat(apps.apply(app).outcome()).isEqualTo(Outcome.UNCHANGED);
    assertThat(ampersand.providerAppIds()).hasSize(1);
  }

  private static boolean isPost(ReceivedRequest request) {
    return request.method().equals("POST");
  }

  @Test
  void apply_manyThreadsThroughOneClient_leavesOneRow() throws Exception {
    List<Object> results = race(() -> apps);

    assertThat(ampersand.providerAppIds()).hasSize(1);
    assertThat(results)
        .hasSize(THREADS)
        .extracting(result -> ((ApplyResult) result).outcome())
        .containsOnlyOnce(Outcome.CREATED)
        .containsOnly(Outcome.CREATED, Outcome.UNCHANGED);
  }

  @Test
  void apply_manyClientsAtOnce_leaveOneRowOrAClearError() throws Exception {
    List<Object> results = race(() -> client().providerApps());

    int rows = ampersand.providerAppIds().size();
    List<Object> errors =
        results.stream().filter(InvalidProviderAppException.class::isInstance).toList();
    assertThat(results).hasSize(THREADS);
    if (rows > 1) {
      assertThat(errors).isNotEmpty();
      assertThat(errors.toString()).contains("Delete all but the one");
    } else {
      assertThat(errors).isEmpty();
    }
  }

  @Test
  void apply_anotherProcessRegistersAtTheSameMoment_isNotSilent() throws Exception {
    Gate gate = new Gate();
    ampersand.nextRequest(ApplyTest::isPost, Fault.holdRequest(gate));
    FutureTask<InvalidProviderAppException> applied =
        new FutureTask<>(
            () -> catchThrowableOfType(InvalidProviderAppException.class, () -> apps.apply(app)));
    new Thread(applied).start();

    gate.awaitArrived(1);
    ampersand.addProviderApp("salesforce", app.clientId, "s", "api");
    gate.release();
    InvalidProviderAppException error = applied.get(30, TimeUnit.SECONDS);

    assertThat(ampersand.providerAppIds())
        .hasSize(2)
        .allSatisfy(id -> assertThat(error).hasMessageContaining(id));
  }

  @Test
  void apply_anotherStillApplying_waitsForABoundedTimeAndSendsNothing() throws Exception {
    ProviderApps hasty =
        AmpersandClient.builder(ampersand.projectId(), Secret.of(ampersand.apiKey()))
            .baseUrl(ampersand.apiUri())
            .maxRetryTime(Duration.ofMillis(50))
            .build()
            .providerApps();
    Gate gate = new Gate();
    ampersand.nextRequest(Fault.holdRequest(gate));
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<ApplyResult> first = other.submit(() -> hasty.apply(app));
      gate.awaitArrived(1);

      TransportException error =
          catchThrowableOfType(TransportException.class, () -> hasty.apply(app));

      assertThat(error.isRetryable()).isTrue();
      assertThat(error.isOutcomeUnknown()).isFalse();
      gate.release();
      assertThat(first.get().outcome()).isEqualTo(Outcome.CREATED);
    } finally {
      gate.release();
      other.shutdownNow();
    }
  }

  @Test
  void apply_interruptedWhileItWaits_restoresTheFlag() {
    Thread.currentThread().interrupt();

    TransportException error =
        catchThrowableOfType(TransportException.class, () -> apps.apply(app));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(error).hasMessageContaining("interrupted");
    assertThat(ampersand.requests()).isEmpty();
  }

  @Test
  void apply_expiredKey_saysSo() {
    ampersand.regenerateApiKey();

    ApiException error = catchThrowableOfType(ApiException.class, () -> apps.apply(app));

    assertThat(error.httpStatus()).isEqualTo(401);
    assertThat(error.problem().requestId()).isPresent();
  }

  @Test
  void apply_projectThatDoesNotExist_saysSo() {
    ProviderApps elsewhere =
        AmpersandClient.builder("no-such-project", Secret.of(ampersand.apiKey()))
            .baseUrl(ampersand.apiUri())
            .build()
            .providerApps();

    ApiException error = catchThrowableOfType(ApiException.class, () -> elsewhere.apply(app));

    assertThat(error.httpStatus()).isEqualTo(404);
  }

  /** Applies the app from many threads at once, and returns what came of each. */
  private List<Object> race(Supplier<ProviderApps> whose) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    CyclicBarrier start = new CyclicBarrier(THREADS);
    try {
      List<Callable<ApplyResult>> calls = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        ProviderApps own = whose.get();
        calls.add(
            () -> {
              start.await();
              return own.apply(app);
            });
      }
      List<Object> results = new ArrayList<>();
      for (Future<ApplyResult> future : executor.invokeAll(calls)) {
        results.add(outcome(future));
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }

  private static Object outcome(Future<ApplyResult> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      return requireNonNull(e.getCause());
    }
  }
}
