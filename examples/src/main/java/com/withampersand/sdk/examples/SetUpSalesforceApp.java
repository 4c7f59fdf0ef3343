package com.withampersand.sdk.examples;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.salesforce.SalesforceAppSettings;
import com.withampersand.sdk.salesforce.doctor.DoctorReport;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Level;
import com.withampersand.sdk.salesforce.doctor.SalesforceDoctor;
import com.withampersand.sdk.salesforce.metadata.MetadataChanges;
import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Sets up a Salesforce app without a click: writes it as files that Salesforce's command line
 * deploys, checks what was retrieved, and registers it at Ampersand.
 *
 * <p>{@code write DIR} makes a Salesforce project in a directory; {@code --overwrite} changes files
 * that say something else, {@code --packaged} makes an app to distribute in a package, and {@code
 * --connected-app} a Connected App. {@code check DIR} compares the app in a directory or zip with
 * the declared one. {@code register DIR} checks it, takes the Consumer Key from the files (not from
 * the environment), and runs {@link RegisterSalesforceApp}.
 *
 * <p>The environment describes the app: {@code SALESFORCE_CONTACT_EMAIL}, and if wanted {@code
 * SALESFORCE_APP_NAME} ({@code Ampersand_Integration}), {@code SALESFORCE_APP_LABEL}, and what
 * {@link SalesforceAppSettings#fromEnvironment} reads. Ends with status 0, with 1 if something was
 * found or the app could not be registered, and with 2 if it could not run.
 */
public final class SetUpSalesforceApp {
  private static final List<String> COMMANDS = List.of("write", "check", "register");
  private static final List<String> OPTIONS =
      List.of("--overwrite", "--packaged", "--connected-app");
  private static final String SOURCE = "force-app/main/default";

  private final List<String> options;
  private final Map<String, String> environment;
  private final PrintStream out;

  private SetUpSalesforceApp(
      List<String> options, Map<String, String> environment, PrintStream out) {
    this.options = options;
    this.environment = environment;
    this.out = out;
  }

  /** Runs. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.getenv(), System.out));
  }

  /** Returns the exit status. */
  static int run(List<String> arguments, Map<String, String> environment, PrintStream out) {
    try {
      List<String> words = arguments.stream().filter(word -> !word.startsWith("-")).toList();
      List<String> options = arguments.stream().filter(word -> word.startsWith("-")).toList();
      requireKnown(words, options);
      return new SetUpSalesforceApp(options, environment, out)
          .run(words.get(0), Path.of(words.get(1)));
    } catch (IllegalArgumentException | InvalidProviderAppException | UncheckedIOException e) {
      out.println("Cannot run: " + e.getMessage());
      return 2;
    }
  }

  private static void requireKnown(List<String> words, List<String> options) {
    if (words.size() != 2 || !COMMANDS.contains(words.get(0))) {
      throw new IllegalArgumentException("the commands are write DIR, check DIR and register DIR");
    }
    for (String option : options) {
      if (!OPTIONS.contains(option)) {
        throw new IllegalArgumentException(
            "unknown option " + option + "; the options are " + String.join(", ", OPTIONS));
      }
    }
  }

  private int run(String command, Path directory) {
    SalesforceAppMetadata declared = declared();
    return switch (command) {
      case "write" -> write(declared, directory);
      case "check" -> check(declared, directory);
      default -> register(declared, directory);
    };
  }

  private SalesforceAppMetadata declared() {
    Settings settings = new Settings(environment);
    String name = settings.optional("SALESFORCE_APP_NAME").orElse("Ampersand_Integration");
    SalesforceAppMetadata.Builder app =
        SalesforceAppMetadata.builder(
                name,
                settings.required("SALESFORCE_CONTACT_EMAIL"),
                SalesforceAppSettings.fromEnvironment(environment))
            .label(settings.optional("SALESFORCE_APP_LABEL").orElse(name));
    if (options.contains("--packaged")) {
      app.packaged();
    }
    if (options.contains("--connected-app")) {
      app.asConnectedApp();
    }
    return app.build();
  }

  private int write(SalesforceAppMetadata declared, Path project) {
    Path source = project.resolve(SOURCE);
    boolean overwrites = options.contains("--overwrite");
    MetadataChanges plan = declared.plan(source);
    if (plan.overwrites() && !overwrites) {
      out.println(plan);
      out.println("Files differ, so nothing was written. --overwrite changes them.");
      return 2;
    }
    out.println(overwrites ? declared.overwrite(source) : declared.writeTo(source));
    makeProject(project);
    out.println(
        """

        Deploy it, in %s:
          sf org login web --alias my-org
          sf project deploy start --manifest %s/package.xml --target-org my-org
        Retrieve it, beside the source, since what is retrieved holds the Consumer Key:
          sf project retrieve start --manifest %s/package.xml --target-org my-org --output-dir retrieved
        Read the Consumer Key, and compare:
          mvn -q -pl examples -am compile exec:java -Dexec.mainClass=%s -Dexec.args="check %s%s\""""
            .formatted(
                project,
                SOURCE,
                SOURCE,
                SetUpSalesforceApp.class.getName(),
                project.resolve("retrieved"),
                kind()));
    return 0;
  }

  /** What was written with an option is compared with it. */
  private String kind() {
    return options.stream()
        .filter(option -> !option.equals("--overwrite"))
        .map(option -> " " + option)
        .collect(Collectors.joining());
  }

  /** Salesforce's command line works in a project only. */
  private static void makeProject(Path project) {
    Path file = project.resolve("sfdx-project.json");
    try {
      if (!Files.exists(file)) {
        Files.writeString(
            file, "{ \"packageDirectories\": [{ \"path\": \"force-app\", \"default\": true }] }\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int check(SalesforceAppMetadata declared, Path directory) {
    return report(SalesforceAppMetadata.read(directory, declared.name()), declared).isHealthy()
        ? 0
        : 1;
  }

  private DoctorReport report(SalesforceAppMetadata found, SalesforceAppMetadata declared) {
    DoctorReport report = SalesforceDoctor.check(found, declared);
    out.print(report);
    out.println(
        found
            .consumerKey()
            .map(key -> "\nConsumer Key: " + key)
            .orElse("\nThe files do not hold the Consumer Key: retrieve the app first."));
    return report;
  }

  /** A warning does not keep an app from being registered. */
  private int register(SalesforceAppMetadata declared, Path directory) {
    SalesforceAppMetadata found = SalesforceAppMetadata.read(directory, declared.name());
    boolean isBroken =
        report(found, declared).findings().stream()
            .anyMatch(finding -> finding.level() == Level.ERROR);
    if (isBroken || found.consumerKey().isEmpty()) {
      out.println(
          isBroken ? "Not registered: fix the errors first." : "Not registered: there is no key.");
      return 1;
    }
    Map<String, String> withKey = new HashMap<>(environment);
    withKey.put("SALESFORCE_CLIENT_ID", found.consumerKey().get());
    return RegisterSalesforceApp.run(List.of(), withKey, out);
  }
}
