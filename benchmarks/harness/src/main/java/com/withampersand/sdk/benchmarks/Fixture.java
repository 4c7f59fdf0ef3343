package com.withampersand.sdk.benchmarks;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The app, the user and the answers that all contestants work with. */
public final class Fixture {
  /** The app's client id, as long as Salesforce's. */
  public static final String CLIENT_ID =
      "3MVG9" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7".repeat(3) + "x.Y_z";

  /** The app's client secret. */
  public static final String CLIENT_SECRET = "0F1E2D3C4B5A6978".repeat(4);

  /** Where the browser returns to. */
  public static final String CALLBACK = "https://app.example.com/oauth/salesforce/callback";

  /** What the app asks for. */
  public static final List<String> SCOPES = List.of("api", "refresh_token", "id");

  /** A state of 256 bits. */
  public static final String STATE = "uYw0b2v7Q-1m8sVnC3xZkR5tGd_9LpHfJ6aEoNqTiWs";

  /** The code, decoded. */
  public static final String CODE = "aPrxK1Jq7bYw.Zt8Lm3Xv5Rn2Qc9Hf4Gd6Ks0PjWe1UaTy==";

  /** The query of the callback. */
  public static final String QUERY = "code=" + CODE.replace("=", "%3D") + "&state=" + STATE;

  /** The host of consent and tokens. */
  public static final String HOST = "https://login.salesforce.com";

  /** The path of the token endpoint. */
  public static final String TOKEN_PATH = "/services/oauth2/token";

  /** The access token in each answer. */
  public static final String ACCESS_TOKEN =
      "00D5g000004XyZa!AQEAQ" + "kL9mN2pQ5rS8tU1vW4xY7zA0bC3dE6fG".repeat(3);

  /** The refresh token that is there first. */
  public static final String REFRESH_TOKEN =
      "5Aep861" + "TSESvWeug_xvFHRBTTbf_YrTWgEyjBJrVmgbDAzbyJBjIxuj".repeat(2);

  private static final String ISSUED_AT = "1790000000000";
  private static final String IDENTITY =
      "https://login.salesforce.com/id/00D5g000004XyZaEAK/0055g00000AbCdEAAV";
  private static final Answer ANSWER = new Answer(ACCESS_TOKEN, REFRESH_TOKEN);

  private Fixture() {}

  /** Returns a token answer as Salesforce sends them: 1.5 KB, signed. */
  public static byte[] answer() {
    return ANSWER.bytes();
  }

  /** Returns the end of a token that is valid for as long as anything here runs. */
  public static Instant later() {
    return Instant.now().plusSeconds(86_400);
  }

  /** Tells whether a text is the URL of a request with {@link #STATE}. */
  static boolean isUrlOfState(String url) {
    return isUrl(url) && STATE.equals(parameters(url).get("state"));
  }

  /** Tells whether a text is the URL of a request with some state of at least 256 bits. */
  static boolean isUrl(String url) {
    Map<String, String> parameters = parameters(url);
    String state = parameters.getOrDefault("state", "");
    return url.startsWith(HOST + "/services/oauth2/authorize?")
        && "code".equals(parameters.get("response_type"))
        && CLIENT_ID.equals(parameters.get("client_id"))
        && CALLBACK.equals(parameters.get("redirect_uri"))
        && String.join(" ", SCOPES).equals(parameters.get("scope"))
        && state.length() >= STATE.length();
  }

  private static Map<String, String> parameters(String url) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : URI.create(url).getRawQuery().split("&", -1)) {
      int equals = pair.indexOf('=');
      String value = URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
      if (parameters.put(pair.substring(0, equals), value) != null) {
        throw new IllegalStateException("a parameter twice in " + url);
      }
    }
    return parameters;
  }

  /**
   * The tokens of an answer.
   *
   * @param accessToken the access token
   * @param refreshToken the refresh token
   */
  public record Answer(String accessToken, String refreshToken) {
    /** Returns the body of the answer. */
    public byte[] bytes() {
      String idToken = "eyJraWQiOiIyNjQi." + "eyJhdF9oYXNoIjoiZ0xB".repeat(28) + ".c2lnbmF0dXJl";
      return """
          {"access_token":"%s","refresh_token":"%s","signature":"%s","scope":"%s","id_token":"%s",\
          "instance_url":"https://acme.my.salesforce.com","id":"%s","token_type":"Bearer",\
          "issued_at":"%s","sfdc_site_url":"https://acme.my.site.com","sfdc_site_id":"0DB5g0000008OIA",\
          "api_instance_url":"https://api.salesforce.com"}"""
          .formatted(
              accessToken,
              refreshToken,
              signature(),
              String.join(" ", SCOPES),
              idToken,
              IDENTITY,
              ISSUED_AT)
          .getBytes(StandardCharsets.UTF_8);
    }

    private static String signature() {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(CLIENT_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] content = (IDENTITY + ISSUED_AT).getBytes(StandardCharsets.UTF_8);
        return Base64.getEncoder().encodeToString(mac.doFinal(content));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
