package com.withampersand.sdk.examples.operator;

import com.withampersand.sdk.AmpersandException;
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
    try (KeptGrants grants = KeptGrants.open(console)) {
      KeepAliveReport report = sweep(grants, console);
      print(report, console.out());
      return status(report);
    }
  }

  private static KeepAliveReport sweep(KeptGrants grants, Console console) {
    try (ProgressBar bar = new ProgressBar(console, "keep-alive", grants.countDue())) {
      return sweep(grants.tokens(), bar);
    }
  }

  private static KeepAliveReport sweep(FreshTokens tokens, ProgressBar bar) {
    // region progress
    KeepAliveReport report =
        tokens.keepAlive(SweepOptions.defaults().onProgress(connection -> bar.add(1)));
    // endregion
    return report;
  }

  private static void print(KeepAliveReport report, PrintStream out) {
    for (KeepAliveReport.Failure failure : report.failures()) {
      out.println(Words.of(failure.connection()) + ": " + message(failure.exception()));
    }
    long more = report.failed() - report.failures().size();
    if (more > 0) {
      out.println("and " + more + " more");
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
  }

  /** The message of a call's failure names the connection; its cause says the same without. */
  private static String message(RuntimeException failure) {
    return String.valueOf(
        failure instanceof AmpersandException call
                && call.connection().isPresent()
                && call.getCause() instanceof AmpersandException cause
            ? cause.getMessage()
            : failure.getMessage());
  }

  private static int status(KeepAliveReport report) {
    if (!report.failures().stream().allMatch(KeepAliveCommand::mayPass)) {
      return Operator.FOUND;
    }
    return report.failed() == 0 && report.isComplete() ? Operator.FINE : Operator.NOT_REACHED;
  }

  private static boolean mayPass(KeepAliveReport.Failure failure) {
    return failure.exception() instanceof AmpersandException known && known.isRetryable();
  }
}
