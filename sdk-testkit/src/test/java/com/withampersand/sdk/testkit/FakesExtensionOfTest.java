package com.withampersand.sdk.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FakesExtensionOfTest {
  @RegisterExtension
  static final FakesExtension FAKES =
      FakesExtension.of(() -> FakeSalesforce.builder().org("acme").start());

  @Test
  void of_startsATestsOwnSalesforce(FakeSalesforce salesforce) {
    assertThat(salesforce.org().name()).isEqualTo("acme");
  }
}
