package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.internal.Json;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The public keys by which Ampersand checks the project's {@link FrontendTokens}.
 *
 * <p>To rotate a key: create the new one, sign with it, wait until the last token of the old one
 * has expired (ten minutes at most), and deactivate the old one. Delete it when nothing has missed
 * it.
 *
 * <p>Safe to share between threads. Errors are those of {@link AmpersandClient}.
 */
public final class JwtKeys {
  private final ApiCalls calls;
  private final String path;

  JwtKeys(ApiCalls calls, String projectPath) {
    this.calls = calls;
    this.path = projectPath + "/jwt-keys";
  }

  /**
   * Registers a key, and returns its ID: the {@code kid} of {@link FrontendTokens#builder}. If the
   * outcome of a call is unknown, {@link #list} tells whether the key is there.
   *
   * @param label what to call it
   * @param publicKey an RSA key of 2048 bits or more
   * @throws IllegalArgumentException if {@code label} is blank or holds control characters, or the
   *     key is another than that
   */
  public String create(String label, PublicKey publicKey) {
    ObjectNode body = Json.object();
    body.put("label", Names.require(label, "label"));
    body.put("algorithm", "RS256");
    body.put("publicKeyPem", pem(RsaKeys.require(publicKey)));
    return calls
        .object(ApiRequest.of("registration of the JWT key", "POST", path).body(body))
        .require("kid");
  }

  /** Writes a key as RFC 7468 says, section 13. */
  private static String pem(PublicKey key) {
    byte[] encoded = key.getEncoded();
    if (encoded == null) {
      throw new IllegalArgumentException(
          "the public key cannot be read from where it is; load it from its certificate");
    }
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(encoded);
    return "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n";
  }

  /** Returns every key of the project, inactive ones included. */
  public List<JwtKey> list() {
    return calls.list(ApiRequest.of("listing of JWT keys", "GET", path)).stream()
        .map(JwtKey::of)
        .toList();
  }

  /** Returns the key with this ID, if there is one. */
  public Optional<JwtKey> find(String id) {
    Names.require(id, "id");
    return list().stream().filter(key -> key.id().equals(id)).findFirst();
  }

  /**
   * Stops Ampersand from accepting tokens that a key fits. {@link #activate} undoes it.
   *
   * @throws ApiException with status 404 if there is none with this ID
   */
  public JwtKey deactivate(String id) {
    return setActive("deactivation of JWT key " + id, id, false);
  }

  /**
   * Lets Ampersand accept tokens that a key fits, as it does of a new one.
   *
   * @throws ApiException with status 404 if there is none with this ID
   */
  public JwtKey activate(String id) {
    return setActive("activation of JWT key " + id, id, true);
  }

  private JwtKey setActive(String action, String id, boolean active) {
    ObjectNode body = Json.object();
    body.putArray("updateMask").add("active");
    body.putObject("jwtKey").put("active", active);
    return JwtKey.of(calls.object(ApiRequest.of(action, "PATCH", of(id)).body(body)));
  }

  /**
   * Deletes a key for good.
   *
   * @throws ApiException with status 404 if there is none with this ID
   */
  public void delete(String id) {
    calls.done(ApiRequest.of("deletion of JWT key " + id, "DELETE", of(id)));
  }

  private String of(String id) {
    return path + "/" + Names.segment(id, "id");
  }
}
