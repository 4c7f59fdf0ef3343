package com.withampersand.sdk.benchmarks;

import java.net.URI;
import java.util.List;

/** What a run tells its processes, as system properties. */
public final class Settings {
  static final String SERVER = "benchmarks.server";
  static final String DATABASE = "benchmarks.database";
  static final List<String> NAMES = List.of(SERVER, DATABASE);

  private Settings() {}

  /** Returns the base URL of the token server of this run. */
  public static URI server() {
    return URI.create(require(SERVER));
  }

  /** Returns the JDBC URL of the database of this run. */
  public static String database() {
    return require(DATABASE);
  }

  /** Tells whether this run has a database. */
  public static boolean hasDatabase() {
    return System.getProperty(DATABASE) != null;
  }

  private static String require(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException("this run has no " + name);
    }
    return value;
  }
}
