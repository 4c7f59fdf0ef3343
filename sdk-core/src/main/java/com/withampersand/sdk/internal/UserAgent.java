package com.withampersand.sdk.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** How this SDK names itself to servers. */
public final class UserAgent {
  /** The SDK's version, such as {@code 1.2.0}. */
  public static final String VERSION = version();

  static final String VALUE =
      "ampersand-sdk-java/" + VERSION + " (java " + Runtime.version().feature() + ")";

  private UserAgent() {}

  private static String version() {
    Properties properties = new Properties();
    try (InputStream file = UserAgent.class.getResourceAsStream("version.properties")) {
      if (file != null) {
        properties.load(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "unknown");
  }
}
