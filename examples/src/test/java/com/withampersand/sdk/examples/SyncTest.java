package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeResponse;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.FakesExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

// region test
@ExtendWith(FakesExtension.class)
class SyncTest {
  @Test
  void sync_sessionHasEnded_refreshes(FakeSalesforce salesforce) throws Exception {
    Product product = new Product(salesforce.environment()); // SALESFORCE_CLIENT_ID and the like
    product.connected(salesforce.approve(product.connectUrl())); // the user presses Allow
    salesforce.answer(
        "GET", "/services/data/v65.0/query", call -> FakeResponse.json("{\"records\":[]}"));

    salesforce.expireSessions(); // access tokens now get 401
    product.sync();

    assertThat(salesforce.grants().get(0).refreshes()).isEqualTo(1);
  }
}
// endregion
