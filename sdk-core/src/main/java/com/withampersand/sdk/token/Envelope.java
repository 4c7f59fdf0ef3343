package com.withampersand.sdk.token;

import com.withampersand.sdk.TokenStoreException;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * Sealed tokens as a text: {@code v1.<key id>.<data>.<label>}, in ASCII. The label is the start of
 * the grant's hash. It protects nothing, but it tells a row that was moved from one that was
 * altered, and being last it tells a row that was cut.
 */
final class Envelope {
  /** Stands in place of a key's name where nothing is encrypted. */
  static final String PLAIN = "plain";

  static final String VERSION = "v1";
  static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private static final int PARTS = 4;
  private static final int LABEL_BYTES = 9;
  private static final int LABEL_LENGTH = LABEL_BYTES / 3 * 4;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final String keyId;
  private final byte[] data;
  private final String label;

  private Envelope(String keyId, byte[] data, String label) {
    this.keyId = keyId;
    this.data = data;
    this.label = label;
  }

  static Envelope of(ConnectionKey grant, String keyId, byte[] data) {
    return new Envelope(keyId, data, label(grant));
  }

  /**
   * Reads an envelope.
   *
   * @throws TokenStoreException if it is not as {@link #text()} wrote it
   */
  static Envelope parse(ConnectionKey grant, String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length == 1 && VERSION.startsWith(text)) {
      throw cut(grant);
    }
    if (!parts[0].equals(VERSION)) {
      throw failure(
          grant,
          "are in a form that this version of the SDK does not know: a newer one wrote them, or they were altered.");
    }
    if (parts.length < PARTS || parts[PARTS - 1].length() < LABEL_LENGTH) {
      throw cut(grant);
    }
    if (parts.length > PARTS || !KEY_ID.matcher(parts[1]).matches()) {
      throw altered(grant);
    }
    return new Envelope(parts[1], decode(grant, parts[2]), parts[3]);
  }

  /** Decodes the one spelling that is ours: base64 has several for the same bytes. */
  private static byte[] decode(ConnectionKey grant, String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (ENCODER.encodeToString(bytes).equals(text)) {
        return bytes;
      }
      throw altered(grant);
    } catch (IllegalArgumentException e) {
      throw altered(grant);
    }
  }

  private static String label(ConnectionKey grant) {
    return ENCODER.encodeToString(Arrays.copyOf(grant.sha256(), LABEL_BYTES));
  }

  /** Tells whether an envelope is made with this key, whatever else is the matter with it. */
  static boolean isMadeWith(String keyId, String text) {
    return text.startsWith(VERSION + "." + keyId + ".");
  }

  String text() {
    return String.join(".", VERSION, keyId, ENCODER.encodeToString(data), label);
  }

  String keyId() {
    return keyId;
  }

  boolean isPlain() {
    return keyId.equals(PLAIN);
  }

  byte[] data() {
    return data;
  }

  boolean isLabelled(ConnectionKey grant) {
    return label.equals(label(grant));
  }

  static TokenStoreException cut(ConnectionKey grant) {
    return failure(
        grant, "end too early: they were cut, as a column that is too short for them would do.");
  }

  static TokenStoreException altered(ConnectionKey grant) {
    return failure(grant, "were altered: they are not as they were stored.");
  }

  static TokenStoreException failure(ConnectionKey grant, String whatIsWrong) {
    return new TokenStoreException(
        "The stored tokens of " + grant + " " + whatIsWrong + " Nothing was changed.", false, null);
  }
}
