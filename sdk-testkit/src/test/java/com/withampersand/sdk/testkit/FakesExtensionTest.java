package com.withampersand.sdk.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FakesExtension.class)
class FakesExtensionTest {
  private static final List<URI> USED = new ArrayList<>();

  private URI before = URI.create("http://localhost");

  @BeforeEach
  void remember(FakeSalesforce salesforce) {
    before = salesforce.uri();
  }

  @AfterEach
  void use(FakeSalesforce salesforce) {
    assertThat(salesforce.uri()).isEqualTo(before);
    USED.add(before);
  }

  @AfterAll
  static void allAreClosed() throws IOException {
    assertThat(USED).hasSizeGreaterThan(1).doesNotHaveDuplicates();
    for (URI uri : USED) {
      assertThat(refuses(uri)).isTrue();
    }
  }

  private static boolean refuses(URI uri) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort())) {
      return socket.isClosed();
    } catch (ConnectException e) {
      return true;
    }
  }

  @Test
  void parameter_salesforce_isTheTests(FakeSalesforce salesforce) throws Exception {
    assertThat(salesforce.uri()).isEqualTo(before);
    assertThat(new SalesforceClient(salesforce).connect().statusCode()).isEqualTo(200);
  }

  @Test
  void parameter_ampersand_belongsToTheSalesforce(
      FakeAmpersand ampersand, FakeSalesforce salesforce) throws Exception {
    ampersand.addProviderApp(
        "salesforce", salesforce.consumerKey(), salesforce.consumerSecret(), "api");
    URI url = URI.create(new ApiClient(ampersand).connect("acme", "jane").body());

    ampersand.complete(salesforce.approve(url));

    USED.add(ampersand.apiUri());
    assertThat(ampersand.connectionIds()).hasSize(1);
    assertThat(salesforce.uri()).isEqualTo(before);
  }
}
