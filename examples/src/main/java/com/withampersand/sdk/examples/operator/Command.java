package com.withampersand.sdk.examples.operator;

import java.util.List;

/** One thing that an operator can ask for. */
interface Command {
  /** Returns what it does, and its options, in a few words. */
  String help();

  /**
   * Does it.
   *
   * @return the exit status
   * @throws IllegalArgumentException if an argument or a setting is wrong; the message is a
   *     sentence for the operator
   */
  int run(List<String> arguments, Console console);

  /** Refuses arguments that are not among the options of a command. */
  static void requireOptions(List<String> arguments, String... options) {
    List<String> known = List.of(options);
    for (String argument : arguments) {
      if (!known.contains(argument)) {
        throw new IllegalArgumentException(
            "\""
                + argument
                + "\" is no option of this command"
                + (known.isEmpty() ? "." : "; there are " + String.join(", ", known) + "."));
      }
    }
  }
}
