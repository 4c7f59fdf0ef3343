package com.withampersand.sdk.examples;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.salesforce.doctor.DoctorReport;
import com.withampersand.sdk.salesforce.doctor.SalesforceDoctor;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks a Salesforce app's set-up, as the environment describes it: {@code SALESFORCE_CLIENT_ID},
 * {@code SALESFORCE_CLIENT_SECRET}, and if wanted {@code SALESFORCE_SCOPES}, {@code
 * SALESFORCE_CALLBACK}, {@code SALESFORCE_PKCE}, {@code SALESFORCE_LOGIN_HOST} and {@code
 * SALESFORCE_PACKAGE_INSTALL_URL}. Where {@code AMP_PROJECT} is set, with {@code AMP_API_KEY} and
 * perhaps {@code AMP_API_URL}, it compares with what Ampersand holds. It needs no user and changes
 * nothing.
 *
 * <p>{@code --json} prints for machines, {@code --offline} sends nothing, {@code --pkce} says that
 * the program uses PKCE, and {@code --external-client-app} that the app is one. Ends with status 0
 * if nothing was found, with 1 if something was, with 2 if an argument or a variable is wrong, and
 * with 3 if a server could not be asked and nothing else was found.
 */
public final class CheckSalesforceApp {
  private static final List<String> OPTIONS =
      List.of("--json", "--offline", "--pkce", "--external-client-app");

  private CheckSalesforceApp() {}

  /** Runs. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.getenv(), System.out, System.err));
  }

  /** Runs, and returns the exit status. */
  public static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    try {
      requireKnown(arguments);
      DoctorReport report = examine(doctor(arguments, environment), arguments);
      out.print(arguments.contains("--json") ? report.toJson() + "\n" : report);
      return status(report);
    } catch (IllegalArgumentException | InvalidProviderAppException e) {
      err.println("Cannot run: " + e.getMessage());
      return 2;
    } catch (AmpersandException e) {
      err.println("Failed: " + e.getMessage());
      return 3;
    }
  }

  private static int status(DoctorReport report) {
    if (report.isHealthy()) {
      return 0;
    }
    return report.findings().stream().allMatch(finding -> finding.code().endsWith("-not-checked"))
        ? 3
        : 1;
  }

  private static void requireKnown(List<String> arguments) {
    for (String argument : arguments) {
      if (!OPTIONS.contains(argument)) {
        throw new IllegalArgumentException(
            "\"" + argument + "\" is no option; there are " + String.join(", ", OPTIONS));
      }
    }
  }

  private static SalesforceDoctor doctor(List<String> arguments, Map<String, String> environment) {
    SalesforceDoctor.Builder doctor = SalesforceDoctor.builderFromEnvironment(environment);
    Optional<String> project = new Settings(environment).optional("AMP_PROJECT");
    project
        .map(name -> AmpersandClient.builderFromEnvironment(name, environment).build())
        .ifPresent(doctor::ampersand);
    if (arguments.contains("--pkce")) {
      doctor.withPkce();
    }
    if (arguments.contains("--external-client-app")) {
      doctor.externalClientApp();
    }
    return doctor.build();
  }

  private static DoctorReport examine(SalesforceDoctor doctor, List<String> arguments) {
    return arguments.contains("--offline") ? doctor.examineOffline() : doctor.examine();
  }
}
