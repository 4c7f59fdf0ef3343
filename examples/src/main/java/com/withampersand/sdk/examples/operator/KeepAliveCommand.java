package com.withampersand.sdk.examples.operator;

import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.KeepAliveReport;
import com.withampersand.sdk.token.refresh.SweepOptions;
import java.io.PrintStream;
import java.util.List;

/** Refreshes what is due, once. */
record KeepAliveCommand() implements Command {
  @Override
  public String help() {
    return "refreshes the grants that are due";
  }

  @Override
  public int run(List<String> arguments, Console console) {
    Command.requireOptions(arguments);
    try (KeptGrants grants = KeptGrants.open(console.environment())) {
      ProgressBar bar = new ProgressBar(console, "keep-alive", grants.countDue());
      KeepAliveReport report = sweep(grants.tokens(), bar);
      bar.close();
      return print(report, console.out());
    }
  }

  private static KeepAliveReport sweep(FreshTokens tokens, ProgressBar bar) {
    // region progress
    KeepAliveReport report =
        tokens.keepAlive(SweepOptions.defaults().onProgress(connection -> bar.add(1)));
    // endregion
    return report;
  }

  private static int print(KeepAliveReport report, PrintStream out) {
    for (KeepAliveReport.Failure failure : report.failures()) {
      out.println(Words.of(failure.connection()) + ": " + failure.exception().getMessage());
    }
    out.println(
        "%d due: %d refreshed, %d settled, %d not due any more, %d of other apps, %d failed"
            .formatted(
                report.seen(),
                report.refreshed(),
                report.settled(),
                report.notDue(),
                report.foreign(),
                report.failed()));
    if (!report.isComplete()) {
      out.println("The time was over before all were seen. Run this again.");
    }
    return report.failed() == 0 && report.isComplete() ? Operator.FINE : Operator.FOUND;
  }
}
