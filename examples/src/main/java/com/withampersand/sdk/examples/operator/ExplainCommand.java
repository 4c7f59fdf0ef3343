package com.withampersand.sdk.examples.operator;

import com.withampersand.sdk.salesforce.error.SalesforceError;
import java.io.PrintStream;
import java.util.List;

/** Explains an error of Salesforce's: a code, a text, or the address of an error page. */
record ExplainCommand() implements Command {
  @Override
  public String help() {
    return "explains an error of Salesforce's: its code, its text, or the address of its page";
  }

  @Override
  public int run(List<String> arguments, Console console) {
    String pasted = String.join(" ", arguments).strip();
    if (pasted.isEmpty()) {
      throw new IllegalArgumentException(
          "Add the error: its code, its text, or the address of the page that shows it.");
    }
    SalesforceError error =
        SalesforceError.explain(pasted)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "There is no error in this text. Copy the error's code, or the address of the page, not its words."));
    print(error, console.out());
    return error.isKnown() ? Operator.FINE : Operator.FOUND;
  }

  private static void print(SalesforceError error, PrintStream out) {
    out.println(error.isKnown() ? error.entry().name() : "This error is not in the catalog.");
    out.println("  Meaning: " + error.meaning());
    error.causes().forEach(cause -> out.println("  Maybe:   " + cause));
    out.println("  Do:      " + error.remedy() + " (" + Words.of(error.actor()) + ")");
    out.println("  Page:    " + error.page());
  }
}
