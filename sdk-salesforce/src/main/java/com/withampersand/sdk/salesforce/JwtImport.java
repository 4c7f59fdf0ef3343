package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.JwtSigner;
import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.platform.ConnectionImport;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** What Ampersand's provider {@code salesforceJWT} asks for. */
final class JwtImport {
  private static final String PROVIDER = "salesforceJWT";

  private JwtImport() {}

  static ConnectionImport.Builder of(
      ConnectionKey key, LoginHost host, String consumerKey, String username, JwtSigner signer) {
    Map<String, Secret> values = new LinkedHashMap<>();
    values.put("clientId", Secret.of(consumerKey));
    values.put("username", Secret.of(requireUsername(username)));
    values.put("privateKey", base64(requireKey(signer).toPem()));
    return ConnectionImport.customAuth(
            new ConnectionKey(PROVIDER, key.groupRef(), key.consumerRef()), values)
        .workspaceRef(requireWorkspace(host));
  }

  private static String requireUsername(String username) {
    if (username.isBlank() || !username.equals(username.strip())) {
      throw new IllegalArgumentException(
          "the username must be the one by which the user signs in, without blanks around it");
    }
    return username;
  }

  private static RsaKey requireKey(JwtSigner signer) {
    if (signer instanceof RsaKey key) {
      return key;
    }
    throw new IllegalStateException(
        "Ampersand needs the private key itself, which the signer of this flow does not give away:"
            + " build a flow with an RsaKey whose certificate is on the app's page.");
  }

  /** Where users consent, Ampersand has a default: the host at which they choose their org. */
  private static String requireWorkspace(LoginHost host) {
    return host.workspaceRef()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    host.shown()
                        + " does not name an org. Give the org's My Domain, such as"
                        + " LoginHost.myDomain(\"acme\")."));
  }

  private static Secret base64(Secret pem) {
    byte[] bytes = pem.reveal().getBytes(StandardCharsets.US_ASCII);
    return Secret.of(Base64.getEncoder().encodeToString(bytes));
  }
}
