package com.withampersand.sdk.examples.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sforce.soap.partner.PartnerConnection;
import com.sforce.ws.ConnectorConfig;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.testkit.FakeResponse;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.token.refresh.FreshTokens;
import feign.Client;
import feign.Feign;
import feign.Headers;
import feign.RequestLine;
import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.apache.camel.Exchange;
import org.apache.camel.impl.engine.SimpleCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** Each client makes a call, its session ends, and it makes the call again, after one refresh. */
class ClientsTest {
  private static final String LIMITS = "/services/data/v65.0/limits";
  private static final String RECORDS = "/services/data/v65.0/sobjects/Account";
  private static final String RECORD = "{\"Name\":\"Globex\"}";
  private static final ConnectionKey CUSTOMER = new ConnectionKey("salesforce", "acme", "admin");

  private final FakeSalesforce salesforce = FakeSalesforce.builder().org("acme").start();
  private final SSLSocketFactory sockets = HttpsURLConnection.getDefaultSSLSocketFactory();
  private final ProxySelector proxies = ProxySelector.getDefault();
  private FreshTokens tokens;

  /** Salesforce's names lead to the fake, also for clients that take the JVM's settings. */
  @BeforeEach
  void connect() {
    HttpsURLConnection.setDefaultSSLSocketFactory(salesforce.sslContext().getSocketFactory());
    ProxySelector.setDefault(salesforce.proxySelector());
    SalesforceApp app =
        SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
            .scopes("api", "id", "refresh_token")
            .callback(URI.create("http://localhost:8080/callback"))
            .build();
    SalesforceOAuthFlow flow =
        SalesforceOAuthFlow.builder(app)
            .transport(HttpTransport.over(salesforce.httpClient()))
            .build();
    tokens = FreshTokens.inMemory().renewer(flow).build();
    AuthorizationRequest request =
        flow.authorize(LoginHost.myDomain("acme"), AuthorizationOptions.none());
    URI callback = salesforce.approve(request.url());
    Connected connected =
        (Connected) flow.complete(AuthorizationCallback.fromUri(callback), request);
    tokens.save(CUSTOMER, connected.tokens());
  }

  @AfterEach
  void stop() {
    tokens.close();
    salesforce.close();
    ProxySelector.setDefault(proxies);
    HttpsURLConnection.setDefaultSSLSocketFactory(sockets);
  }

  private IssuedGrant grant() {
    return salesforce.grants().get(0);
  }

  /** A call of a client, which fails if the response is not what was asked for. */
  private interface ClientCall {
    String call() throws Exception;
  }

  private void assertRefreshesOnce(ClientCall client) throws Exception {
    assertThat(client.call()).contains("DailyApiRequests");
    assertThat(grant().refreshes()).isZero();

    salesforce.expireSessions();

    assertThat(client.call()).contains("DailyApiRequests");
    assertThat(client.call()).contains("DailyApiRequests");
    assertThat(grant().refreshes()).isEqualTo(1);
  }

  @Test
  void okHttp_sessionOver_refreshesOnce() throws Exception {
    OkHttpClient client = okHttp();
    Request request = new Request.Builder().url("https://any.example" + LIMITS).build();

    assertRefreshesOnce(
        () -> {
          try (Response response = client.newCall(request).execute()) {
            return Objects.requireNonNull(response.body()).string();
          }
        });
  }

  private OkHttpClient okHttp() throws GeneralSecurityException, IOException {
    return new OkHttpClient.Builder()
        .sslSocketFactory(salesforce.sslContext().getSocketFactory(), trust())
        .addInterceptor(new OkHttpTokens(tokens, CUSTOMER))
        .build();
  }

  @Test
  void okHttp_postRefused_sendsTheBodyAgain() throws Exception {
    acceptPosts();
    Request request =
        new Request.Builder()
            .url("https://any.example" + RECORDS)
            .post(RequestBody.create(RECORD, MediaType.get("application/json")))
            .build();

    try (Response response = okHttp().newCall(request).execute()) {
      assertThat(response.code()).isEqualTo(200);
    }

    assertBodySentTwice();
  }

  @Test
  void okHttp_refusedTwice_handsOutTheSecondResponse() throws Exception {
    refuseEveryCall();
    Request request = new Request.Builder().url("https://any.example" + LIMITS).build();

    try (Response response = okHttp().newCall(request).execute()) {
      assertThat(response.code()).isEqualTo(401);
      assertThat(Objects.requireNonNull(response.body()).string()).contains("INVALID_SESSION_ID");
    }

    assertThat(salesforce.requests(LIMITS)).hasSize(2);
  }

