package com.withampersand.sdk.examples;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.AuthorizationResult.Failed;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.awt.Desktop;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Connects a real org with a callback on this machine, calls it, refreshes the token and
 * disconnects. The environment describes the app: {@code SALESFORCE_CLIENT_ID} and {@code
 * SALESFORCE_CLIENT_SECRET}, and if wanted {@code SALESFORCE_SCOPES}, {@code SALESFORCE_CALLBACK}
 * (the default is {@code http://localhost:8080/callback}) and {@code SALESFORCE_LOGIN_HOST} (the
 * default is {@code login.salesforce.com}).
 *
 * <p>Ends with status 0 if every step succeeded, with 1 if one failed, and with 2 if it could not
 * start.
 */
public final class ConnectRealOrg {
  private static final String CALLBACK = "SALESFORCE_CALLBACK";
  private static final String LIMITS = "/services/data/v65.0/limits";
  private static final Duration LONGEST_SIGN_IN = Duration.ofMinutes(10);

  private ConnectRealOrg() {}

  /** Runs. */
  public static void main(String[] args) throws InterruptedException {
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    System.exit(run(System.getenv(), client, System.out));
  }

  /** Returns the exit status. */
  static int run(Map<String, String> environment, HttpClient client, PrintStream out)
      throws InterruptedException {
    SalesforceApp app;
    LoginHost host;
    try {
      app = app(environment);
      host = host(environment);
    } catch (IllegalArgumentException | AmpersandException e) {
      out.println("Cannot start: " + e.getMessage());
      return 2;
    }
    try (CallbackListener listener = CallbackListener.listen(app.callbackUri())) {
      connect(app, host, client, listener, out);
      out.println("Done.");
      return 0;
    } catch (BindException e) {
      out.println(
          "Cannot start: another program listens at "
              + app.callbackUri()
              + ". Stop it, or set "
              + CALLBACK
              + " and register that callback.");
      return 2;
    } catch (IOException | AmpersandException e) {
      out.println("Failed: " + e.getMessage());
      return 1;
    }
  }

  private static void connect(
      SalesforceApp app,
      LoginHost host,
      HttpClient client,
      CallbackListener listener,
      PrintStream out)
      throws IOException, InterruptedException {
    SalesforceOAuthFlow flow =
        SalesforceOAuthFlow.builder(app).withPkce().transport(HttpTransport.over(client)).build();
    ConnectionKey customer = new ConnectionKey("salesforce", "acme-corp", "user-42");

    AuthorizationRequest request = flow.authorize(host, AuthorizationOptions.none());
    out.println("The app must have this callback registered: " + app.callbackUri());
    out.println("Open this address, if no browser opens by itself, and sign in: " + request.url());
    openBrowser(request.url());
    URI callback = listener.await(LONGEST_SIGN_IN).orElseThrow(ConnectRealOrg::noCallback);

    AuthorizationResult result = flow.complete(AuthorizationCallback.fromUri(callback), request);
    if (result instanceof Failed failed) {
      throw failed.error();
    }
    if (!(result instanceof Connected connected)) {
      throw new IOException("you declined in Salesforce. Run it again, and click Allow");
    }
    try (FreshTokens tokens = FreshTokens.inMemory().renewer(flow).build()) {
      tokens.save(customer, connected.tokens());
      out.println("exchange     access token " + connected.tokens().accessToken());

      SalesforceHttp http = SalesforceHttp.of(tokens, client);
      out.println("call         " + limits(http, customer));
      out.println("refresh      access token " + tokens.refresh(customer).accessToken());
      out.println("call again   " + limits(http, customer));

      tokens.disconnect(customer);
      out.println("revoke       the grant has ended at Salesforce");
    }
  }

  private static String limits(SalesforceHttp http, ConnectionKey customer)
      throws IOException, InterruptedException {
    int status = http.at(customer).send(LIMITS, HttpRequest.Builder::GET).statusCode();
    if (status != 200) {
      throw new IOException("GET " + LIMITS + " answered " + status);
    }
    return "GET " + LIMITS + " answered 200";
  }

  private static IOException noCallback() {
    return new IOException(
        "the browser did not come back within "
            + LONGEST_SIGN_IN.toMinutes()
            + " minutes. If it shows an error page of Salesforce, the page's address names the cause");
  }

  private static SalesforceApp app(Map<String, String> environment) {
    Map<String, String> settings = new HashMap<>(environment);
    if (settings.getOrDefault(CALLBACK, "").isBlank()) {
      settings.put(CALLBACK, "http://localhost:8080/callback");
    }
    SalesforceApp app = SalesforceApp.fromEnvironment(settings);
    URI callback = app.callbackUri();
    if (!"localhost".equals(callback.getHost()) || !"http".equals(callback.getScheme())) {
      throw new IllegalArgumentException(
          CALLBACK
              + " must be an address of this machine, such as http://localhost:8080/callback:"
              + " this program waits there");
    }
    return app;
  }

  private static LoginHost host(Map<String, String> environment) {
    return new Settings(environment)
        .optional("SALESFORCE_LOGIN_HOST")
        .map(LoginHost::parse)
        .orElse(LoginHost.production());
  }

  private static void openBrowser(URI url) {
    try {
      if (Desktop.isDesktopSupported()) {
        Desktop.getDesktop().browse(url);
      }
    } catch (IOException | UnsupportedOperationException e) {
      // Nothing is lost: the address is printed.
    }
  }
}
