package com.withampersand.sdk.examples.operator;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.examples.RegisterSalesforceApp;
import com.withampersand.sdk.platform.ApplyResult;
import com.withampersand.sdk.platform.ApplyResult.Outcome;
import java.util.List;

/** Makes Ampersand hold the app. */
record RegisterCommand() implements Command {
  @Override
  public String help() {
    return "makes the Ampersand project hold the app [--plan] [--send-secret]";
  }

  @Override
  public int run(List<String> arguments, Console console) {
    try {
      ApplyResult result =
          RegisterSalesforceApp.register(arguments, console.environment(), console.out());
      boolean isToDo = arguments.contains("--plan") && result.outcome() != Outcome.UNCHANGED;
      return isToDo ? Operator.FOUND : Operator.FINE;
    } catch (AmpersandException e) {
      if (e.isRetryable() || e instanceof InvalidProviderAppException) {
        throw e;
      }
      console.err().println("Failed: " + e.getMessage());
      return Operator.FOUND;
    }
  }
}
