package com.withampersand.sdk.examples;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceJwtFlow;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that calls all orgs with fifty threads for each empty line of its input, and prints how
 * many calls succeeded and in which orgs the others failed; or refreshes the grants of an org.
 */
final class JwtFleetNode {
  private static final int THREADS = 50;

  private JwtFleetNode() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> settings = SaasNode.read(Path.of(args[0]));
    HttpClient client = SaasNode.client(settings);
    HikariConfig database = new HikariConfig();
    database.setJdbcUrl(settings.get("database"));
    database.setMaximumPoolSize(8);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (HikariDataSource pool = new HikariDataSource(database);
        FreshTokens tokens =
            FreshTokens.builder(JdbcTokenStore.of(pool), cipher(settings))
                .renewer(flow(settings, client))
                .backoff(Duration.ofMillis(1))
                .build()) {
      SalesforceHttp http = SalesforceHttp.of(tokens, client);
      BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      keys(settings).forEach(tokens::status); // so that the first round meets a warm process
      System.out.println("ready");
      String order;
      while ((order = orders.readLine()) != null) {
        System.out.println(
            order.isEmpty()
                ? round(http, keys(settings), threads)
                : refresh(tokens, keys(settings), order.replaceFirst("^refresh ", "")));
      }
    }
    System.exit(0);
  }

  static TokenCipher cipher(Map<String, String> settings) {
    return TokenCipher.of(Keyring.of("k1", Secret.of(String.valueOf(settings.get("key")))));
  }

  static SalesforceJwtFlow flow(Map<String, String> settings, HttpClient client) {
    RsaKey key = RsaKey.fromPem(Secret.of(String.valueOf(settings.get("privateKey"))));
    return SalesforceJwtFlow.builder(String.valueOf(settings.get("consumerKey")), key)
        .transport(HttpTransport.over(client))
        .build();
  }

  private static List<ConnectionKey> keys(Map<String, String> settings) {
    List<ConnectionKey> keys = new ArrayList<>();
    for (String pair : String.valueOf(settings.get("grants")).split(",", -1)) {
      String[] parts = pair.split("/", 2);
      keys.add(new ConnectionKey("salesforce", parts[0], parts[1]));
    }
    return keys;
  }

  /** Does what an operator does after an admin has corrected something. */
  private static String refresh(FreshTokens tokens, List<ConnectionKey> keys, String org) {
    List<ConnectionKey> ofOrg = keys.stream().filter(key -> key.groupRef().equals(org)).toList();
    ofOrg.forEach(tokens::refresh);
    return ofOrg.size() + " []";
  }

  private static String round(
      SalesforceHttp http, List<ConnectionKey> keys, ExecutorService threads) throws Exception {
    AtomicInteger succeeded = new AtomicInteger();
    Set<String> failed = new ConcurrentSkipListSet<>();
    List<Future<?>> calls = new ArrayList<>();
    for (ConnectionKey key : keys) {
      calls.add(threads.submit(() -> call(http, key, succeeded, failed)));
    }
    for (Future<?> call : calls) {
      call.get();
    }
    return succeeded + " " + new TreeSet<>(failed);
  }

  private static void call(
      SalesforceHttp http, ConnectionKey key, AtomicInteger succeeded, Set<String> failed) {
    try {
      int status = status(http, key);
      if (status != 200) {
        throw new IllegalStateException("status " + status);
      }
      succeeded.incrementAndGet();
    } catch (Exception e) {
      failed.add(key.groupRef());
      System.err.println(key + ": " + e);
    }
  }

  /** On a busy machine the database may not answer in time. The call was then not sent. */
  private static int status(SalesforceHttp http, ConnectionKey key)
      throws IOException, InterruptedException {
    while (true) {
      try {
        return http.at(key)
            .send("/services/data/v65.0/limits", HttpRequest.Builder::GET)
            .statusCode();
      } catch (TokenStoreException e) {
        if (!e.isRetryable()) {
          throw e;
        }
      }
    }
  }
}
