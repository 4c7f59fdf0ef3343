package com.withampersand.sdk.examples;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * The whole way of a Salesforce connection, from the app to the end of its grant. Without
 * configuration it runs both ways against a fake Salesforce and a fake Ampersand on this machine;
 * with {@code SALESFORCE_CLIENT_ID} and {@code SALESFORCE_CLIENT_SECRET} set, the first way against
 * a real org.
 */
public final class Quickstart {
  private Quickstart() {}

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
    return settings.isPresent() ? runForReal(settings.get(), out) : runOnFakes(out);
  }

  private static int runOnFakes(PrintStream out) throws Exception {
    try (FakeSalesforce salesforce = FakeSalesforce.start();
        FakeAmpersand ampersand = FakeAmpersand.start(salesforce)) {
      out.println("Ampersand SDK quickstart: a fake Salesforce listens at " + salesforce.uri());
      Steps steps = new Steps(out);
      return steps.run(
          () -> {
            steps.title("The first way: your back end runs the callback and keeps the tokens.");
            LoginHost host = LoginHost.custom(salesforce.uri());
            new OwnCallback(app(salesforce), host, new Org.Fake(salesforce), steps).walk();
            steps.title("The second way: Ampersand runs the callback and keeps the tokens.");
            new AmpersandsCallback(salesforce, ampersand, steps).walk();
          });
    }
  }

  private static SalesforceApp app(FakeSalesforce salesforce) {
    return SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
        .scopes("api", "id", "refresh_token")
        .callback(URI.create("http://localhost:8080/callback"))
        .build();
  }

  private static int runForReal(QuickstartSettings settings, PrintStream out) throws Exception {
    URI callback = settings.app().callbackUri();
    out.println("Ampersand SDK quickstart: a real org, by " + settings.host());
    out.println("The app has to have this callback registered, with PKCE unticked: " + callback);
    try (CallbackListener listener = CallbackListener.listen(callback)) {
      Steps steps = new Steps(out);
      Org org = new Org.Real(listener, out);
      return steps.run(new OwnCallback(settings.app(), settings.host(), org, steps)::walk);
    } catch (IOException e) {
      out.println(
          "Cannot start: no program can listen at "
              + callback
              + " ("
              + e.getMessage()
              + "). Stop what does, or set SALESFORCE_CALLBACK.");
      return 2;
    }
  }
}
