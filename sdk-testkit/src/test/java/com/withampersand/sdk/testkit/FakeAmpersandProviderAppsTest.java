package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.ApiClient.at;
import static com.withampersand.sdk.testkit.ApiClient.each;
import static com.withampersand.sdk.testkit.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeAmpersandProviderAppsTest {
  private final MovableClock clock = new MovableClock();
  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand = FakeAmpersand.builder(salesforce).clock(clock).start();
  private final ApiClient client = new ApiClient(ampersand);
  private final String path = client.project("/provider-apps");

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private HttpResponse<String> create() throws Exception {
    return client.post(
        path,
        """
        {"provider":"salesforce","clientId":"key","clientSecret":"s3cret","scopes":["api"],
         "externalRef":"ext","metadata":{"providerParams":{"packageInstallURL":"https://x.test"},
         "authQueryParams":{"display":["page"]}},"unknown":1}
        """);
  }

  @Test
  void post_newApp_answers200WithAllButTheSecret() throws Exception {
    HttpResponse<String> response = create();

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(json(response).fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "id",
            "projectId",
            "provider",
            "clientId",
            "externalRef",
            "scopes",
            "metadata",
            "createTime",
            "updateTime");
    assertThat(at(response, "/projectId")).isEqualTo(ampersand.projectId());
    assertThat(at(response, "/metadata/providerParams/packageInstallURL"))
        .isEqualTo("https://x.test");
    assertThat(at(response, "/createTime")).isEqualTo("2026-11-24T12:00:00.000000Z");
    assertThat(ampersand.clientSecret(at(response, "/id"))).isEqualTo("s3cret");
  }

  @Test
  void get_byIdOrName_listsInOrderOfCreation() throws Exception {
    String first = ampersand.addProviderApp("salesforce", "one", "secret", "api", "refresh_token");
    String second = ampersand.addProviderApp("hubspot", "two", "secret");

    HttpResponse<String> byId = client.get(path);
    HttpResponse<String> byName =
        client.get("/projects/" + ampersand.projectName() + "/provider-apps");

    assertThat(each(byId, "/id")).containsExactly(first, second);
    assertThat(each(byId, "/scopes/1")).containsExactly("refresh_token", "");
    assertThat(byName.body()).isEqualTo(byId.body()).doesNotContain("secret");
  }

  @Test
  void get_noApps_isAnEmptyArray() throws Exception {
    assertThat(client.get(path).body()).isEqualTo("[]");
  }

  @Test
  void post_sameProviderAndClientId_makesTwo() throws Exception {
    create();
    create();

    assertThat(each(client.get(path), "/clientId")).containsExactly("key", "key");
  }

  @Test
  void patch_mask_changesThatAlone() throws Exception {
    HttpResponse<String> before = create();
    String id = at(before, "/id");
    clock.advance(Duration.ofMinutes(1));

    HttpResponse<String> after =
        client.patch(
            path + "/" + id,
            """
            {"updateMask":["scopes"],"providerApp":{"scopes":["api","web"],"clientId":"other",
             "clientSecret":"other"}}
            """);

    assertThat(after.statusCode()).isEqualTo(200);
    assertThat(json(after).at("/scopes").toString()).isEqualTo("[\"api\",\"web\"]");
    assertThat(at(after, "/clientId")).isEqualTo("key");
    assertThat(at(after, "/createTime")).isEqualTo(at(before, "/createTime"));
    assertThat(at(after, "/updateTime")).isEqualTo("2026-11-24T12:01:00.000000Z");
    assertThat(each(client.get(path), "/scopes/1")).containsExactly("web");
    assertThat(ampersand.clientSecret(id)).isEqualTo("s3cret");
  }

  @Test
  void patch_everyMask_changesEverything() throws Exception {
    String id = at(create(), "/id");

    HttpResponse<String> after =
        client.patch(
            path + "/" + id,
            """
            {"updateMask":["externalRef","clientId","clientSecret","provider","scopes","metadata"],
             "providerApp":{"externalRef":"","clientId":"k2","clientSecret":"s2",
             "provider":"hubspot","scopes":[],"metadata":{}}}
            """);

    assertThat(json(after).toString())
        .contains("\"externalRef\":\"\"", "\"clientId\":\"k2\"", "\"provider\":\"hubspot\"")
        .contains("\"scopes\":[]", "\"metadata\":{}")
        .doesNotContain("s2");
    assertThat(ampersand.clientSecret(id)).isEqualTo("s2");
  }

  @Test
  void delete_knownApp_answers204WithoutBody() throws Exception {
    String id = at(create(), "/id");

    HttpResponse<String> response = client.delete(path + "/" + id);

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
    assertThat(ampersand.providerAppIds()).isEmpty();
  }

  @Test
  void unknownApp_isNotFound() throws Exception {
    assertThat(client.delete(path + "/none").statusCode()).isEqualTo(404);
    assertThat(client.patch(path + "/none", "{}").statusCode()).isEqualTo(404);
    assertThatIllegalArgumentException().isThrownBy(() -> ampersand.clientSecret("none"));
  }

  @Test
  void post_manyAtOnce_keepsEachWhole() throws Exception {
    int threads = 16;
    CyclicBarrier barrier = new CyclicBarrier(threads);
    Callable<Integer> work =
        () -> {
          barrier.await(30, TimeUnit.SECONDS);
          return create().statusCode();
        };
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Integer> statuses = new ArrayList<>();
    try {
      for (Future<Integer> answer : pool.invokeAll(Collections.nCopies(threads, work))) {
        statuses.add(answer.get());
      }
    } finally {
      pool.shutdown();
    }

    assertThat(statuses).hasSize(threads).containsOnly(200);
    assertThat(ampersand.providerAppIds()).hasSize(threads).doesNotHaveDuplicates();
    assertThat(each(client.get(path), "/metadata/authQueryParams/display/0")).containsOnly("page");
  }
}
