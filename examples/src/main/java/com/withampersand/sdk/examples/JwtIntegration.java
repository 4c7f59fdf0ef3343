package com.withampersand.sdk.examples;

import static java.util.Objects.requireNonNull;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceJwtFlow;
import com.withampersand.sdk.salesforce.doctor.DoctorReport;
import com.withampersand.sdk.salesforce.doctor.SalesforceDoctor;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Situation;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An integration that signs in to Salesforce without a user at a browser: it signs a JWT, calls,
 * goes on when its session has ended, and rotates its signing key while it runs. A fake Salesforce
 * on this machine plays the other side, and the keys are made for the run.
 */
public final class JwtIntegration {
  private static final String LIMITS = "/services/data/v65.0/limits";

  private JwtIntegration() {}

  /** Runs; an exception ends it with a status other than 0. */
  public static void main(String[] args) throws IOException, InterruptedException {
    try (FakeSalesforce salesforce = FakeSalesforce.builder().org("acme").start()) {
      run(salesforce, System.out);
      System.out.println("Done.");
    }
  }

  static void run(FakeSalesforce salesforce, PrintStream out)
      throws IOException, InterruptedException {
    // This client finds the fake at https://acme.my.salesforce.com. Yours needs no setup.
    HttpClient client = salesforce.httpClient();
    LoginHost host = LoginHost.myDomain("acme");
    String username = salesforce.username();

    // The certificate goes on the app's page. The key stays here, and can be replaced at any time.
    KeyPair first = newKeyPair();
    salesforce.registerCertificate(first.getPublic());
    AtomicReference<RsaKey> current = new AtomicReference<>(RsaKey.of(first.getPrivate()));
    SalesforceJwtFlow flow =
        SalesforceJwtFlow.builder(
                salesforce.consumerKey(), input -> requireNonNull(current.get()).sign(input))
            .transport(HttpTransport.over(client))
            .build();

    // Check the setup, then sign in.
    DoctorReport report = SalesforceDoctor.check(flow, host, username);
    out.println("check        " + report.toString().lines().findFirst().orElse(""));
    ConnectionKey integration = new ConnectionKey("salesforce", "acme-corp", "integration");
    try (FreshTokens tokens = FreshTokens.inMemory().renewer(flow).build()) {
      tokens.save(integration, flow.mint(host, username));
      TokenSet minted = tokens.get(integration);
      out.println("sign in      access token %s, and no browser".formatted(minted.accessToken()));

      // Call Salesforce. When the session has ended, the SDK mints a token and retries the call.
      SalesforceHttp http = SalesforceHttp.of(tokens, client);
      out.println("call         " + limits(http, integration));
      salesforce.expireSessions();
      out.println("expire       all sessions of the org have ended");
      String again = limits(http, integration);
      out.println("mint anew    " + replaced(tokens.get(integration), minted));
      out.println("call again   " + again);

      // Rotate the key: an admin replaces the certificate, and the program signs with the new key.
      KeyPair second = newKeyPair();
      salesforce.removeCertificate(first.getPublic());
      salesforce.registerCertificate(second.getPublic());
      out.println("rotate       the app has a new certificate; " + limits(http, integration));
      current.set(RsaKey.of(second.getPrivate()));
      TokenSet before = tokens.get(integration);
      out.println("new key      " + replaced(tokens.refresh(integration), before));

      // When an admin takes the permission away, nothing is lost: it works again when it is back.
      salesforce.set(Situation.USER_NOT_PREAUTHORIZED, true);
      out.println("refuse       " + refusal(tokens, integration));
      salesforce.set(Situation.USER_NOT_PREAUTHORIZED, false);
      tokens.refresh(integration);
      out.println("fix          the grant is " + tokens.status(integration).kind());
    }
  }

  private static KeyPair newKeyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has RSA", e);
    }
  }

  private static String limits(SalesforceHttp http, ConnectionKey key)
      throws IOException, InterruptedException {
    HttpResponse<String> response = http.at(key).send(LIMITS, HttpRequest.Builder::GET);
    if (response.statusCode() != 200) {
      throw new IOException("Salesforce answered " + response.statusCode());
    }
    return "GET " + response.uri().getPath() + " answered 200";
  }

  private static String replaced(TokenSet now, TokenSet before) {
    if (now.accessToken().equals(before.accessToken())) {
      throw new IllegalStateException("no token was minted");
    }
    return "access token %s in place of %s".formatted(now.accessToken(), before.accessToken());
  }

  private static String refusal(FreshTokens tokens, ConnectionKey key) {
    try {
      tokens.refresh(key);
    } catch (OAuthException e) {
      return "%s, for %s: %s".formatted(tokens.status(key).kind(), e.actor(), e.remedy());
    }
    throw new IllegalStateException("Salesforce minted a token for a user without permission");
  }
}
