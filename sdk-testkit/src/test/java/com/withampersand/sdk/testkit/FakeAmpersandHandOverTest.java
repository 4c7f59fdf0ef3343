package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.ApiClient.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a test of a hand-over needs: imports that go wrong, and connections that end. */
class FakeAmpersandHandOverTest {
  private static final String ACCESS_TOKEN = "/oauth2AuthorizationCode/accessToken/token";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final ApiClient client = new ApiClient(ampersand);
  private final String path = client.project("/connections");
  private final IssuedGrant grant = salesforce.issueGrant();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @BeforeEach
  void addApp() {
    ampersand.addProviderApp(
        "salesforce", salesforce.consumerKey(), salesforce.consumerSecret(), "api");
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
    threads.shutdown();
  }

  private HttpResponse<String> importFor(String consumer) throws Exception {
    return client.post(
        path + ":generate",
        """
        {"provider":"salesforce","groupRef":"acme","consumerRef":"%s","oauth2AuthorizationCode":
         {"accessToken":{"token":"%s"},"refreshToken":{"token":"%s"}}}
        """
            .formatted(consumer, grant.accessToken(), grant.refreshToken()));
  }

  private HttpResponse<String> importGrant() throws Exception {
    return importFor("jane");
  }

  private String imported() throws Exception {
    return at(importGrant(), "/id");
  }

  private HttpResponse<String> read(String id, String query) throws Exception {
    return client.get(client.connection(id) + query);
  }

  @Test
  void nextImport_otherRequestsBefore_meetsTheImport() throws Exception {
    ampersand.nextImport(Fault.problem(503, true));

    int list = client.get(path).statusCode();
    HttpResponse<String> refused = importGrant();

    assertThat(list).isEqualTo(200);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(at(refused, "/retryable")).isEqualTo("true");
    assertThat(ampersand.connectionIds()).isEmpty();
    assertThat(importGrant().statusCode()).isEqualTo(201);
  }

  @Test
  void nextImport_holdWork_createsTheConnectionAfterTheRelease() throws Exception {
    Gate gate = new Gate();
    ampersand.nextImport(Fault.holdWork(gate));
    Future<HttpResponse<String>> held = threads.submit(this::importGrant);
    gate.awaitArrived(1);
    String meanwhile = client.get(path).body();

    gate.release();

    assertThat(held.get().statusCode()).isEqualTo(201);
    assertThat(meanwhile).isEqualTo("[]");
    assertThat(ampersand.connectionIds()).hasSize(1);
  }

  @Test
  void nextImport_holdAnswer_hasCreatedTheConnection() throws Exception {
    Gate gate = new Gate();
    ampersand.nextImport(Fault.holdAnswer(gate));
    Future<HttpResponse<String>> held = threads.submit(this::importGrant);
    gate.awaitArrived(1);
    List<String> meanwhile = ampersand.connectionIds();

    gate.release();

    assertThat(meanwhile).containsExactly(at(held.get(), "/id"));
  }

  @Test
  void nextImport_dropRequest_createsNothing() {
    ampersand.nextImport(Fault.dropRequest());

    assertThatIOException().isThrownBy(this::importGrant);

    assertThat(ampersand.connectionIds()).isEmpty();
  }

  @Test
  void nextImport_loseAnswer_createsTheConnection() {
    ampersand.nextImport(Fault.loseAnswer());

    assertThatIOException().isThrownBy(this::importGrant);

    assertThat(ampersand.connectionIds()).hasSize(1);
  }

  @Test
  void nextRequest_thatFits_meetsItsFault() throws Exception {
    String id = imported();
    ampersand.nextRequest(request -> request.method().equals("DELETE"), Fault.loseAnswer());

    int read = read(id, "").statusCode();

    assertThat(read).isEqualTo(200);
    assertThatIOException().isThrownBy(() -> client.delete(client.connection(id)));
    assertThat(ampersand.connectionIds()).isEmpty();
    assertThat(client.delete(client.connection(id)).statusCode()).isEqualTo(404);
  }

  @Test
  void nextRequest_callback_isLeftAlone() throws Exception {
    URI callback = salesforce.approve(URI.create(client.connect("acme", "joe").body()));
    ampersand.nextRequest(request -> true, Fault.respond(500));

    ampersand.complete(callback);

    assertThat(ampersand.connectionIds()).hasSize(1);
    assertThat(client.get(path).statusCode()).isEqualTo(500);
  }

  @Test
  void generate_duplicate_createsAnotherConnection() throws Exception {
    assertThat(imported()).isNotEqualTo(imported());
  }

  @Test
  void refuseDuplicateImports_sameConsumer_isRefusedUntilItIsDeleted() throws Exception {
    ampersand.refuseDuplicateImports(true);
    String id = imported();

    HttpResponse<String> duplicate = importGrant();

    assertThat(duplicate.statusCode()).isEqualTo(422);
    assertThat(at(duplicate, "/retryable")).isEqualTo("false");
    assertThat(ampersand.connectionIds()).containsExactly(id);
    assertThat(importFor("joe").statusCode()).isEqualTo(201);
    client.delete(client.connection(id));
    assertThat(importGrant().statusCode()).isEqualTo(201);
    ampersand.refuseDuplicateImports(false);
    assertThat(importGrant().statusCode()).isEqualTo(201);
  }

  @Test
  void refuseDuplicateImports_manyAtOnce_letsOneThrough() throws Exception {
    ampersand.refuseDuplicateImports(true);
    Callable<Integer> work = () -> importGrant().statusCode();

    List<Integer> statuses = new ArrayList<>();
    for (Future<Integer> status : threads.invokeAll(Collections.nCopies(8, work))) {
      statuses.add(status.get());
    }

    assertThat(statuses).containsOnlyOnce(201).hasSize(8);
    assertThat(ampersand.connectionIds()).hasSize(1);
  }

  @Test
  void refreshCount_force_countsEachAndNothingElse() throws Exception {
    String id = imported();

    read(id, "?includeCreds=true");
    int before = ampersand.refreshCount(id);
    HttpResponse<String> first = read(id, "?includeCreds=true&refresh=force");
    read(id, "?refresh=ifExpired");
    read(id, "?refresh=force");

    assertThat(before).isZero();
    assertThat(at(first, ACCESS_TOKEN)).startsWith("00D");
    assertThat(ampersand.refreshCount(id)).isEqualTo(2);
    assertThat(grant.refreshes()).isEqualTo(2);
    assertThat(ampersand.refreshCount("unknown")).isZero();
  }

  @Test
  void revokedGrant_forcedRefresh_needsConsentUntilTheUserConsents() throws Exception {
    String id = imported();
    grant.revoke();

    HttpResponse<String> refused = read(id, "?includeCreds=true&refresh=force");
    HttpResponse<String> url = client.patch(client.connection(id) + ":oauth-update", "");
    ampersand.complete(salesforce.approve(URI.create(url.body())));

    assertThat(refused.statusCode()).isEqualTo(200);
    assertThat(at(refused, "/status")).isEqualTo("bad_credentials");
    assertThat(ampersand.refreshCount(id)).isEqualTo(1);
    assertThat(at(read(id, ""), "/status")).isEqualTo("working");
  }

  @Test
  void awaitRequests_waitsForTheRequest() throws Exception {
    String id = imported();
    Future<List<ReceivedRequest>> awaited =
        threads.submit(() -> ampersand.awaitRequests("/v1" + client.connection(id), 1));

    read(id, "?refresh=force");

    assertThat(awaited.get()).hasSize(1);
    assertThat(awaited.get().get(0).query("refresh")).contains("force");
  }
}
