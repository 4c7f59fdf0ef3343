package com.withampersand.sdk.spring;

import com.withampersand.sdk.AmpersandException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows what is set up wrong in place of a stack trace. */
final class SetupFailureAnalyzer extends AbstractFailureAnalyzer<SetupException> {
  @Override
  protected FailureAnalysis analyze(Throwable root, SetupException cause) {
    return new FailureAnalysis(String.valueOf(cause.getMessage()), action(cause), cause);
  }

  private static @Nullable String action(SetupException failure) {
    return failure.getCause() instanceof AmpersandException cause
        ? "See " + cause.page() + " in the documentation of the SDK."
        : null;
  }
}
