package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeOrg;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.FakeUser;
import com.withampersand.sdk.testkit.FakesExtension;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FakesExtension.class)
class RealAddressesTest {
  @Test
  void hosts_ofManyCustomers_areReachedByTheClient(FakeSalesforce salesforce) throws Exception {
    // region hosts
    FakeOrg acme = salesforce.addOrg("acme");
    FakeOrg sandbox = salesforce.addOrg("acme--dev");
    FakeUser ada = acme.addUser("ada@acme.example");
    acme.addHost("crm.acme.example");

    HttpClient client = salesforce.httpClient(); // give it to your product
    // endregion

    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://crm.acme.example/services/data")).build();
    assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
    assertThat(ada.org()).isSameAs(acme);
    assertThat(sandbox.isSandbox()).isTrue();
  }
}