  @Test
  void okHttp_refreshFails_throwsWhy() throws Exception {
    OkHttpClient client = okHttp();
    Request request = new Request.Builder().url("https://any.example" + LIMITS).build();
    salesforce.revokeAll();

    assertThatExceptionOfType(OAuthException.class)
        .isThrownBy(() -> client.newCall(request).execute())
        .satisfies(failure -> assertThat(failure.needsReauthorization()).isTrue());

    assertThat(client.connectionPool().connectionCount())
        .as("no response is left open")
        .isEqualTo(client.connectionPool().idleConnectionCount());
  }

  /** Creates records, after the session has ended. */
  private void acceptPosts() {
    salesforce.answer("POST", RECORDS, call -> FakeResponse.json("{\"success\":true}"));
    salesforce.expireSessions();
  }

  private void assertBodySentTwice() {
    assertThat(salesforce.requests(RECORDS)).extracting("body").containsExactly(RECORD, RECORD);
    assertThat(grant().refreshes()).isEqualTo(1);
  }

  private void refuseEveryCall() {
    salesforce.everyApiCall(Fault.apiError(401, "INVALID_SESSION_ID", "Session expired"));
  }

  private X509TrustManager trust() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry(
        "fake",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(salesforce.certificateAuthority().getBytes(UTF_8))));
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  @Test
  void restClient_sessionOver_refreshesOnce() throws Exception {
    RestClientTokens client = restClient();

    assertRefreshesOnce(() -> client.call(http -> get(http, LIMITS)));
  }

  private RestClientTokens restClient() {
    RestClient plain =
        RestClient.builder()
            .requestFactory(new JdkClientHttpRequestFactory(salesforce.httpClient()))
            .build();
    return new RestClientTokens(plain, tokens, CUSTOMER);
  }

  private static String get(RestClient http, String address) {
    return Objects.requireNonNull(http.get().uri(address).retrieve().body(String.class));
  }

  @Test
  void restClient_addressOfTheOrg_isCalled() {
    String address = "https://acme.my.salesforce.com" + LIMITS;

    assertThat(restClient().<String>call(http -> get(http, address))).contains("DailyApiRequests");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:%d/",
        "https://acme.my.salesforce.com:%d/",
        "http://acme.my.salesforce.com/",
        "https://acme.my.salesforce.com@localhost:%d/",
        "https://globex.my.salesforce.com/"
      })
  void restClient_foreignAddress_isRefusedAndSendsNothing(String form) throws IOException {
    List<String> arrived = new CopyOnWriteArrayList<>();
    HttpServer stranger =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    stranger.createContext("/", exchange -> arrived.add(exchange.getRequestHeaders().toString()));
    stranger.start();
    try {
      String address = form.formatted(stranger.getAddress().getPort());
      RestClientTokens client = restClient();
      salesforce.clearRequests();

      assertThatIllegalArgumentException()
          .isThrownBy(() -> client.call(http -> get(http, address)))
          .withMessageContaining("https://acme.my.salesforce.com alone");
    } finally {
      stranger.stop(0);
    }
    assertThat(arrived).isEmpty();
    assertThat(salesforce.requests()).isEmpty();
  }

  @Test
  void restClient_postRefused_sendsTheBodyAgain() {
    acceptPosts();

    restClient()
        .call(
            http ->
                http.post()
                    .uri(RECORDS)
                    .contentType(org.springframework.http.MediaType.APPLICATION_JSON)
                    .body(RECORD)
                    .retrieve()
                    .toBodilessEntity());

    assertBodySentTwice();
  }

  @Test
  void restClient_refusedTwice_throwsTheSecondResponse() {
    refuseEveryCall();
    RestClientTokens client = restClient();

    assertThatExceptionOfType(HttpClientErrorException.Unauthorized.class)
        .isThrownBy(() -> client.call(http -> get(http, LIMITS)))
        .satisfies(
            refused ->
                assertThat(refused.getResponseBodyAsString()).contains("INVALID_SESSION_ID"));

    assertThat(salesforce.requests(LIMITS)).hasSize(2);
  }

  private interface Limits {
    @RequestLine("GET " + LIMITS)
    String limits();

    @RequestLine("GET " + LIMITS)
    @Headers("authorization: Basic b2xkOm9sZA==")
    String limitsWithAnotherHeader();

    @RequestLine("GET " + LIMITS)
    feign.Response response();

    @RequestLine("POST " + RECORDS)
    @Headers("Content-Type: application/json")
    void create(String json);
  }

  @Test
  void feign_sessionOver_refreshesOnce() throws Exception {
    assertRefreshesOnce(feign()::limits);
  }

  private Limits feign() {
    Client plain = new Client.Default(salesforce.sslContext().getSocketFactory(), null);
    return Feign.builder()
        .client(new FeignTokens(plain, tokens, CUSTOMER))
        .target(Limits.class, "https://any.example");
  }

  @Test
  void feign_headerOfTheInterface_isReplaced() {
    assertThat(feign().limitsWithAnotherHeader()).contains("DailyApiRequests");

    assertThat(salesforce.requests(LIMITS).get(0).headers().get("authorization"))
        .containsExactly("Bearer " + grant().accessToken());
  }

  @Test
  void feign_postRefused_sendsTheBodyAgain() {
    acceptPosts();

    feign().create(RECORD);

    assertBodySentTwice();
  }

  @Test
  void feign_refusedTwice_handsOutTheSecondResponse() throws IOException {
    refuseEveryCall();

    try (feign.Response response = feign().response()) {
      assertThat(response.status()).isEqualTo(401);
      assertThat(new String(response.body().asInputStream().readAllBytes(), UTF_8))
          .contains("INVALID_SESSION_ID");
    }

    assertThat(salesforce.requests(LIMITS)).hasSize(2);
  }

  @Test
  void feign_refreshFails_throwsWhy() {
    Limits client = feign();
    salesforce.revokeAll();

    assertThatExceptionOfType(OAuthException.class)
        .isThrownBy(client::limits)
        .satisfies(failure -> assertThat(failure.needsReauthorization()).isTrue());

    assertThat(salesforce.requests(LIMITS)).hasSize(1);
  }

  @Test
  void forceRestApi_sessionOver_refreshesOnce() throws Exception {
    ForceRestApiTokens client = new ForceRestApiTokens(tokens, CUSTOMER);

    assertRefreshesOnce(() -> client.call(api -> api.get("/limits").asMap().toString()));
  }

  @Test
  void camel_sessionOver_refreshesOnce() throws Exception {
    CamelTokens client = new CamelTokens(SalesforceHttp.of(tokens, salesforce.httpClient()));

    try (SimpleCamelContext camel = new SimpleCamelContext()) {
      assertRefreshesOnce(
          () -> {
            Exchange exchange = new DefaultExchange(camel);
            exchange.setProperty("customer", CUSTOMER);
            exchange.setProperty("path", LIMITS);
            exchange.getMessage().setHeader("customer", "globex"); // as a caller may send them
            exchange.getMessage().setHeader("path", "/services/data");
            client.process(exchange);
            assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(200);
            return exchange.getMessage().getBody(String.class);
          });
    }
  }

  @Test
  void wsc_sessionOver_refreshesOnce() throws Exception {
    try (SoapApi soap = new SoapApi()) {
      WscTokens session = new WscTokens(tokens, CUSTOMER);
      ConnectorConfig config = session.config();
      assertThat(config.getServiceEndpoint())
          .isEqualTo("https://acme.my.salesforce.com/services/Soap/u/64.0");
      config.setServiceEndpoint(soap.address());
      PartnerConnection client = session.connect(config);

      client.getServerTimestamp();
      soap.endSession(grant().accessToken());
      client.getServerTimestamp();
      client.getServerTimestamp();

      assertThat(soap.answers).containsExactly(200, 500, 200, 200);
      assertThat(grant().refreshes()).isEqualTo(1);
    }
  }

  @Test
  void pubSub_refused_sendsTheNextTokenAfterOneRefresh() {
    PubSubTokens credentials = new PubSubTokens(tokens, CUSTOMER, null);

    Applied first = new Applied();
    credentials.applyRequestMetadata(new Topic(), Runnable::run, first);
    String sent = grant().accessToken();
    credentials.refused();
    credentials.refused();
    Applied second = new Applied();
    credentials.applyRequestMetadata(new Topic(), Runnable::run, second);

    assertThat(first.header("accesstoken")).isEqualTo(sent);
    assertThat(first.header("instanceurl")).isEqualTo("https://acme.my.salesforce.com");
    assertThat(first.header("tenantid")).isEqualTo(salesforce.org("acme").id());
    assertThat(second.header("accesstoken")).isEqualTo(grant().accessToken()).isNotEqualTo(sent);
    assertThat(grant().refreshes()).isEqualTo(1);
  }

  @Test
  void pubSub_grantEnded_failsTheCall() {
    PubSubTokens credentials = new PubSubTokens(tokens, CUSTOMER, null);
    tokens.disconnect(CUSTOMER);

    Applied applied = new Applied();
    credentials.applyRequestMetadata(new Topic(), Runnable::run, applied);

    assertThat(applied.status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(applied.status.getCause()).isInstanceOf(NotConnectedException.class);
  }

  private static Applied applied(PubSubTokens credentials) {
    Applied applied = new Applied();
    credentials.applyRequestMetadata(new Topic(), Runnable::run, applied);
    return applied;
  }

  /** As Ampersand's do. */
  private void saveTokensWithoutIdentity() {
    tokens.save(
        CUSTOMER,
        TokenSet.builder(Secret.of(grant().accessToken()), Instant.now())
            .refreshToken(Secret.of(grant().refreshToken()))
            .issuer(URI.create("https://acme.my.salesforce.com"))
            .clientId(salesforce.consumerKey())
            .attribute("instance_url", "https://acme.my.salesforce.com")
            .build());
  }

  @Test
  void pubSub_tokensThatNameNoOrg_failTheCall() {
    saveTokensWithoutIdentity();

    Applied applied = applied(new PubSubTokens(tokens, CUSTOMER, null));

    assertThat(applied.status.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(applied.status.getCause()).hasMessageContaining("name no org");
  }

  @Test
  void pubSub_tenantGiven_isSent() {
    saveTokensWithoutIdentity();

    Applied applied = applied(new PubSubTokens(tokens, CUSTOMER, "00D000000000001EAA"));

    assertThat(applied.status).isEqualTo(Status.OK);
    assertThat(applied.header("tenantid")).isEqualTo("00D000000000001EAA");
  }

  @Test
  void pubSub_outage_isToBeRetried() {
    salesforce.everyTokenRequest(Fault.respond(503));
    tokens.save(
        CUSTOMER,
        TokenSet.builder(Secret.of("ended"), Instant.now().minusSeconds(7200))
            .refreshToken(Secret.of(grant().refreshToken()))
            .expiry(Expiry.known(Instant.now().minusSeconds(3600)))
            .issuer(URI.create("https://acme.my.salesforce.com"))
            .clientId(salesforce.consumerKey())
            .build());

    Applied applied = applied(new PubSubTokens(tokens, CUSTOMER, null));

    assertThat(applied.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(applied.status.getCause()).isInstanceOf(AmpersandException.class);
  }

  /** The fake has no SOAP API: this one takes the session that the fake issued last. */
  private final class SoapApi implements AutoCloseable {
    private final HttpServer server;
    private final List<Integer> answers = new CopyOnWriteArrayList<>();
    private volatile String ended = "";

    SoapApi() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", this::answer);
      server.start();
    }

    String address() {
      return "http://localhost:" + server.getAddress().getPort() + "/services/Soap/u/64.0";
    }

    void endSession(String accessToken) {
      ended = accessToken;
    }

    private void answer(HttpExchange exchange) throws IOException {
      String request = new String(unzipped(exchange).readAllBytes(), UTF_8);
      String session = grant().accessToken();
      boolean isGood = request.contains(">" + session + "<") && !session.equals(ended);
      answers.add(isGood ? 200 : 500);
      byte[] answer = (isGood ? TIMESTAMP : INVALID_SESSION).strip().getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/xml; charset=utf-8");
      exchange.sendResponseHeaders(isGood ? 200 : 500, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    }

    private static InputStream unzipped(HttpExchange exchange) throws IOException {
      return "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
          ? new GZIPInputStream(exchange.getRequestBody())
          : exchange.getRequestBody();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private static final String TIMESTAMP =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">
      <soapenv:Body><getServerTimestampResponse><result><timestamp>2026-11-24T12:00:00.000Z</timestamp></result></getServerTimestampResponse></soapenv:Body>
      </soapenv:Envelope>
      """;

  private static final String INVALID_SESSION =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
      <soapenv:Body><soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode><faultstring>INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session</faultstring>
      <detail><sf:UnexpectedErrorFault xsi:type="sf:UnexpectedErrorFault"><sf:exceptionCode>INVALID_SESSION_ID</sf:exceptionCode><sf:exceptionMessage>Invalid Session ID</sf:exceptionMessage></sf:UnexpectedErrorFault></detail>
      </soapenv:Fault></soapenv:Body></soapenv:Envelope>
      """;

  /** A call that needs credentials. */
  private static final class Topic extends CallCredentials.RequestInfo {
    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      throw new UnsupportedOperationException("the credentials do not depend on the method");
    }

    @Override
    public SecurityLevel getSecurityLevel() {
      return SecurityLevel.PRIVACY_AND_INTEGRITY;
    }

    @Override
    public String getAuthority() {
      return "api.pubsub.salesforce.com:7443";
    }

    @Override
    public Attributes getTransportAttrs() {
      return Attributes.EMPTY;
    }
  }

  /** The metadata of a call, as gRPC takes it. */
  private static final class Applied extends CallCredentials.MetadataApplier {
    private Metadata headers = new Metadata();
    private Status status = Status.OK;

    @Override
    public void apply(Metadata given) {
      headers = given;
    }

    @Override
    public void fail(Status given) {
      status = given;
    }

    String header(String name) {
      return String.valueOf(headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
    }
  }
}
