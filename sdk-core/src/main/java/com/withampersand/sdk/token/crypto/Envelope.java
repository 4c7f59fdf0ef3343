package com.withampersand.sdk.token.crypto;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Sealed content as a text: {@code <version>.<key id>.<data>.<label>}, in ASCII. The label is the
 * start of the grant's hash. It protects nothing, but it tells a text that was moved from one that
 * was altered, and being last it tells a text that was cut.
 */
final class Envelope {
  /** Stands in place of a key's name where nothing is encrypted. */
  static final String PLAIN = "plain";

  static final String FIRST_VERSION = "v1";
  static final String VERSION = "v2";
  static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private static final int PARTS = 4;
  private static final int LABEL_BYTES = 9;
  private static final int LABEL_LENGTH = LABEL_BYTES / 3 * 4;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final String version;
  private final String keyId;
  private final byte[] data;
  private final String label;

  private Envelope(String version, String keyId, byte[] data, String label) {
    this.version = version;
    this.keyId = keyId;
    this.data = data;
    this.label = label;
  }

  /** Returns an envelope of today's version. */
  static Envelope of(ConnectionKey grant, String keyId, byte[] data) {
    return new Envelope(VERSION, keyId, data, label(grant));
  }

  /**
   * Reads an envelope of any version that was ever written.
   *
   * @throws TokenStoreException if it is not as {@link #text()} wrote it
   */
  static Envelope parse(ConnectionKey grant, String text) {
    String[] parts = text.split("\\.", -1);
    String version = parts[0];
    if (parts.length == 1 && isStartOfVersion(version)) {
      throw cut(grant);
    }
    if (!version.equals(VERSION) && !version.equals(FIRST_VERSION)) {
      throw unknownForm(grant);
    }
    if (parts.length < PARTS || parts[PARTS - 1].length() < LABEL_LENGTH) {
      throw cut(grant);
    }
    if (parts.length > PARTS || !KEY_ID.matcher(parts[1]).matches()) {
      throw altered(grant);
    }
    return new Envelope(version, parts[1], decode(grant, parts[2]), parts[3]);
  }

  private static boolean isStartOfVersion(String text) {
    return VERSION.startsWith(text) || FIRST_VERSION.startsWith(text);
  }

  /** Decodes the only spelling that is ours: base64 has several for the same bytes. */
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
    byte[] hash = HexFormat.of().parseHex(grant.id());
    return ENCODER.encodeToString(Arrays.copyOf(hash, LABEL_BYTES));
  }

  /** Tells whether an envelope has today's version and this key; nothing else is checked. */
  static boolean isMadeWith(String keyId, String text) {
    return text.startsWith(VERSION + "." + keyId + ".");
  }

  String text() {
    return String.join(".", version, keyId, ENCODER.encodeToString(data), label);
  }

  boolean isFirstVersion() {
    return version.equals(FIRST_VERSION);
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

  private static TokenStoreException unknownForm(ConnectionKey grant) {
    return failure(
        grant,
        "are in a form that this version of the SDK does not know: a later version wrote them, or they were altered.");
  }

  private static TokenStoreException cut(ConnectionKey grant) {
    return failure(
        grant, "end too early: they were cut, as a column that is too short for them would do.");
  }

  static TokenStoreException altered(ConnectionKey grant) {
    return failure(grant, "were altered: they are not as they were stored.");
  }

  static TokenStoreException failure(ConnectionKey grant, String whatIsWrong) {
    return failure(grant, whatIsWrong, false);
  }

  static TokenStoreException failure(ConnectionKey grant, String whatIsWrong, boolean retryable) {
    return new TokenStoreException(
        "The stored tokens of " + grant + " " + whatIsWrong + " Nothing was changed.",
        retryable,
        null);
  }
}
