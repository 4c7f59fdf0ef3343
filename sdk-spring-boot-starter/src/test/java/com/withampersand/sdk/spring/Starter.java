package com.withampersand.sdk.spring;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.token.crypto.TokenCipher;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Applications with the starter, for its tests. */
final class Starter {
  static final String CLIENT_ID = "3MVG9" + "x".repeat(80);
  static final String CLIENT_SECRET = "A1B2C3D4E5F60718".repeat(4);
  static final String TOKENS_KEY = TokenCipher.newKey().reveal();
  static final String STATES_KEY = StateSigner.newKey().reveal();
  static final ConnectionKey ACME = new ConnectionKey("salesforce", "acme", "admin");

  private Starter() {}

  /** Returns an application that names its app, and has no database. */
  static ApplicationContextRunner withoutDatabase() {
    return empty()
        .withPropertyValues(
            "ampersand.salesforce.client-id=" + CLIENT_ID,
            "ampersand.salesforce.client-secret=" + CLIENT_SECRET,
            "ampersand.tokens.key=" + TOKENS_KEY);
  }

  /** Returns an application with all that it needs, and a database of its own. */
  static ApplicationContextRunner complete() {
    return withoutDatabase()
        .withPropertyValues("spring.datasource.generate-unique-name=true")
        .withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class));
  }

  /** Returns an application that has the starter and nothing else. */
  static ApplicationContextRunner empty() {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                AmpersandAutoConfiguration.class,
                AmpersandHealthAutoConfiguration.class,
                AmpersandMetricsAutoConfiguration.class,
                AmpersandRestClientAutoConfiguration.class,
                AmpersandSecretsAutoConfiguration.class,
                AmpersandWebAutoConfiguration.class));
  }

  /** Returns what a developer reads in place of a stack trace. */
  static String shown(@Nullable Throwable failure) {
    Objects.requireNonNull(failure, "the application started");
    FailureAnalysis setup = new SetupFailureAnalyzer().analyze(failure);
    FailureAnalysis found = setup == null ? new PropertyFailureAnalyzer().analyze(failure) : setup;
    if (found == null) {
      throw new AssertionError("no analyzer knows it", failure);
    }
    return found.getDescription();
  }
}
