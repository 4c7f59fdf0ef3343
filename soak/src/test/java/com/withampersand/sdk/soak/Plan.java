package com.withampersand.sdk.soak;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a process is told at its start, and what it makes of it: a client, a flow, and grants.
 *
 * @param name the process
 * @param database the URL
 * @param trusted a file with the certificate that signs for the provider's hosts
 */
record Plan(
    String name,
    int customers,
    String database,
    String sealingKey,
    URI proxy,
    Path trusted,
    String clientId,
    String clientSecret) {

  static Plan of(String[] words) {
    return new Plan(
        words[0],
        Integer.parseInt(words[1]),
        words[2],
        words[3],
        URI.create(words[4]),
        Path.of(words[5]),
        words[6],
        words[7]);
  }

  List<String> words() {
    return Arrays.asList(
        name,
        String.valueOf(customers),
        database,
        sealingKey,
        proxy.toString(),
        trusted.toString(),
        clientId,
        clientSecret);
  }

  Plan named(String other) {
    return new Plan(other, customers, database, sealingKey, proxy, trusted, clientId, clientSecret);
  }

  static ConnectionKey key(int customer) {
    return new ConnectionKey("salesforce", "customer" + customer, "admin");
  }

  HikariDataSource pool() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(database);
    config.setMaximumPoolSize(8);
    config.setConnectionTimeout(2000);
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  HttpClient client() throws Exception {
    KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
    authorities.load(null, null);
    try (InputStream pem = Files.newInputStream(trusted)) {
      authorities.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authorities);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(tls)
        .proxy(ProxySelector.of(new InetSocketAddress(proxy.getHost(), proxy.getPort())))
        .connectTimeout(Duration.ofSeconds(10))
        .build();
  }

  SalesforceOAuthFlow flow(HttpClient client) {
    SalesforceApp app =
        SalesforceApp.builder(clientId, clientSecret)
            .scopes("api", "refresh_token")
            .callback(Provider.CALLBACK)
            .build();
    HttpTransport transport = HttpTransport.over(client);
    return SalesforceOAuthFlow.builder(app)
        .withPkce()
        .transport(request -> transport.send(signed(request)))
        .build();
  }

  private HttpTransport.Request signed(HttpTransport.Request request) {
    Map<String, String> headers = new TreeMap<>(request.headers());
    headers.put(Journal.PROCESS, name);
    return new HttpTransport.Request(
        request.method(),
        request.uri(),
        headers,
        request.body(),
        request.timeout(),
        request.maxResponseBytes());
  }

  /** Opens the grants; sessions are taken to be short, so that each is refreshed many times. */
  FreshTokens tokens(HikariDataSource pool, SalesforceOAuthFlow flow) {
    return FreshTokens.builder(
            JdbcTokenStore.of(pool), TokenCipher.of(Keyring.of("k1", Secret.of(sealingKey))))
        .renewer(flow)
        .sessionLength(Duration.ofMinutes(2))
        .backoff(Duration.ofSeconds(2))
        .build();
  }
}
