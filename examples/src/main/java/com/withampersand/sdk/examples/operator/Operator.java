package com.withampersand.sdk.examples.operator;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.InvalidProviderAppException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Shows and keeps up the grants of a store: {@code status}, {@code doctor}, {@code explain}, {@code
 * register}, {@code keep-alive} and {@code reseal}; {@code help} tells what each does and which
 * variables of the environment it reads.
 *
 * <p>Ends with status 0 if there is nothing to do, with 1 if it found something that a person has
 * to do, with 2 if an argument or a setting is wrong, and with 3 if a server or the store failed in
 * a way that may pass, or if something unexpected happened. Results go to the standard output,
 * everything else to the standard error. No secret is printed.
 */
public final class Operator {
  static final int FINE = 0;
  static final int FOUND = 1;
  static final int WRONG_USE = 2;
  static final int NOT_REACHED = 3;

  /** PostgreSQL's driver logs an address that it cannot read, and with it a password. */
  private static final Logger DRIVER_LOG = Logger.getLogger("org.postgresql");

  private static final Map<String, Command> COMMANDS = commands();

  private Operator() {}

  /** Runs. */
  public static void main(String[] args) {
    DRIVER_LOG.setLevel(Level.OFF);
    Console console = new Console(System.getenv(), System.out, System.err, isTerminal());
    System.exit(run(List.of(args), console));
  }

  /** On some JDKs there is a console without a terminal; a scheduler then has no TERM. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    return System.console() != null && !System.getenv().getOrDefault("TERM", "dumb").equals("dumb");
  }

  /** Returns the exit status. */
  static int run(List<String> arguments, Console console) {
    try {
      return command(arguments).run(arguments.subList(1, arguments.size()), console);
    } catch (IllegalArgumentException | InvalidProviderAppException e) {
      return failed(console.err(), "Wrong use: ", e, WRONG_USE);
    } catch (AmpersandException e) {
      return failed(console.err(), "Failed: ", e, NOT_REACHED);
    } catch (RuntimeException e) { // its message may quote anything
      console.err().println("Failed unexpectedly: " + e.getClass().getName());
      return NOT_REACHED;
    }
  }

  private static int failed(PrintStream err, String prefix, RuntimeException e, int status) {
    err.println(prefix + e.getMessage());
    return status;
  }

  private static Command command(List<String> arguments) {
    String name = arguments.isEmpty() ? "" : arguments.get(0);
    Command command = COMMANDS.get(name);
    if (command == null) {
      throw new IllegalArgumentException(
          (name.isEmpty() ? "Name a command" : "\"" + name + "\" is no command")
              + "; there are "
              + String.join(", ", COMMANDS.keySet())
              + ".");
    }
    return command;
  }

  private static Map<String, Command> commands() {
    Map<String, Command> commands = new LinkedHashMap<>();
    commands.put("status", new StatusCommand());
    commands.put("doctor", new DoctorCommand());
    commands.put("explain", new ExplainCommand());
    commands.put("register", new RegisterCommand());
    commands.put("keep-alive", new KeepAliveCommand());
    commands.put("reseal", new ResealCommand());
    commands.put("help", new HelpCommand());
    return commands;
  }

  /** Tells what there is. */
  private record HelpCommand() implements Command {
    @Override
    public String help() {
      return "prints this";
    }

    @Override
    public int run(List<String> arguments, Console console) {
      Command.requireOptions(arguments);
      console.out().println("Usage: operator COMMAND [OPTION]...\n");
      console
          .out()
          .println(
              COMMANDS.entrySet().stream()
                  .map(each -> "  %-11s %s".formatted(each.getKey(), each.getValue().help()))
                  .collect(Collectors.joining("\n")));
      console.out().print(VARIABLES);
      return FINE;
    }
  }

  private static final String VARIABLES =
      """

      The app:       SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET, SALESFORCE_LOGIN_HOST, SALESFORCE_SCOPES (api refresh_token if not set),
                     SALESFORCE_CALLBACK, SALESFORCE_PKCE, SALESFORCE_PACKAGE_INSTALL_URL
      The store:     TOKEN_STORE (file:DIRECTORY or jdbc:...), TOKEN_TABLE, TOKEN_STORE_USER, TOKEN_STORE_PASSWORD,
                     TOKEN_IDLE (when keep-alive refreshes, such as P7D)
      The keys:      TOKEN_KEYS (NAME=KEY, separated by commas; the first one writes, the others are read)
      Ampersand:     AMP_PROJECT, AMP_API_KEY, AMP_API_URL

      Set what your product sets: register sends scopes and install address, doctor compares all of the app, and a key is found by its name.

      Exit status:   0 nothing to do, 1 found something to do, 2 wrong argument or setting, 3 a server or the store failed: try again
      """;
}
