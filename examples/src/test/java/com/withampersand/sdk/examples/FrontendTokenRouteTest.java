package com.withampersand.sdk.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrontendTokenRouteTest {
  private final KeyPair keys = keys();
  private final Secret privateKey = RsaKey.of(keys.getPrivate()).toPem();
  @TempDir private Path directory;

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** A browser may ask for {@code groupRef=globex}; the route has no way to hear it. */
  @Test
  void token_whateverTheBrowserAsksFor_namesTheGroupOfTheSession() {
    FrontendTokenRoute route = FrontendTokenRoute.of("kid-1", privateKey);

    String token = route.token(new FrontendTokenRoute.Session("acme", "user-42"));

    String claims = new String(decoded(token.split("\\.", -1)[1]), UTF_8);
    assertThat(claims).contains("\"groupRef\":\"acme\"").contains("\"consumerRef\":\"user-42\"");
  }

  @Test
  void register_fileOfOpenSsl_isTheKeyThatChecksTheTokens() throws Exception {
    Path file = Files.writeString(directory.resolve("public_key.pem"), pem(keys.getPublic()));
    try (FakeSalesforce salesforce = FakeSalesforce.start();
        FakeAmpersand fake = FakeAmpersand.start(salesforce)) {
      AmpersandClient ampersand =
          AmpersandClient.builder(fake.projectName(), Secret.of(fake.apiKey()))
              .baseUrl(fake.apiUri())
              .build();

      String kid = FrontendTokenRoute.register(ampersand, file);
      String token =
          FrontendTokenRoute.of(kid, privateKey)
              .token(new FrontendTokenRoute.Session("acme", "user-42"));

      assertThat(ampersand.jwtKeys().find(kid).orElseThrow().members())
          .containsEntry("publicKeyPem", pem(keys.getPublic()));
      assertThat(isSignedBy(keys.getPublic(), token)).isTrue();
    }
  }

  /** As {@code openssl pkey -pubout} writes it. */
  private static String pem(PublicKey key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  private static boolean isSignedBy(PublicKey key, String token) throws Exception {
    int end = token.lastIndexOf('.');
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(key);
    signature.update(token.substring(0, end).getBytes(US_ASCII));
    return signature.verify(decoded(token.substring(end + 1)));
  }

  private static byte[] decoded(String part) {
    return Base64.getUrlDecoder().decode(part);
  }
}
