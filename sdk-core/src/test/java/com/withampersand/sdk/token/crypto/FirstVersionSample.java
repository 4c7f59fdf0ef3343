package com.withampersand.sdk.token.crypto;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.IntStream;

/** An envelope as the SDK wrote it before there were keyrings. */
record FirstVersionSample(ConnectionKey grant, String text, String json) {
  private static final Properties STORED = stored();

  static final Secret KEY_2025 = Secret.of(STORED.getProperty("key.2025"));
  static final Secret KEY_2026 = Secret.of(STORED.getProperty("key.2026"));
  static final String LONGEST_NAME = "k".repeat(60) + "_-A9";

  /** Reads every sample, plain ones too. */
  static final Keyring KEYRING =
      Keyring.of("2026", KEY_2026)
          .alsoReads("2025", KEY_2025)
          .alsoReads(LONGEST_NAME, Secret.of(STORED.getProperty("key." + LONGEST_NAME)))
          .alsoReadsPlainText();

  static List<FirstVersionSample> all() {
    return IntStream.rangeClosed(1, Integer.parseInt(STORED.getProperty("count")))
        .mapToObj(FirstVersionSample::sample)
        .toList();
  }

  /** Returns the sample of ada's tokens, encrypted with the key 2026. */
  static FirstVersionSample ofAda() {
    return sample(2);
  }

  private static FirstVersionSample sample(int number) {
    return new FirstVersionSample(
        new ConnectionKey(
            value(number, "provider"), value(number, "groupRef"), value(number, "consumerRef")),
        value(number, "text"),
        value(number, "content"));
  }

  private static String value(int number, String name) {
    return STORED.getProperty(number + "." + name);
  }

  byte[] content() {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  boolean isPlain() {
    return text.startsWith("v1.plain.");
  }

  @Override
  public String toString() {
    return text.substring(0, text.indexOf('.', 3)) + " of " + grant;
  }

  private static Properties stored() {
    Properties properties = new Properties();
    try (InputStream bytes =
            Objects.requireNonNull(
                FirstVersionSample.class.getResourceAsStream("v1-envelopes.properties"));
        Reader text = new InputStreamReader(bytes, StandardCharsets.US_ASCII)) {
      properties.load(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }
}
