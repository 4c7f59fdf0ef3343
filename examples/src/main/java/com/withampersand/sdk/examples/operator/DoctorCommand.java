package com.withampersand.sdk.examples.operator;

import com.withampersand.sdk.examples.CheckSalesforceApp;
import java.util.List;

/** Checks the app's setup. */
record DoctorCommand() implements Command {
  @Override
  public String help() {
    return "checks the app without a user [--json] [--offline] [--pkce] [--external-client-app]";
  }

  @Override
  public int run(List<String> arguments, Console console) {
    return CheckSalesforceApp.run(arguments, console.environment(), console.out(), console.err());
  }
}
