package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.SalesforceClient.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultTest {
  private static final String TOKEN = "/services/oauth2/token";
  private static final String REVOKE = "/services/oauth2/revoke";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final SalesforceClient client = new SalesforceClient(salesforce);
  private final IssuedGrant grant = salesforce.issueGrant();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    salesforce.close();
    threads.shutdown();
  }

  private HttpResponse<String> refresh() throws Exception {
    return client.refresh(grant.refreshToken());
  }

  private CompletableFuture<HttpResponse<String>> refreshLater() {
    return client.refreshLater(grant.refreshToken());
  }

  /** Asserts that a request waits while another one is answered. */
  private void assertNotAnswered(Future<HttpResponse<String>> request) throws Exception {
    assertThat(client.get("/services/data", "").statusCode()).isEqualTo(200);
    assertThat(request).isNotDone();
  }

  private static void assertCut(Future<HttpResponse<String>> request) {
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(request::get)
        .withCauseInstanceOf(IOException.class);
  }

  // Lost requests and answers

  @Test
  void dropRequest_closesTheConnectionAndDoesNothing() throws Exception {
    salesforce.nextTokenRequest(Fault.dropRequest());

    assertThatIOException().isThrownBy(this::refresh);

    assertThat(grant.presented()).containsExactly(1);
    assertThat(grant.refreshes()).isZero();
    assertThat(refresh().statusCode()).isEqualTo(200);
  }

  @Test
  void loseAnswer_carriesOutAndClosesTheConnection() {
    salesforce.nextTokenRequests(2, Fault.loseAnswer());

    assertThatIOException().isThrownBy(this::refresh);
    assertThatIOException().isThrownBy(this::refresh);

    assertThat(grant.refreshes()).isEqualTo(2);
  }

  @Test
  void truncateAnswer_carriesOutAndClosesTheConnectionInTheBody() {
    salesforce.nextTokenRequest(Fault.truncateAnswer());

    assertThatIOException().isThrownBy(this::refresh);

    assertThat(grant.refreshes()).isEqualTo(1);
  }

  @Test
  void ignoreRequest_neitherCarriesOutNorAnswers() throws Exception {
    salesforce.nextTokenRequest(Fault.ignoreRequest());

    Future<HttpResponse<String>> ignored = refreshLater();
    salesforce.awaitRequests(TOKEN, 1);

    assertNotAnswered(ignored);
    assertThat(grant.presented()).containsExactly(1);
    assertThat(grant.refreshes()).isZero();
    assertThat(refresh().statusCode()).isEqualTo(200);
  }

  @Test
  void withholdAnswer_carriesOutAndDoesNotAnswer() throws Exception {
    Gate done = new Gate();
    done.release();
    salesforce.nextTokenRequest(Fault.holdAnswer(done).and(Fault.withholdAnswer()));

    Future<HttpResponse<String>> withheld = refreshLater();
    done.awaitArrived(1);

    assertNotAnswered(withheld);
    assertThat(grant.refreshes()).isEqualTo(1);
    assertThat(refresh().statusCode()).isEqualTo(200);
  }

  @Test
  void ignoreRequest_fakeIsClosed_endsWithoutAnAnswer() throws Exception {
    salesforce.nextTokenRequest(Fault.ignoreRequest());
    Future<HttpResponse<String>> ignored = refreshLater();
    salesforce.awaitRequests(TOKEN, 1);

    salesforce.close();

    assertCut(ignored);
    assertThat(grant.refreshes()).isZero();
  }

  // Other answers

  @Test
  void respond_answersWithoutCarryingOut() throws Exception {
    salesforce.nextTokenRequests(
        2,
        Fault.respond(429)
            .header("Retry-After", "1")
            .header("retry-after", "2")
            .header("Retry-After", "7"));
    salesforce.nextTokenRequest(Fault.respond(502, "text/html", "<h1>Bad Gateway</h1>"));

    List<HttpResponse<String>> answers = List.of(refresh(), refresh(), refresh(), refresh());

    assertThat(answers).extracting(HttpResponse::statusCode).containsExactly(429, 429, 502, 200);
    assertThat(answers.get(1).headers().allValues("Retry-After")).containsExactly("7");
    assertThat(answers.get(2).body()).isEqualTo("<h1>Bad Gateway</h1>");
    assertThat(answers.get(2).headers().firstValue("Content-Type")).contains("text/html");
    assertThat(answers.get(2).headers().firstValue("Retry-After")).isEmpty();
    assertThat(grant.refreshes()).isEqualTo(1);
  }

  @Test
  void refuse_answersAnOAuthError() throws Exception {
    salesforce.nextTokenRequest(Fault.refuse("invalid_grant", "words that no list has"));

    HttpResponse<String> response = refresh();

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(member(response, "error")).contains("invalid_grant");
    assertThat(member(response, "error_description")).contains("words that no list has");
    assertThat(grant.isAlive()).isTrue();
  }

  @Test
  void header_normalAnswer_getsOneMore() throws Exception {
    salesforce.nextTokenRequest(Fault.none().header("X-Request-Id", "a1"));

    HttpResponse<String> response = refresh();

    assertThat(response.headers().firstValue("X-Request-Id")).contains("a1");
    assertThat(grant.refreshes()).isEqualTo(1);
  }

  @Test
  void wrongSignature_doesNotFitAndTheTokensAreGood() throws Exception {
    salesforce.nextTokenRequest(Fault.wrongSignature());

    HttpResponse<String> wrong = refresh();
    HttpResponse<String> right = refresh();

    assertThat(member(wrong, "signature")).isPresent().isNotEqualTo(Optional.of(signature(wrong)));
    assertThat(member(right, "signature")).isEqualTo(Optional.of(signature(right)));
    assertThat(
            client
                .get("/services/data/v65.0/limits", member(wrong, "access_token").orElseThrow())
                .statusCode())
        .isEqualTo(200);
  }

  private String signature(HttpResponse<String> tokens) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    byte[] secret = salesforce.consumerSecret().getBytes(StandardCharsets.UTF_8);
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    String signed = member(tokens, "id").orElseThrow() + member(tokens, "issued_at").orElseThrow();
    return Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void wrongSignature_answerWithoutSignature_staysAsItIs() throws Exception {
    salesforce.nextTokenRequest(
        Fault.respond(200, "application/json", "[1]").and(Fault.wrongSignature()));
    salesforce.nextTokenRequest(
        Fault.respond(200, "text/html", "<h1>").and(Fault.wrongSignature()));

    assertThat(refresh().body()).isEqualTo("[1]");
    assertThat(refresh().body()).isEqualTo("<h1>");
  }

  @Test
  void trickleAnswer_sendsTheBodyByteByByte() throws Exception {
    salesforce.nextTokenRequest(Fault.trickleAnswer(Duration.ofMinutes(1)));
    String form =
        SalesforceClient.encode(
            Map.of(
                "grant_type", "refresh_token",
                "client_id", salesforce.consumerKey(),
                "client_secret", salesforce.consumerSecret(),
                "refresh_token", grant.refreshToken()));

    HttpResponse<InputStream> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(salesforce.uri().resolve(TOKEN))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(form))
                    .build(),
                BodyHandlers.ofInputStream());

    assertThat(response.statusCode()).isEqualTo(200);
    try (InputStream body = response.body()) {
      assertThat(body.read()).isEqualTo('{');
      Future<Integer> second = threads.submit(() -> body.read());
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> second.get(200, TimeUnit.MILLISECONDS));
    }
  }

  @Test
  void trickleAnswer_shortPause_sendsTheWholeBody() throws Exception {
    salesforce.nextTokenRequest(Fault.trickleAnswer(Duration.ofNanos(1)));

    HttpResponse<String> response = refresh();

    assertThat(member(response, "access_token")).contains(grant.accessToken());
    assertThat(response.body()).endsWith("}");
  }

  // Held and delayed

  @Test
  void holdRequest_isSeenAndNotCarriedOut() throws Exception {
    Gate gate = new Gate();
    salesforce.nextTokenRequest(Fault.holdRequest(gate));
    Future<HttpResponse<String>> held = refreshLater();
    gate.awaitArrived(1);
    grant.revoke();

    gate.release();

    assertThat(member(held.get(), "error")).contains("invalid_grant");
    assertThat(salesforce.requests(TOKEN)).hasSize(1);
  }

  @Test
  void holdWork_hasNoEffectYet() throws Exception {
    Gate gate = new Gate();
    salesforce.nextTokenRequest(Fault.holdWork(gate));
    Future<HttpResponse<String>> held = refreshLater();
    gate.awaitArrived(1);
    int before = grant.refreshes();

    gate.release();

    assertThat(held.get().statusCode()).isEqualTo(200);
    assertThat(before).isZero();
    assertThat(grant.refreshes()).isEqualTo(1);
  }

  @Test
  void holdWork_codeExchange_hasNoEffectYet() throws Exception {
    String code = client.code();
    Gate gate = new Gate();
    salesforce.nextTokenRequest(Fault.holdWork(gate));
    Future<HttpResponse<String>> held = threads.submit(() -> client.exchange(code));
    gate.awaitArrived(1);
    int before = salesforce.grants().size();

    gate.release();

    assertThat(held.get().statusCode()).isEqualTo(200);
    assertThat(before).isEqualTo(1);
    assertThat(salesforce.grants()).hasSize(2);
  }

  @Test
  void holdAnswer_hasHadItsEffect() throws Exception {
    Gate gate = new Gate();
    salesforce.nextTokenRequest(Fault.holdAnswer(gate));
    Future<HttpResponse<String>> held = refreshLater();
    gate.awaitArrived(1);

    int before = grant.refreshes();
    assertNotAnswered(held);
    gate.release();

    assertThat(before).isEqualTo(1);
    assertThat(member(held.get(), "access_token")).contains(grant.accessToken());
  }

  @Test
  void holdWork_clientGivesUp_isCarriedOutAllTheSame() throws Exception {
    Gate gate = new Gate();
    Gate done = new Gate();
    done.release();
    salesforce.nextTokenRequest(Fault.holdWork(gate).and(Fault.holdAnswer(done)));
    Future<HttpResponse<String>> held = refreshLater();
    gate.awaitArrived(1);
    held.cancel(true);

    gate.release();
    done.awaitArrived(1);

    assertThat(grant.refreshes()).isEqualTo(1);
  }

  @Test
  void delayWork_hasNoEffectYet() throws Exception {
    salesforce.nextTokenRequest(Fault.delayWork(Duration.ofMinutes(1)));

    Future<HttpResponse<String>> delayed = refreshLater();
    salesforce.awaitRequests(TOKEN, 1);

    assertNotAnswered(delayed);

    assertThat(grant.refreshes()).isZero();
  }

  @Test
  void delayAnswer_hasHadItsEffect() throws Exception {
    Gate done = new Gate();
    done.release();
    salesforce.nextTokenRequest(
        Fault.holdAnswer(done).and(Fault.delayAnswer(Duration.ofMinutes(1))));

    Future<HttpResponse<String>> delayed = refreshLater();
    done.awaitArrived(1);

    assertNotAnswered(delayed);
    assertThat(grant.refreshes()).isEqualTo(1);
  }

  @Test
  void delay_short_isAnswered() throws Exception {
    salesforce.nextTokenRequest(
        Fault.delayWork(Duration.ofNanos(1)).and(Fault.delayAnswer(Duration.ofNanos(1))));

    assertThat(refresh().statusCode()).isEqualTo(200);
  }

  @Test
  void gate_fakeIsClosed_letsGoWithoutCarryingOut() throws Exception {
    salesforce.nextTokenRequest(Fault.holdWork(new Gate()));
    Future<HttpResponse<String>> held = refreshLater();
    salesforce.awaitRequests(TOKEN, 1);

    salesforce.close();

    assertCut(held);
    assertThat(grant.refreshes()).isZero();
  }

  @Test
  void gate_ofTwoFakes_closingOneKeepsTheOthersRequest() throws Exception {
    Gate gate = new Gate();
    salesforce.nextTokenRequest(Fault.holdWork(gate));
    Future<HttpResponse<String>> held = refreshLater();
    Future<HttpResponse<String>> ended;
    try (FakeSalesforce other = FakeSalesforce.start()) {
      other.nextTokenRequest(Fault.holdWork(gate));
      String refreshToken = other.issueGrant().refreshToken();
      ended = new SalesforceClient(other).refreshLater(refreshToken);
      gate.awaitArrived(2);
    }

    int before = grant.refreshes();
    gate.close();

    assertCut(ended);
    assertThat(before).isZero();
    assertThat(held.get().statusCode()).isEqualTo(200);
    assertThat(gate.arrived()).isEqualTo(2);
  }

  @Test
  void awaitArrived_interrupted_keepsTheFlag() {
    Thread.currentThread().interrupt();

    assertThatIllegalStateException().isThrownBy(() -> new Gate().awaitArrived(1));

    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void awaitRequests_interrupted_keepsTheFlag() {
    Thread.currentThread().interrupt();

    assertThatIllegalStateException().isThrownBy(() -> salesforce.awaitRequests(TOKEN, 1));

    assertThat(Thread.interrupted()).isTrue();
  }

  // Which requests

  @Test
  void everyTokenRequest_lastsUntilItIsEnded() throws Exception {
    salesforce.everyTokenRequest(Fault.respond(503));
    salesforce.nextTokenRequest(Fault.none().header("X-A", "b"));

    HttpResponse<String> both = refresh();
    int second = refresh().statusCode();
    salesforce.everyTokenRequest(Fault.none());

    assertThat(both.statusCode()).isEqualTo(503);
    assertThat(both.headers().firstValue("X-A")).contains("b");
    assertThat(second).isEqualTo(503);
    assertThat(refresh().statusCode()).isEqualTo(200);
  }

  @Test
  void nextTokenRequest_leavesOtherRequestsAlone() throws Exception {
    salesforce.nextTokenRequest(Fault.respond(503));

    int userinfo = client.get("/services/oauth2/userinfo", grant.accessToken()).statusCode();

    assertThat(userinfo).isEqualTo(200);
    assertThat(refresh().statusCode()).isEqualTo(503);
  }

  @Test
  void nextRequest_takesTheFirstFaultThatFits() throws Exception {
    IssuedGrant other = salesforce.issueGrant();
    salesforce.nextRequest(request -> request.path().equals(REVOKE), Fault.loseAnswer());
    salesforce.nextRequest(
        request -> request.form("refresh_token").equals(Optional.of(other.refreshToken())),
        Fault.respond(500));

    int first = refresh().statusCode();
    int second = client.refresh(other.refreshToken()).statusCode();

    assertThat(first).isEqualTo(200);
    assertThat(second).isEqualTo(500);
    assertThatIOException()
        .isThrownBy(() -> client.post(REVOKE, Map.of("token", grant.refreshToken())));
    assertThat(grant.isAlive()).isFalse();
  }

  @Test
  void nextTokenRequests_none_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> salesforce.nextTokenRequests(0, Fault.none()));
  }

  @Test
  void and_contradiction_theOtherOneCounts() throws Exception {
    salesforce.nextTokenRequest(Fault.respond(500).and(Fault.respond(503)));

    assertThat(refresh().statusCode()).isEqualTo(503);
  }

  @Test
  void and_holdAndLoss_bothHappen() throws Exception {
    Gate gate = new Gate();
    salesforce.nextTokenRequest(Fault.holdWork(gate).and(Fault.loseAnswer()));
    Future<HttpResponse<String>> held = refreshLater();
    gate.awaitArrived(1);

    gate.release();

    assertCut(held);
    assertThat(grant.refreshes()).isEqualTo(1);
  }

  @Test
  void durations_zeroOrNegative_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Fault.delayWork(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Fault.delayAnswer(Duration.ofSeconds(-1)));
    assertThatIllegalArgumentException().isThrownBy(() -> Fault.trickleAnswer(Duration.ZERO));
  }
}
