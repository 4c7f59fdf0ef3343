package com.withampersand.sdk.internal;

import com.fasterxml.jackson.core.Version;

/**
 * Checks which Jackson the class path has. One that is too old, or whose jars do not belong
 * together, lacks methods that this SDK calls; found in the middle of a refresh, that would cost
 * the new tokens. Loads two small classes of Jackson, and does not start it.
 */
final class JacksonVersions {
  private static final Version OLDEST = new Version(2, 18, 0, null, null, null);

  private static final String CURE =
      " This SDK needs jackson-core and jackson-databind 2.18 or newer, with jackson-core no older"
          + " than jackson-databind. Import com.fasterxml.jackson:jackson-bom into your"
          + " dependencyManagement before other BOMs; in Spring Boot, set the property"
          + " jackson-bom.version (Boot 3) or jackson-2-bom.version (Boot 4).";

  /** What is wrong; empty if nothing is. */
  private static final String PROBLEM = problem();

  private JacksonVersions() {}

  /**
   * Fails where Jackson cannot work.
   *
   * @throws IllegalStateException with cause and cure
   */
  static void check() {
    if (!PROBLEM.isEmpty()) {
      throw new IllegalStateException(PROBLEM);
    }
  }

  /** Returns the error of a Jackson that has the right versions and does not start. */
  static IllegalStateException broken(LinkageError error) {
    return new IllegalStateException(
        "Jackson does not start: "
            + error
            + ". Another of its jars, such as jackson-annotations, is missing or too old."
            + CURE,
        error);
  }

  private static String problem() {
    try {
      return problem(
          com.fasterxml.jackson.core.json.PackageVersion.VERSION,
          com.fasterxml.jackson.databind.cfg.PackageVersion.VERSION);
    } catch (LinkageError e) {
      return "Jackson is not complete on the class path: " + e + "." + CURE;
    }
  }

  static String problem(Version core, Version databind) {
    boolean tooOld = isOlder(core, OLDEST) || isOlder(databind, OLDEST);
    return tooOld || isOlder(core, databind)
        ? "The class path has jackson-core "
            + core
            + " and jackson-databind "
            + databind
            + "."
            + CURE
        : "";
  }

  /** Compares without the patch number: patches of one minor version fit together. */
  private static boolean isOlder(Version version, Version than) {
    return version.getMajorVersion() != than.getMajorVersion()
        ? version.getMajorVersion() < than.getMajorVersion()
        : version.getMinorVersion() < than.getMinorVersion();
  }
}
