package com.withampersand.sdk.examples;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.token.ConnectionKey;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.TokenStore;
import java.awt.Desktop;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The whole way of a Salesforce connection, from the app to the end of its grant. Without
 * configuration it runs against a fake Salesforce on this machine; with {@code
 * SALESFORCE_CLIENT_ID} and {@code SALESFORCE_CLIENT_SECRET} set, against a real organisation.
 */
public final class Quickstart {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final SalesforceApp app;
  private final SalesforceOAuthFlow flow;
  private final Org org;
  private final PrintStream out;
  private final TokenStore store = new InMemoryTokenStore();
  private final ConnectionKey key = new ConnectionKey("salesforce", "acme-corp", "user-42");
  private final SalesforceRest rest = new SalesforceRest();
  private String step = "";
  private int steps;

  private Quickstart(SalesforceApp app, LoginHost host, Org org, PrintStream out) {
    this.app = app;
    this.flow = SalesforceOAuthFlow.of(app, host);
    this.org = org;
    this.out = out;
  }

  /** Runs; ends with status 0 only if every step did what it says. */
  public static void main(String[] args) throws Exception {
    int status = run(System.getenv(), System.out);
    if (status != 0) {
      System.exit(status);
    }
  }

  /** Returns the exit status. */
  static int run(Map<String, String> environment, PrintStream out) throws Exception {
    Optional<QuickstartSettings> settings;
    try {
      settings = QuickstartSettings.from(environment);
    } catch (IllegalArgumentException | AmpersandException e) {
      out.println("Cannot start: " + e.getMessage());
      return 2;
    }
    return settings.isPresent() ? runForReal(settings.get(), out) : runOnFake(out);
  }

  private static int runOnFake(PrintStream out) throws Exception {
    try (FakeSalesforce salesforce = FakeSalesforce.start()) {
      SalesforceApp app =
          SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
              .scopes("api", "id", "refresh_token")
              .callback(URI.create("http://localhost:8080/callback"))
              .build();
      out.println("Ampersand SDK quickstart: a fake Salesforce listens at " + salesforce.uri());
      Org org = new FakeOrg(salesforce);
      return new Quickstart(app, LoginHost.other(salesforce.uri()), org, out).walk();
    }
  }

  private static int runForReal(QuickstartSettings settings, PrintStream out) throws Exception {
    URI callback = settings.app().callbackUri();
    out.println("Ampersand SDK quickstart: a real organisation, by " + settings.host());
    out.println("The app has to have this callback registered, with PKCE unticked: " + callback);
    try (CallbackListener listener = CallbackListener.listen(callback)) {
      return new Quickstart(settings.app(), settings.host(), new RealOrg(listener, out), out)
          .walk();
    } catch (IOException e) {
      out.println(
          "Cannot start: nobody can listen at "
              + callback
              + " ("
              + e.getMessage()
              + "). Stop what does, or set SALESFORCE_CALLBACK.");
      return 2;
    }
  }

  private int walk() throws InterruptedException {
    try {
      describe();
      AuthorizationRequest request = authorize();
      AuthorizationCallback callback = consent(request);
      TokenSet tokens = exchange(request, callback);
      call("call", tokens);
      expire(tokens);
      TokenSet refreshed = refresh(tokens);
      call("call again", refreshed);
      revoke(refreshed);
      out.println("Done: all " + steps + " steps did what they say.");
      return 0;
    } catch (IOException | RuntimeException e) {
      out.println("Failed at step " + steps + ", " + step + ": " + e.getMessage());
      return 1;
    }
  }

  private void describe() {
    begin("describe");
    say(
        "app "
            + app.clientId()
            + " asks for \""
            + app.scopes()
            + "\" and is called back at "
            + app.callbackUri());
  }

  private AuthorizationRequest authorize() {
    begin("authorize");
    AuthorizationRequest request = flow.authorize();
    say("the user's browser goes to " + request.url());
    return request;
  }

  private AuthorizationCallback consent(AuthorizationRequest request)
      throws IOException, InterruptedException {
    begin("consent");
    AuthorizationCallback callback = AuthorizationCallback.parse(org.consent(request.url()));
    say("the browser came back: " + callback);
    return callback;
  }

