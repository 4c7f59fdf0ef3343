package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.SalesforceClient.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandaloneFakesTest {
  private static final String APP = "consumer.key=key\nconsumer.secret=secret\n";

  private static Properties properties(String text) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(APP + text));
    return properties;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void start_allSettings_areObeyed(@TempDir Path directory) throws Exception {
    int port = freePort();
    Path certificate = directory.resolve("ca.pem");
    String text =
        """
        port=%d
        ampersand.port=0
        ampersand.key=api-key
        ampersand.project=proj-1
        callbacks=http://localhost:8080/callback, http://localhost:3000/callback
        scopes=api refresh_token
        session.timeout=PT15M
        refresh.tokens=ROTATE_AND_REVOKE_ON_REUSE
        reuse.grace=PT1M
        pkce.required=false
        approve.automatically=true
        orgs=acme, beta acme--dev
        acme.users=ada@acme.example
        beta.hosts=crm.beta.example
        certificate.file=%s
        """
            .formatted(port, certificate);

    try (StandaloneFakes fakes = StandaloneFakes.start(properties(text))) {
      FakeSalesforce salesforce = fakes.salesforce();
      HttpResponse<String> tokens = new SalesforceClient(salesforce).connect();
      HttpResponse<String> refreshed =
          new SalesforceClient(salesforce).refresh(member(tokens, "refresh_token").orElseThrow());

      assertThat(salesforce.uri().getPort()).isEqualTo(port);
      assertThat(member(refreshed, "refresh_token")).isPresent();
      assertThat(salesforce.orgs())
          .extracting(FakeOrg::name)
          .containsExactly("acme", "beta", "acme--dev");
      assertThat(salesforce.org("acme").users()).hasSize(2);
      assertThat(Files.readString(certificate)).isEqualTo(salesforce.certificateAuthority());
      assertThat(fakes.ampersand().orElseThrow().environment())
          .containsEntry("AMP_API_KEY", "api-key")
          .containsEntry("AMP_PROJECT", "proj-1");
    }
  }

  @Test
  void print_namesEveryAddressAndNoSecret() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String text = "orgs=acme\nampersand.port=0\nampersand.key=api-key";

    try (StandaloneFakes fakes = StandaloneFakes.start(properties(text))) {
      fakes.print(new PrintStream(out, true, StandardCharsets.UTF_8));

      FakeSalesforce salesforce = fakes.salesforce();
      FakeAmpersand ampersand = fakes.ampersand().orElseThrow();
      assertThat(out.toString(StandardCharsets.UTF_8).lines())
          .containsExactly(
              "org acme: " + salesforce.uri() + " and https://acme.my.salesforce.com",
              "proxy: " + salesforce.proxyUri(),
              "ampersand: " + ampersand.apiUri(),
              "ampersand callback: " + ampersand.callbackUri(),
              "ready: " + salesforce.uri());
    }
  }

  @Test
  void start_wrongSettings_areNamed() {
    for (String text :
        new String[] {
          "sesion.timeout=PT1H",
          "session.timeout=1 hour",
          "orgs=acme\nbeta.users=x",
          "orgs=acme\nacme.port=1",
          "pkce.required=yes",
          "refresh.tokens=SOMETIMES",
          "ampersand.port=0",
          "consumer.key="
        }) {
      String last = text.substring(text.lastIndexOf('\n') + 1);
      String name = last.equals("ampersand.port=0") ? "ampersand.key" : last.split("=", 2)[0];
      assertThatIllegalArgumentException()
          .isThrownBy(() -> StandaloneFakes.start(properties(text)))
          .withMessageContaining(name);
    }
  }

  @Test
  void main_withoutFile_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> StandaloneFakes.main(new String[0]));
  }
}
