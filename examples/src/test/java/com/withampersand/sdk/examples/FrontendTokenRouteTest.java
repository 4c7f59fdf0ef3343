package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.oauth.RsaKey;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class FrontendTokenRouteTest {
  /** A browser may ask for {@code groupRef=globex}; the route has no way to hear it. */
  @Test
  void token_whateverTheBrowserAsksFor_namesTheGroupOfTheSession() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    FrontendTokenRoute route =
        FrontendTokenRoute.of("kid-1", RsaKey.of(generator.generateKeyPair().getPrivate()).toPem());

    String token = route.token(new FrontendTokenRoute.Session("acme", "user-42"));

    String claims =
        new String(
            Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), StandardCharsets.UTF_8);
    assertThat(claims).contains("\"groupRef\":\"acme\"").contains("\"consumerRef\":\"user-42\"");
  }
}
