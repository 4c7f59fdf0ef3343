package com.withampersand.sdk.examples.operator;

import com.withampersand.sdk.examples.RegisterSalesforceApp;
import java.util.List;

/** Makes Ampersand hold the app. */
record RegisterCommand() implements Command {
  @Override
  public String help() {
    return "makes the Ampersand project hold the app [--plan] [--send-secret]";
  }

  @Override
  public int run(List<String> arguments, Console console) {
    RegisterSalesforceApp.register(arguments, console.environment(), console.out());
    return Operator.FINE;
  }
}
