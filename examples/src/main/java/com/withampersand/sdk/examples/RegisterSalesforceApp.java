package com.withampersand.sdk.examples;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.ApplyResult;
import com.withampersand.sdk.platform.ProviderApps.SecretPolicy;
import com.withampersand.sdk.salesforce.SalesforceApp;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * Makes an Ampersand project hold a Salesforce app, as the environment describes it: {@code
 * AMP_API_KEY}, {@code AMP_PROJECT}, {@code SALESFORCE_CLIENT_ID}, {@code
 * SALESFORCE_CLIENT_SECRET}, and if wanted {@code SALESFORCE_SCOPES}, {@code
 * SALESFORCE_PACKAGE_INSTALL_URL} and {@code AMP_API_URL}. It prints what it is going to do before
 * it does it.
 *
 * <p>{@code --plan} stops after the plan; {@code --send-secret} sends the Consumer Secret of an app
 * that is registered already. Ends with status 0, with 1 if Ampersand could not be brought to it,
 * and with 2 if it could not start.
 */
public final class RegisterSalesforceApp {
  private static final List<String> OPTIONS = List.of("--plan", "--send-secret");

  private RegisterSalesforceApp() {}

  /** Runs. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.getenv(), System.out));
  }

  /** Returns the exit status. */
  static int run(List<String> arguments, Map<String, String> environment, PrintStream out) {
    Registration registration;
    try {
      registration = Registration.of(arguments, environment);
    } catch (IllegalArgumentException | InvalidProviderAppException e) {
      out.println("Cannot start: " + e.getMessage());
      return 2;
    }
    try {
      registration.run(out);
      return 0;
    } catch (AmpersandException e) {
      out.println("Failed: " + e.getMessage());
      return 1;
    }
  }

  /**
   * Registers, and prints what it does.
   *
   * @return what it did, or with {@code --plan} what it would do
   * @throws IllegalArgumentException if an argument or a variable is wrong
   * @throws InvalidProviderAppException if the app is set up wrong
   * @throws AmpersandException if Ampersand refuses or does not answer
   */
  public static ApplyResult register(
      List<String> arguments, Map<String, String> environment, PrintStream out) {
    return Registration.of(arguments, environment).run(out);
  }

  /** What is to be registered where. Making it sends nothing. */
  private record Registration(
      SalesforceApp app, AmpersandClient ampersand, SecretPolicy secret, boolean isPlan) {
    static Registration of(List<String> arguments, Map<String, String> environment) {
      requireKnown(arguments);
      SalesforceApp app = SalesforceApp.fromEnvironment(environment);
      String project = new Settings(environment).required("AMP_PROJECT");
      return new Registration(
          app,
          AmpersandClient.builderFromEnvironment(project, environment).build(),
          arguments.contains("--send-secret") ? SecretPolicy.SEND : SecretPolicy.KEEP,
          arguments.contains("--plan"));
    }

    private static void requireKnown(List<String> arguments) {
      for (String argument : arguments) {
        if (!OPTIONS.contains(argument)) {
          throw new IllegalArgumentException(
              "\"" + argument + "\" is no option; there are " + String.join(" and ", OPTIONS));
        }
      }
    }

    ApplyResult run(PrintStream out) {
      out.println("Salesforce app " + app.clientId() + " in " + ampersand);
      ApplyResult plan = ampersand.providerApps().plan(app, secret);
      out.println("Plan: " + plan);
      if (secret == SecretPolicy.KEEP && plan.app().isPresent()) {
        out.println("The Consumer Secret cannot be compared; --send-secret sends it.");
      }
      if (isPlan) {
        return plan;
      }
      ApplyResult done = ampersand.providerApps().apply(app, secret);
      out.println("Done: " + done);
      return done;
    }
  }
}