  private TokenSet exchange(AuthorizationRequest request, AuthorizationCallback callback) {
    begin("exchange");
    TokenSet tokens = flow.exchange(request, callback);
    SalesforceTokens salesforce = SalesforceTokens.of(tokens);
    require(tokens.refreshToken().isPresent(), "there is no refresh token");
    say(
        "access token "
            + tokens.accessToken()
            + ", refresh token "
            + tokens.refreshToken().orElseThrow()
            + ", expiry "
            + tokens.expiry()
            + ", organisation "
            + salesforce.organizationId().orElse("unknown"));

    begin("store");
    store.save(key, tokens);
    require(store.find(key).equals(Optional.of(tokens)), "the store did not keep the tokens");
    say("kept as " + key.provider() + " / " + key.groupRef() + " / " + key.consumerRef());
    return tokens;
  }

  private void call(String name, TokenSet tokens) throws IOException, InterruptedException {
    begin(name);
    HttpResponse<String> response = rest.limits(tokens);
    require(response.statusCode() == 200, "the organisation answered " + response.statusCode());
    say(
        "GET "
            + response.uri().getPath()
            + " answered 200 with "
            + response.body().length()
            + " characters");
  }

  private void expire(TokenSet tokens) throws IOException, InterruptedException {
    begin("expire");
    if (!org.expireSessions()) {
      say("left out: a real session cannot be made to expire from here");
      return;
    }
    requireDead(tokens);
    say("the session is over: the same call now answers 401 INVALID_SESSION_ID");
  }

  private TokenSet refresh(TokenSet tokens) {
    begin("refresh");
    TokenSet refreshed = store.update(key, flow::refresh).orElseThrow();
    require(
        !refreshed.accessToken().equals(tokens.accessToken()), "the access token is the old one");
    require(
        store.find(key).equals(Optional.of(refreshed)), "the store did not keep the new tokens");
    say(
        "access token "
            + refreshed.accessToken()
            + " in place of "
            + tokens.accessToken()
            + ", refresh token "
            + (refreshed.refreshToken().equals(tokens.refreshToken()) ? "kept" : "rotated"));
    return refreshed;
  }

  private void revoke(TokenSet tokens) throws IOException, InterruptedException {
    begin("revoke");
    flow.revoke(tokens);
    store.delete(key);
    say("the grant is ended at Salesforce, and deleted from the store");

    begin("prove");
    requireDead(tokens);
    try {
      flow.refresh(tokens);
    } catch (OAuthException e) {
      require(e.needsReauthorization(), "the refusal does not ask for consent: " + e.getMessage());
      say("the access token answers 401 INVALID_SESSION_ID, and a refresh answers " + e.error());
      return;
    }
    throw new IllegalStateException("the refresh token still works");
  }

  private void requireDead(TokenSet tokens) throws IOException, InterruptedException {
    HttpResponse<String> response = rest.limits(tokens);
    require(
        response.statusCode() == 401 && response.body().contains("INVALID_SESSION_ID"),
        "the organisation answered " + response.statusCode() + " to a token that should be dead");
  }

  private void begin(String name) {
    step = name;
    steps++;
  }

  private void say(String text) {
    out.printf("%2d %-10s %s%n", steps, step, text);
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalStateException(otherwise);
    }
  }

  /** What differs between a fake organisation and a real one. */
  private interface Org {
    /** Takes a user through consent and returns where the browser came back. */
    URI consent(URI authorizationUrl) throws IOException, InterruptedException;

    /** Ends all sessions; false if that cannot be done. */
    boolean expireSessions();
  }

  private record FakeOrg(FakeSalesforce salesforce) implements Org {
    @Override
    public URI consent(URI authorizationUrl) {
      return salesforce.approve(authorizationUrl);
    }

    @Override
    public boolean expireSessions() {
      salesforce.expireSessions();
      return true;
    }
  }

  private record RealOrg(CallbackListener listener, PrintStream out) implements Org {
    @Override
    public URI consent(URI authorizationUrl) throws IOException, InterruptedException {
      out.println(
          "   Open the address above in a browser, if it does not open by itself, and consent.");
      openBrowser(authorizationUrl);
      return listener
          .await(PATIENCE)
          .orElseThrow(
              () ->
                  new IOException(
                      "nobody came back within "
                          + PATIENCE.toMinutes()
                          + " minutes. If the browser shows an error page of Salesforce, its address names the cause"));
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

    @Override
    public boolean expireSessions() {
      return false;
    }
  }
}
